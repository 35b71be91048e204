using System.Globalization;
using System.Text.Json;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Validation.Running;

namespace Inpaint.Medical.Validation;

/// <summary>summary.json and slices.csv: whole or not at all.</summary>
public static class SummaryFiles
{
    public const string SummaryName = "summary.json";
    public const string SlicesName = "slices.csv";

    private static readonly (string Name, Func<SliceScore, double?> Value)[] Columns =
    [
        (MetricDefinitions.Psnr, row => row.Range > 0 ? PooledScores.Psnr(row.SquaredError, row.Voxels, row.Range) : null),
        (MetricDefinitions.PsnrForeground, row => row.Range > 0 && row.ForegroundVoxels > 0
            ? PooledScores.Psnr(row.ForegroundSquaredError, row.ForegroundVoxels, row.Range) : null),
        (MetricDefinitions.Ssim, row => row.Ssim),
        (MetricDefinitions.SsimUniform, row => row.SsimUniform),
        (MetricDefinitions.Mae, row => row.AbsoluteError / row.Voxels),
        (MetricDefinitions.Rmse, row => Math.Sqrt(row.SquaredError / row.Voxels)),
        (MetricDefinitions.Hfen, row => row.HighFrequencyTruth > 0 ? Math.Sqrt(row.HighFrequencyError / row.HighFrequencyTruth) : null),
        (MetricDefinitions.NoiseRatio, row => row.NoiseRatio),
        (MetricDefinitions.WorstOnePercent, row => row.WorstOnePercent),
        (MetricDefinitions.Coverage, row => (double?)row.Covered / row.Voxels),
    ];

    /// <summary>Writes both files; makes the folder where it lacks.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.OutputNotWritable"/>.</exception>
    public static void Write(ValidationResult result, string folder)
    {
        ArgumentNullException.ThrowIfNull(result);
        MakeFolder(folder);
        Replace(Path.Combine(folder, SummaryName), stream =>
        {
            JsonSerializer.Serialize(stream, result.Summary, ValidationJson.Indented);
            stream.WriteByte((byte)'\n');
        });
        WriteText(Path.Combine(folder, SlicesName), text => WriteCsv(result.Slices, text));
    }

    /// <summary>Writes a text file, whole or not at all.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.OutputNotWritable"/>.</exception>
    public static void WriteText(string path, Action<TextWriter> write) => Replace(path, stream =>
    {
        using var text = new StreamWriter(stream, leaveOpen: true);
        write(text);
    });

    /// <summary>Reads a summary back.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.PathNotFound"/>, <see cref="ErrorCode.InstanceUnreadable"/>.</exception>
    public static ValidationSummary Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<ValidationSummary>(File.ReadAllBytes(path), ValidationJson.Indented)
                ?? throw new JsonException("null");
        }
        catch (JsonException cause)
        {
            throw new InpaintException(ErrorCode.InstanceUnreadable, $"{path}: is no {ValidationSummary.CurrentSchema}.", cause);
        }
        catch (IOException cause)
        {
            throw new InpaintException(ErrorCode.PathNotFound, $"{path}: cannot be read ({cause.GetType().Name}).", cause);
        }
    }

    private static void WriteCsv(IEnumerable<SliceScore> rows, TextWriter text)
    {
        text.Write("volume,drop,gap,method,slice,position,nearest_visible_mm,predicted,voxels");
        text.Write(string.Concat(Columns.Select(column => $",{column.Name}")));
        text.Write('\n');
        foreach (SliceScore row in rows)
        {
            text.Write(string.Create(CultureInfo.InvariantCulture,
                $"{Quote(row.Volume)},{Quote(row.Drop)},{row.Gap},{Quote(row.Method)},{row.Slice},{row.Position},{row.NearestVisibleMm},"));
            text.Write(string.Create(CultureInfo.InvariantCulture, $"{(row.IsPredicted ? "true" : "false")},{row.Voxels}"));
            foreach ((_, Func<SliceScore, double?> value) in Columns)
            {
                text.Write(',');
                text.Write(row.IsPredicted ? value(row)?.ToString("R", CultureInfo.InvariantCulture) : "");
            }

            text.Write('\n');
        }
    }

    // RFC 4180.
    private static string Quote(string value) =>
        value.AsSpan().ContainsAny(",\"\r\n") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;

    private static void MakeFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new InpaintException(ErrorCode.OutputNotWritable, $"{folder}: cannot be made ({cause.GetType().Name}).", cause);
        }
    }

    private static void Replace(string path, Action<Stream> write)
    {
        string partial = $"{path}.partial";
        try
        {
            using (var stream = new FileStream(partial, FileMode.Create))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new InpaintException(ErrorCode.OutputNotWritable, $"{path}: cannot be written ({cause.GetType().Name}).", cause);
        }
    }
}
