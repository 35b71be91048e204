using System.Globalization;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Provenance;

namespace Inpaint.Medical.Storage;

/// <summary>Keeps every run record as a file of its own; a file that exists is never opened for writing again.</summary>
public sealed class RunRecordFolder(string folder) : IRunRecordLog
{
    /// <inheritdoc/>
    public async Task AppendAsync(RunRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        byte[] json = RunRecordJson.Serialize(record);
        string stem = Path.Combine(folder, string.Create(
            CultureInfo.InvariantCulture, $"{record.StartedAt.UtcDateTime:yyyyMMdd'T'HHmmss.fff'Z'}-{record.RunId}"));
        string temporary = $"{stem}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(folder);
            var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            await using (stream.ConfigureAwait(false))
            {
                await stream.WriteAsync(json, cancellationToken).ConfigureAwait(false);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, Free(stem), overwrite: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }

            throw new InpaintException(ErrorCode.RecordNotWritable, $"The run record cannot be written to '{folder}': {error.Message}", error);
        }
    }

    // The same run within the same millisecond, or with a fixed clock, still gets a record of its own.
    private static string Free(string stem)
    {
        string name = $"{stem}.json";
        for (int copy = 2; File.Exists(name); copy++)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{stem}-{copy}.json");
        }

        return name;
    }
}
