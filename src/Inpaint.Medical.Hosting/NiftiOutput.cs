using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Provenance;
using Inpaint.Medical.Nifti;

namespace Inpaint.Medical.Hosting;

/// <summary>A completed NIfTI file and its record beside it: both, or neither.</summary>
public static class NiftiOutput
{
    /// <summary>scan.nii.gz → scan.provenance.json, in the same folder.</summary>
    public static string RecordFileOf(string output)
    {
        string name = Path.GetFileName(output);
        string stem = name.EndsWith(".nii.gz", StringComparison.OrdinalIgnoreCase) ? name[..^7] : Path.GetFileNameWithoutExtension(name);
        return Path.Combine(Path.GetDirectoryName(Path.GetFullPath(output))!, stem + ".provenance.json");
    }

    /// <exception cref="InpaintException"><see cref="ErrorCode.OutputExists"/>, <see cref="ErrorCode.OutputNotWritable"/>.</exception>
    public static void Write(NiftiSeries series, RunRecord record, string output)
    {
        ArgumentNullException.ThrowIfNull(series);
        string recordFile = RecordFileOf(output);
        if (File.Exists(recordFile))
        {
            throw new InpaintException(ErrorCode.OutputExists, $"{recordFile}: exists already; choose another name or remove it.");
        }

        series.Write(output);
        try
        {
            using var stream = new FileStream(recordFile, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            stream.Write(RunRecordJson.Serialize(record));
            stream.Flush(flushToDisk: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            File.Delete(output);
            throw new InpaintException(ErrorCode.OutputNotWritable, $"{recordFile}: cannot be written: {error.Message}; nothing was left there.", error);
        }
    }
}
