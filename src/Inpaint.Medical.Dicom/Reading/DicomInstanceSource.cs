using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using FellowOakDicom;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Dicom.Codecs;

namespace Inpaint.Medical.Dicom.Reading;

/// <summary>How to read.</summary>
public sealed record DicomSourceSettings
{
    public static DicomSourceSettings Default { get; } = new();

    /// <summary>Keys the patient hashes; an empty secret gives keys that hold only within one process.</summary>
    public ReadOnlyMemory<byte> SiteSecret { get; init; }

    public Part10ScanLimits ScanLimits { get; init; } = Part10ScanLimits.Default;

    public ArchiveLimits ArchiveLimits { get; init; } = ArchiveLimits.Default;
}

/// <summary>
/// Instances from folders (recursive), files, patterns and zip archives. No file is parsed before <see cref="Part10PreScan"/> passed
/// it, and none is ever changed. Pixels are decoded when asked for.
/// </summary>
public sealed class DicomInstanceSource : IInstanceSource, IDisposable
{
    private readonly ImmutableArray<string> _paths;
    private readonly InputPaths _inputs;
    private readonly InstanceReader _reader;
    private readonly ConcurrentDictionary<string, InputFile> _files = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<DicomFile>> _multiFrame = new(StringComparer.Ordinal);
    private ImmutableArray<InstanceHeader> _headers = [];

    public DicomInstanceSource(IEnumerable<string> paths, DicomSourceSettings? settings = null)
    {
        settings ??= DicomSourceSettings.Default;
        _paths = [.. paths];
        _inputs = new InputPaths(settings.ArchiveLimits);
        byte[] secret = settings.SiteSecret.IsEmpty ? RandomNumberGenerator.GetBytes(32) : settings.SiteSecret.ToArray();
        _reader = new InstanceReader(settings.ScanLimits, new InstanceHeaderMapper(new PatientKeys(secret)));
    }

    /// <summary>What the operator named.</summary>
    public ImmutableArray<string> Paths => _paths;

    /// <summary>All headers read so far.</summary>
    internal ImmutableArray<InstanceHeader> Headers => _headers;

    public async Task<InstanceSet> ReadHeadersAsync(CancellationToken cancellationToken)
    {
        foreach (string path in _paths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _inputs.Add(path);
        }

        var results = new InstanceSet[_inputs.Files.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, results.Length, parallel, (index, _) =>
        {
            InputFile file = _inputs.Files[index];
            _files[file.Name] = file;
            results[index] = _reader.Read(file);
            return ValueTask.CompletedTask;
        });

        _headers = [.. results.SelectMany(result => result.Instances)];
        return new InstanceSet(_headers, [.. _inputs.Findings, .. results.SelectMany(result => result.Findings)]);
    }

    public void ReadPixels(InstanceHeader instance, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(instance);
        if (destination.Length != instance.FrameLength)
        {
            throw new ArgumentException("The destination does not fit the frame.", nameof(destination));
        }

        Decode(instance, destination);
    }

    public string Sha256(InstanceHeader instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        using Stream stream = FileOf(instance).OpenRead();
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>The data set as read, whose values may still lie on disk. Not thread-safe, like all of fo-dicom's.</summary>
    internal DicomDataset Open(InstanceHeader instance) => instance.FrameCount == 1 ? FileOf(instance).Parse().Dataset : MultiFrame(instance).Dataset;

    public void Dispose() => _inputs.Dispose();

    private void Decode(InstanceHeader instance, Span<byte> destination)
    {
        try
        {
            if (instance.FrameCount == 1)
            {
                FrameDecoder.Decode(FileOf(instance).Parse().Dataset, instance.Frame, destination);
                return;
            }

            DicomFile file = MultiFrame(instance);
            lock (file)
            {
                FrameDecoder.Decode(file.Dataset, instance.Frame, destination);
            }
        }
        catch (FrameDecodingException exception)
        {
            throw new InpaintException(CodeOf(exception.Fault, instance), $"'{instance.Source}' cannot be decoded: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is DicomException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new InpaintException(ErrorCode.SliceUndecodable, $"'{instance.Source}' cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Parsed once for all its frames.</summary>
    private DicomFile MultiFrame(InstanceHeader instance) =>
        _multiFrame.GetOrAdd(instance.Source, _ => new Lazy<DicomFile>(() => FileOf(instance).Parse())).Value;

    private static ErrorCode CodeOf(FrameFault fault, InstanceHeader instance) => fault switch
    {
        FrameFault.Truncated => ErrorCode.SliceTruncated,
        FrameFault.Missing or FrameFault.Damaged when instance.IsTruncated => ErrorCode.SliceTruncated,
        FrameFault.Unsupported => ErrorCode.TransferSyntaxUnsupported,
        _ => ErrorCode.SliceUndecodable,
    };

    private InputFile FileOf(InstanceHeader instance) => _files.TryGetValue(instance.Source, out InputFile? file)
        ? file
        : throw new ArgumentException($"'{instance.Source}' was not read from this source.", nameof(instance));
}
