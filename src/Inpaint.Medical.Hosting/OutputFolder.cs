using System.Security.Cryptography;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Series;

namespace Inpaint.Medical.Hosting;

/// <summary>
/// The output folder of one run, complete or absent: every series goes to a hidden folder beside it, and one rename at the end shows
/// them all. Without <see cref="Commit"/>, or when nothing was written, nothing is left.
/// </summary>
public sealed class OutputFolder : IDisposable
{
    private readonly string _target;
    private readonly string _partial;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <param name="target">Absent, or an empty folder.</param>
    /// <exception cref="InpaintException"><see cref="ErrorCode.OutputExists"/>.</exception>
    public OutputFolder(string target)
    {
        _target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        RequireFree();
        string parent = Path.GetDirectoryName(_target)
            ?? throw new InpaintException(ErrorCode.OutputExists, "The root folder cannot be the output; choose another folder.");
        _partial = Path.Combine(parent, $".{Path.GetFileName(_target)}.partial-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");
    }

    /// <summary>Where the series is written until the commit; named after its number, never after the patient.</summary>
    public string FolderOf(DerivedSeries series)
    {
        ArgumentNullException.ThrowIfNull(series);
        int? number = series.Source.Instances[0].SeriesNumber;
        string stem = FormattableString.Invariant($"series-{number ?? 0}");
        string name = stem;
        for (int copy = 2; !_names.Add(name); copy++)
        {
            name = FormattableString.Invariant($"{stem}-{copy}");
        }

        return Path.Combine(_partial, name);
    }

    /// <summary>Where a folder given by <see cref="FolderOf"/> is after the commit.</summary>
    public string FinalOf(string folder) => Path.Combine(_target, Path.GetFileName(folder));

    /// <summary>Shows what was written; does nothing where nothing was.</summary>
    /// <returns>Whether the output folder exists now.</returns>
    /// <exception cref="InpaintException"><see cref="ErrorCode.OutputExists"/>, <see cref="ErrorCode.OutputNotWritable"/>.</exception>
    public bool Commit()
    {
        if (!Directory.Exists(_partial))
        {
            return false;
        }

        RequireFree();
        try
        {
            if (Directory.Exists(_target))
            {
                Directory.Delete(_target);
            }

            Directory.Move(_partial, _target);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InpaintException(ErrorCode.OutputNotWritable, $"Output '{_target}' cannot be written: {error.Message}", error);
        }
    }

    public void Dispose()
    {
        try
        {
            if (Directory.Exists(_partial))
            {
                Directory.Delete(_partial, recursive: true);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What cannot be removed is hidden and never taken for a result.
        }
    }

    private void RequireFree()
    {
        if (File.Exists(_target) || (Directory.Exists(_target) && Directory.EnumerateFileSystemEntries(_target).Any()))
        {
            throw new InpaintException(ErrorCode.OutputExists, $"Output '{_target}' exists and is not empty; choose another folder or remove it.");
        }
    }
}
