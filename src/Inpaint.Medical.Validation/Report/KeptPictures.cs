using System.Text.Json;
using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Validation.Report;

/// <summary>
/// pictures.jsonl: what a shard keeps so that the page of the merged run is that of one run, a line for each volume and method that
/// the page may be about. Which method that is, only the merged results tell.
/// </summary>
/// <param name="folders">Output folders of shards; one without the file has no pictures.</param>
public sealed class KeptPictures(IReadOnlyList<string> folders) : IPictureSource
{
    public const string Name = "pictures.jsonl";

    private readonly Dictionary<string, Dictionary<string, VolumePictures>> _byMethod = new(StringComparer.Ordinal);

    public VolumePictures Of(VolumeSummary volume, string method)
    {
        ArgumentNullException.ThrowIfNull(volume);
        if (!_byMethod.TryGetValue(method, out Dictionary<string, VolumePictures>? pictures))
        {
            _byMethod[method] = pictures = folders.SelectMany(Read).Where(one => one.Method == method)
                .GroupBy(one => one.Volume, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        }

        return pictures.GetValueOrDefault(volume.Name) ?? VolumePictures.None(volume.Name, method);
    }

    /// <summary>Keeps the pictures of a shard, whole or not at all.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.OutputNotWritable"/>.</exception>
    public static void Keep(ValidationSummary summary, IPictureSource pictures, string folder)
    {
        ArgumentNullException.ThrowIfNull(summary);
        ArgumentNullException.ThrowIfNull(pictures);
        string path = Path.Combine(folder, Name), partial = path + ".partial";
        try
        {
            using (FileStream stream = File.Create(partial))
            {
                foreach (VolumePictures one in summary.Volumes.SelectMany(volume => ReportBuilder.Candidates(summary).Select(method => pictures.Of(volume, method))))
                {
                    JsonSerializer.Serialize(stream, one, ValidationJson.Lines);
                    stream.Write("\n"u8);
                }

                stream.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new InpaintException(ErrorCode.OutputNotWritable, $"{path}: cannot be written ({cause.GetType().Name}).", cause);
        }
    }

    private static IEnumerable<VolumePictures> Read(string folder)
    {
        string path = Path.Combine(folder, Name);
        return File.Exists(path) ? File.ReadLines(path).Select(line => Parse(line, path)) : [];
    }

    private static VolumePictures Parse(string line, string path)
    {
        try
        {
            return JsonSerializer.Deserialize<VolumePictures>(line, ValidationJson.Lines)!;
        }
        catch (JsonException cause)
        {
            throw new InpaintException(ErrorCode.InstanceUnreadable, $"{path}: holds a line that is no picture.", cause);
        }
    }
}
