using System.Collections.Immutable;
using System.IO.Compression;
using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Nifti;

/// <summary>Reads NIfTI-1 and NIfTI-2 files, plain or gzipped (told by content, not by name), in one pass.</summary>
public static class NiftiReader
{
    // Deflate expands at most 1032 times (RFC 1951: 258 bytes from 2 bits, less the block overhead).
    private const long MaxDeflateRatio = 1032;

    /// <summary>Reads and checks a whole file.</summary>
    /// <param name="path">A .nii or .nii.gz file.</param>
    /// <param name="limits">Sizes that are checked before memory is taken; null for <see cref="NiftiLimits.Default"/>.</param>
    /// <exception cref="InpaintException"><see cref="ErrorCode"/> 1001 to 1024; nothing else leaves this method.</exception>
    public static NiftiFile Read(string path, NiftiLimits? limits = null)
    {
        string name = Path.GetFileName(path);
        return Guard(name, () =>
        {
            using FileStream file = Open(path);
            bool compressed = IsGzip(file);
            using Stream content = compressed ? new GZipStream(file, CompressionMode.Decompress, leaveOpen: true) : file;
            long available = compressed ? (file.Length + 1) * MaxDeflateRatio : file.Length;
            return Read(content, name, available, limits ?? NiftiLimits.Default);
        });
    }

    /// <summary>Reads and checks the header only; voxels are not looked at.</summary>
    /// <exception cref="InpaintException">As <see cref="Read(string, NiftiLimits?)"/>.</exception>
    public static NiftiHeader ReadHeader(string path)
    {
        string name = Path.GetFileName(path);
        return Guard(name, () =>
        {
            using FileStream file = Open(path);
            using Stream content = IsGzip(file) ? new GZipStream(file, CompressionMode.Decompress, leaveOpen: true) : file;
            return NiftiHeaderParser.Parse(FixedHeader(content, name), name);
        });
    }

    private static FileStream Open(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.Open,
        Access = FileAccess.Read,
        Share = FileShare.Read,
        BufferSize = 1 << 16,
        Options = FileOptions.SequentialScan,
    });

    private static bool IsGzip(FileStream file)
    {
        Span<byte> start = stackalloc byte[2];
        int read = file.ReadAtLeast(start, 2, throwOnEndOfStream: false);
        file.Position = 0;
        return read == 2 && start[0] == 0x1f && start[1] == 0x8b;
    }

    private static NiftiFile Read(Stream content, string name, long available, NiftiLimits limits)
    {
        byte[] fixedHeader = FixedHeader(content, name);
        NiftiHeader header = NiftiHeaderParser.Parse(fixedHeader, name);
        CheckSizes(header, name, available, limits);

        var preamble = new byte[header.VoxelOffset];
        fixedHeader.CopyTo(preamble, 0);
        Fill(content, preamble.AsSpan(fixedHeader.Length), name, "extensions");
        ImmutableArray<NiftiExtension> extensions =
            NiftiExtension.Parse(preamble.AsSpan(fixedHeader.Length), header.IsLittleEndian, name);

        var volumes = new byte[header.VolumeCount][];
        for (int volume = 0; volume < volumes.Length; volume++)
        {
            volumes[volume] = GC.AllocateUninitializedArray<byte>((int)(header.VoxelsPerVolume * header.DataType.SizeInBytes()));
            Fill(content, volumes[volume], name, "voxels");
        }

        return new NiftiFile(name, header, extensions, preamble, volumes, Trailing(content, name, limits));
    }

    private static byte[] FixedHeader(Stream content, string name)
    {
        var bytes = new byte[NiftiHeaderParser.Nifti2Size];
        int read = content.ReadAtLeast(bytes.AsSpan(0, 4), 4, throwOnEndOfStream: false);
        int version = read == 4 ? NiftiHeaderParser.Identify(bytes).Version : 0;
        if (version == 0)
        {
            throw new InpaintException(ErrorCode.NiftiHeaderInvalid, $"{name}: not a NIfTI file (sizeof_hdr is neither 348 nor 540).");
        }

        int size = version == 1 ? NiftiHeaderParser.Nifti1Size : NiftiHeaderParser.Nifti2Size;
        Fill(content, bytes.AsSpan(4, size - 4), name, "header");
        return bytes[..size];
    }

    private static void CheckSizes(NiftiHeader header, string name, long available, NiftiLimits limits)
    {
        long extensionBytes = header.VoxelOffset - header.SizeInBytes;
        if (extensionBytes > limits.MaxExtensionBytes)
        {
            throw new InpaintException(ErrorCode.NiftiStreamTooLarge, $"{name}: vox_offset {header.VoxelOffset} leaves {extensionBytes} bytes of extensions; at most {limits.MaxExtensionBytes} are read.");
        }

        // Lengths may lie up to 2^63 each, so the product is formed in 128 bits step by step.
        UInt128 voxels = 1;
        UInt128 perVolume = 1;
        for (int axis = 1; axis < 8 && voxels <= long.MaxValue; axis++)
        {
            voxels *= (ulong)header.Dim[axis];
            perVolume = axis == 3 ? voxels : perVolume;
        }

        UInt128 bytes = voxels * (uint)header.DataType.SizeInBytes();
        if (bytes > (ulong)limits.MaxVoxelBytes)
        {
            throw new InpaintException(ErrorCode.NiftiStreamTooLarge, $"{name}: the header declares {header.Shape} voxels of {header.DataType}; at most {limits.MaxVoxelBytes} bytes are read.");
        }

        if (bytes + (ulong)header.VoxelOffset > (ulong)available)
        {
            throw new InpaintException(ErrorCode.NiftiDataTruncated, $"{name}: the header declares {bytes} bytes of voxels from byte {header.VoxelOffset}; the file cannot hold them.");
        }

        if (perVolume * (uint)header.DataType.SizeInBytes() > (ulong)Array.MaxLength || header.VolumeCount > int.MaxValue)
        {
            throw new InpaintException(ErrorCode.NiftiStreamTooLarge, $"{name}: one volume of {header.Shape} voxels of {header.DataType} is over {Array.MaxLength} bytes.");
        }
    }

    private static void Fill(Stream content, Span<byte> buffer, string name, string part)
    {
        int read = content.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        if (read < buffer.Length)
        {
            throw new InpaintException(ErrorCode.NiftiDataTruncated, $"{name}: ends in its {part}; {buffer.Length - read} of {buffer.Length} bytes are missing.");
        }
    }

    private static byte[] Trailing(Stream content, string name, NiftiLimits limits)
    {
        var bytes = new byte[limits.MaxTrailingBytes + 1];
        int read = content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read > limits.MaxTrailingBytes)
        {
            throw new InpaintException(ErrorCode.NiftiStreamTooLarge, $"{name}: more than {limits.MaxTrailingBytes} bytes follow the voxels that the header declares.");
        }

        return bytes[..read];
    }

    private static T Guard<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException cause)
        {
            throw new InpaintException(ErrorCode.NiftiDataTruncated, $"{name}: the gzip stream is broken or cut short.", cause);
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InpaintException(ErrorCode.PathNotFound, $"{name}: no such file.", cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new InpaintException(ErrorCode.InstanceUnreadable, $"{name}: cannot be read ({cause.GetType().Name}).", cause);
        }
        catch (OutOfMemoryException cause)
        {
            throw new InpaintException(ErrorCode.NiftiStreamTooLarge, $"{name}: not enough memory for its voxels.", cause);
        }
    }
}
