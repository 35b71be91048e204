using System.Collections.Immutable;
using System.Text.Json;
using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Validation.Running;

/// <summary>What all shards of a run have in common. Equal plans give equal summaries.</summary>
/// <param name="Inputs">Names of all inputs, in order.</param>
internal sealed record ResultPlan(
    string Version,
    ulong Seed,
    int BootstrapDraws,
    ImmutableArray<string> Drops,
    ImmutableArray<MethodSummary> Methods,
    ImmutableArray<string> Inputs);

/// <summary>One line of the file: exactly one of the members is set.</summary>
internal sealed record ResultLine
{
    public ResultPlan? Plan { get; init; }

    public VolumeSummary? Volume { get; init; }

    public RefusedInput? Refused { get; init; }

    public ResultCase? Case { get; init; }
}

/// <summary>A finished case; refused where the drop does not fit the volume.</summary>
internal sealed record ResultCase(string Volume, string Drop, ImmutableArray<SliceScore> Slices, RefusedInput? Refused);

/// <summary>
/// results.jsonl: finished work, one JSON value a line, only ever appended to. A line that was cut by a crash is dropped, so what is
/// read back is always whole cases.
/// </summary>
internal sealed class ResultFile : IDisposable
{
    public const string Name = "results.jsonl";

    private readonly FileStream _stream;

    private ResultFile(FileStream stream) => _stream = stream;

    /// <summary>Opens the file of a folder for appending and gives what it already holds of this plan.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.OutputExists"/>: there are results and <paramref name="resume"/> was not asked
    /// for, or they are of another plan; <see cref="ErrorCode.OutputNotWritable"/>.</exception>
    public static (ResultFile File, ImmutableArray<ResultLine> Lines) Open(string folder, ResultPlan plan, bool resume)
    {
        string path = Path.Combine(folder, Name);
        return Guard(path, () =>
        {
            Directory.CreateDirectory(folder);
            var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            try
            {
                var file = new ResultFile(stream);
                ImmutableArray<ResultLine> lines = Parse(ReadAll(stream), path, out long whole);
                Check(lines, plan, resume, path);
                stream.SetLength(whole);
                stream.Position = whole;
                if (lines.IsEmpty)
                {
                    file.Append(new ResultLine { Plan = plan });
                }

                return (file, lines);
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        });
    }

    /// <summary>Reads the results of a folder.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.PathNotFound"/>, <see cref="ErrorCode.InstanceUnreadable"/>.</exception>
    public static (ResultPlan Plan, ImmutableArray<ResultLine> Lines) Read(string folder)
    {
        string path = Path.Combine(folder, Name);
        if (!File.Exists(path))
        {
            throw new InpaintException(ErrorCode.PathNotFound, $"{path}: no results; give the output folders of 'inpaint validate'.");
        }

        ImmutableArray<ResultLine> lines = Parse(File.ReadAllBytes(path), path, out _);
        ResultPlan plan = lines.IsEmpty || lines[0].Plan is null
            ? throw new InpaintException(ErrorCode.InstanceUnreadable, $"{path}: does not begin with a plan.")
            : lines[0].Plan!;
        return (plan, lines);
    }

    /// <summary>Appends a line and waits until it is on the disk.</summary>
    public void Append(ResultLine line) => Guard(_stream.Name, () =>
    {
        _stream.Write(JsonSerializer.SerializeToUtf8Bytes(line, ValidationJson.Lines));
        _stream.Write("\n"u8);
        _stream.Flush(flushToDisk: true);
        return true;
    });

    public void Dispose() => _stream.Dispose();

    private static void Check(ImmutableArray<ResultLine> lines, ResultPlan plan, bool resume, string path)
    {
        if (lines.IsEmpty)
        {
            return;
        }

        if (!resume)
        {
            throw new InpaintException(ErrorCode.OutputExists, $"{path}: holds results already; add --resume to go on, or choose another folder.");
        }

        if (lines[0].Plan is not { } found || ValidationJson.Digest(found) != ValidationJson.Digest(plan))
        {
            throw new InpaintException(ErrorCode.OutputExists, $"{path}: holds results of other inputs, drops, methods, seed or version; choose another folder.");
        }
    }

    private static byte[] ReadAll(FileStream stream)
    {
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static ImmutableArray<ResultLine> Parse(byte[] bytes, string path, out long whole)
    {
        var lines = ImmutableArray.CreateBuilder<ResultLine>();
        whole = 0;
        for (int end; (end = Array.IndexOf(bytes, (byte)'\n', (int)whole)) >= 0; whole = end + 1)
        {
            try
            {
                lines.Add(JsonSerializer.Deserialize<ResultLine>(bytes.AsSpan((int)whole, end - (int)whole), ValidationJson.Lines)!);
            }
            catch (JsonException cause)
            {
                throw new InpaintException(ErrorCode.InstanceUnreadable, $"{path}: line {lines.Count + 1} is no result.", cause);
            }
        }

        return lines.ToImmutable();
    }

    private static T Guard<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new InpaintException(ErrorCode.OutputNotWritable, $"{path}: cannot be written ({cause.GetType().Name}); is the disk full, or does another run use it?", cause);
        }
    }
}
