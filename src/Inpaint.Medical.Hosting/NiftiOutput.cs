using System.Security.Cryptography;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Provenance;
using Inpaint.Medical.Nifti;

namespace Inpaint.Medical.Hosting;

/// <summary>A completed NIfTI file with its record, and its standard errors where there are any, beside it: all, or nothing.</summary>
public static class NiftiOutput
{
    /// <summary>scan.nii.gz → scan.provenance.json, in the same folder.</summary>
    public static string RecordFileOf(string output) => Beside(output, ".provenance.json");

    /// <summary>scan.nii.gz → scan.uncertainty.nii.gz, in the same folder.</summary>
    public static string UncertaintyFileOf(string output) => Beside(output, ".uncertainty.nii.gz");

    /// <param name="uncertainty">Null where there is none.</param>
    /// <returns>The record as written, with the digest of the standard errors.</returns>
    /// <exception cref="InpaintException"><see cref="ErrorCode.OutputExists"/>, <see cref="ErrorCode.OutputNotWritable"/>.</exception>
    public static RunRecord Write(NiftiSeries series, NiftiFile? uncertainty, RunRecord record, string output)
    {
        ArgumentNullException.ThrowIfNull(series);
        string recordFile = RecordFileOf(output), uncertaintyFile = UncertaintyFileOf(output);
        if (File.Exists(recordFile))
        {
            throw new InpaintException(ErrorCode.OutputExists, $"{recordFile}: exists already; choose another name or remove it.");
        }

        var written = new List<string>();
        try
        {
            if (uncertainty is not null)
            {
                NiftiWriter.Write(uncertainty, uncertaintyFile);
                written.Add(uncertaintyFile);
                record = record with { Uncertainty = new UncertaintyFile(Path.GetFileName(uncertaintyFile), Sha256(uncertaintyFile)) };
            }

            series.Write(output);
            written.Add(output);
            WriteRecord(record, recordFile);
            return record;
        }
        catch (InpaintException)
        {
            written.ForEach(File.Delete);
            throw;
        }
    }

    private static void WriteRecord(RunRecord record, string path)
    {
        bool isOurs = false;
        try
        {
            using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            isOurs = true;
            stream.Write(RunRecordJson.Serialize(record));
            stream.Flush(flushToDisk: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (isOurs)
            {
                File.Delete(path);
            }

            throw new InpaintException(ErrorCode.OutputNotWritable, $"{path}: cannot be written: {error.Message}; nothing was left there.", error);
        }
    }

    private static string Sha256(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static string Beside(string output, string ending)
    {
        string name = Path.GetFileName(output);
        string stem = name.EndsWith(".nii.gz", StringComparison.OrdinalIgnoreCase) ? name[..^7] : Path.GetFileNameWithoutExtension(name);
        return Path.Combine(Path.GetDirectoryName(Path.GetFullPath(output))!, stem + ending);
    }
}
