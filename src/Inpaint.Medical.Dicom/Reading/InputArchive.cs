using System.IO.Compression;
using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Dicom.Reading;

/// <summary>What a zip archive may hold: enough for any study, too little to exhaust the machine.</summary>
public sealed record ArchiveLimits
{
    public static ArchiveLimits Default { get; } = new();

    public int Entries { get; init; } = 200_000;

    /// <summary>Bytes of one entry.</summary>
    public long EntryBytes { get; init; } = 1L << 30;

    /// <summary>Bytes of all entries.</summary>
    public long TotalBytes { get; init; } = 64L << 30;

    /// <summary>Bytes per compressed byte, for entries above <see cref="RatioFreeBytes"/>.</summary>
    public int Ratio { get; init; } = 200;

    /// <summary>Bytes up to which any ratio passes: blank images compress a thousandfold.</summary>
    public long RatioFreeBytes { get; init; } = 4L << 20;
}

/// <summary>
/// A zip archive, read entry by entry into memory, never unpacked to disk. Names are only shown; still, an archive whose names
/// lead elsewhere is not one of images and is refused whole. Thread-safe.
/// </summary>
internal sealed class InputArchive : IDisposable
{
    private const int UnixTypeMask = 0xF000, UnixLink = 0xA000;

    private readonly string _name;
    private readonly ZipArchive _zip;
    private readonly Lock _gate = new();

    /// <exception cref="InpaintException"><see cref="ErrorCode.ArchiveRefused"/>.</exception>
    public InputArchive(string name, string path, ArchiveLimits limits)
    {
        _name = name;
        try
        {
            _zip = ZipFile.OpenRead(path);
            Entries = [.. _zip.Entries];
        }
        catch (InvalidDataException exception)
        {
            _zip?.Dispose();
            throw Refused("it is damaged or not a zip archive", exception);
        }

        try
        {
            Check(limits);
        }
        catch
        {
            _zip.Dispose();
            throw;
        }
    }

    public IReadOnlyList<ZipArchiveEntry> Entries { get; }

    /// <summary>One entry, whole.</summary>
    /// <exception cref="InvalidDataException">The entry is damaged, or longer than it says.</exception>
    public byte[] Read(int index)
    {
        lock (_gate)
        {
            ZipArchiveEntry entry = Entries[index];
            var bytes = new byte[entry.Length];
            using Stream stream = entry.Open();
            stream.ReadExactly(bytes);
            return stream.ReadByte() < 0 ? bytes : throw new InvalidDataException("The entry is longer than the archive's directory says.");
        }
    }

    public void Dispose() => _zip.Dispose();

    private void Check(ArchiveLimits limits)
    {
        if (Entries.Count > limits.Entries)
        {
            throw Refused(FormattableString.Invariant($"it has {Entries.Count} entries, at most {limits.Entries} are read"));
        }

        long total = 0;
        foreach (ZipArchiveEntry entry in Entries)
        {
            if (FaultOf(entry, limits) is { } fault)
            {
                throw Refused(fault);
            }

            total += entry.Length;
        }

        if (total > limits.TotalBytes)
        {
            throw Refused(FormattableString.Invariant($"it unpacks to {total} bytes, at most {limits.TotalBytes} are read"));
        }
    }

    private static string? FaultOf(ZipArchiveEntry entry, ArchiveLimits limits)
    {
        string name = entry.FullName;
        if (name.StartsWith('/') || name.Contains('\\', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal)
            || name.Contains(':', StringComparison.Ordinal) || name.Split('/').Contains(".."))
        {
            return "an entry's name leads out of the archive";
        }

        if (((entry.ExternalAttributes >> 16) & UnixTypeMask) == UnixLink)
        {
            return "an entry is a symbolic link";
        }

        if (entry.IsEncrypted)
        {
            return "it is encrypted";
        }

        if (entry.Length > limits.EntryBytes)
        {
            return FormattableString.Invariant($"an entry of {entry.Length} bytes is longer than {limits.EntryBytes}");
        }

        return entry.Length > limits.RatioFreeBytes && entry.Length / Math.Max(1, entry.CompressedLength) > limits.Ratio
            ? FormattableString.Invariant($"an entry inflates more than {limits.Ratio} times")
            : null;
    }

    private InpaintException Refused(string why, Exception? cause = null)
    {
        string message = $"Archive '{_name}' refused: {why}.";
        return cause is null
            ? new InpaintException(ErrorCode.ArchiveRefused, message)
            : new InpaintException(ErrorCode.ArchiveRefused, message, cause);
    }
}
