using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Nifti;
using Inpaint.Medical.Validation;

namespace Inpaint.Medical.Hosting.Validation;

/// <summary>What NIfTI files do not say themselves.</summary>
/// <param name="Axis">Slice axis; null for each file's own (<see cref="SliceAxes.Resolve"/>).</param>
/// <param name="Modality">Where neither a list file nor a sidecar names it; null for OT.</param>
public sealed record NiftiReading(SliceAxis? Axis, string? Modality);

/// <summary>What an operator names, as volumes to be judged on: NIfTI files, DICOM series, folders of either, list files.</summary>
/// <remarks>A list file (.txt, .csv) has a line PATH[,SPLIT[,MODALITY]] for each input, relative to its own folder; # begins a comment.</remarks>
public sealed class ValidationInputs : IDisposable
{
    private readonly NiftiReading _reading;
    private readonly List<IValidationInput> _inputs = [];
    private readonly List<DicomVolumes> _sources = [];

    private ValidationInputs(NiftiReading reading) => _reading = reading;

    /// <summary>In no particular order; names are unique within one path.</summary>
    public IReadOnlyList<IValidationInput> All => _inputs;

    /// <summary>Finds the inputs; voxels are read later, one volume at a time.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.PathNotFound"/>, <see cref="ErrorCode.UsageInvalid"/>.</exception>
    public static async Task<ValidationInputs> FindAsync(IEnumerable<string> paths, NiftiReading reading, CancellationToken cancellationToken)
    {
        var inputs = new ValidationInputs(reading);
        try
        {
            foreach (string path in paths)
            {
                await inputs.AddAsync(path, "", null, cancellationToken).ConfigureAwait(false);
            }

            return inputs;
        }
        catch
        {
            inputs.Dispose();
            throw;
        }
    }

    public void Dispose() => _sources.ForEach(source => source.Dispose());

    private async Task AddAsync(string path, string split, string? modality, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
        {
            await AddFolderAsync(path, split, modality, cancellationToken).ConfigureAwait(false);
        }
        else if (!File.Exists(path))
        {
            throw new InpaintException(ErrorCode.PathNotFound, $"{path}: no such file or folder.");
        }
        else if (IsNifti(path))
        {
            _inputs.AddRange(NiftiVolumes.Of(path, Path.GetFileName(path), split, modality, _reading));
        }
        else if (Path.GetExtension(path).ToUpperInvariant() is ".TXT" or ".CSV")
        {
            await AddListAsync(path, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await AddDicomAsync([path], split, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task AddFolderAsync(string folder, string split, string? modality, CancellationToken cancellationToken)
    {
        string[] files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        foreach (string file in files.Where(IsNifti))
        {
            string name = Path.GetRelativePath(folder, file).Replace('\\', '/');
            _inputs.AddRange(NiftiVolumes.Of(file, name, split, modality, _reading));
        }

        string[] others = [.. files.Where(file => !IsNifti(file))];
        if (others.Length > 0)
        {
            await AddDicomAsync(others, split, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task AddListAsync(string list, CancellationToken cancellationToken)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(list))!;
        foreach (string line in await File.ReadAllLinesAsync(list, cancellationToken).ConfigureAwait(false))
        {
            string[] fields = line.Split(',', StringSplitOptions.TrimEntries);
            if (fields[0].Length == 0 || fields[0].StartsWith('#'))
            {
                continue;
            }

            string? modality = fields.Length > 2 && fields[2].Length > 0 ? fields[2] : null;
            await AddAsync(Path.Combine(folder, fields[0]), fields.Length > 1 ? fields[1] : "", modality, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task AddDicomAsync(string[] files, string split, CancellationToken cancellationToken)
    {
        DicomVolumes volumes = await DicomVolumes.ReadAsync(files, split, cancellationToken).ConfigureAwait(false);
        _sources.Add(volumes);
        _inputs.AddRange(volumes.Inputs);
    }

    private static bool IsNifti(string path) =>
        path.EndsWith(".nii", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".nii.gz", StringComparison.OrdinalIgnoreCase);
}
