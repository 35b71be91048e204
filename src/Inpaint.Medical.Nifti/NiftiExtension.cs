using System.Buffers.Binary;
using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Nifti;

/// <summary>One header extension: its registered code and its content (esize less 8 bytes, padding included).</summary>
public sealed record NiftiExtension(int Code, ImmutableArray<byte> Content)
{
    /// <summary>Extensions between header and voxels; empty if the extender says that there are none.</summary>
    /// <param name="afterHeader">Bytes from the end of the fixed header to the first voxel, extender included.</param>
    /// <exception cref="InpaintException"><see cref="ErrorCode.NiftiHeaderInvalid"/>: a size does not fit.</exception>
    internal static ImmutableArray<NiftiExtension> Parse(ReadOnlySpan<byte> afterHeader, bool littleEndian, string name)
    {
        if (afterHeader.Length < 4 || afterHeader[0] == 0)
        {
            return [];
        }

        var extensions = ImmutableArray.CreateBuilder<NiftiExtension>();
        ReadOnlySpan<byte> rest = afterHeader[4..];
        while (rest.Length >= 8)
        {
            int size = Int32(rest, littleEndian);
            if (size < 8 || size > rest.Length)
            {
                throw new InpaintException(ErrorCode.NiftiHeaderInvalid, $"{name}: extension {extensions.Count + 1} declares {size} bytes; {rest.Length} are left before vox_offset.");
            }

            extensions.Add(new NiftiExtension(Int32(rest[4..], littleEndian), [.. rest[8..size]]));
            rest = rest[size..];
        }

        return extensions.ToImmutable();
    }

    private static int Int32(ReadOnlySpan<byte> bytes, bool littleEndian) =>
        littleEndian ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : BinaryPrimitives.ReadInt32BigEndian(bytes);
}
