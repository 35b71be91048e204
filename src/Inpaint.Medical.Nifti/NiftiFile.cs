using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Nifti;

/// <summary>A NIfTI file in memory: checked header and every byte as stored, so that it can be written back bit for bit.</summary>
public sealed class NiftiFile
{
    private readonly byte[] _preamble;
    private readonly byte[][] _volumes;
    private readonly byte[] _trailing;

    internal NiftiFile(string name, NiftiHeader header, ImmutableArray<NiftiExtension> extensions, byte[] preamble, byte[][] volumes, byte[] trailing)
    {
        Name = name;
        Header = header;
        Extensions = extensions;
        _preamble = preamble;
        _volumes = volumes;
        _trailing = trailing;
    }

    /// <summary>Name for messages: the file's name without its folder.</summary>
    public string Name { get; }

    public NiftiHeader Header { get; }

    public ImmutableArray<NiftiExtension> Extensions { get; }

    /// <summary>Number of three-dimensional volumes.</summary>
    public int VolumeCount => _volumes.Length;

    /// <summary>Stored bytes of a volume, x fastest, in the file's byte order.</summary>
    public ReadOnlySpan<byte> StoredVolume(int volume) => _volumes[volume];

    /// <summary>The stored bytes themselves, for replacement in place.</summary>
    internal byte[] Volume(int volume) => _volumes[volume];

    /// <summary>The whole file in order.</summary>
    internal IEnumerable<ReadOnlyMemory<byte>> Parts() => [_preamble, .. _volumes.Select(volume => (ReadOnlyMemory<byte>)volume), _trailing];

    /// <summary>Voxels of one volume in real units.</summary>
    /// <param name="volume">0-based.</param>
    /// <param name="axis">Axis whose planes are the slices; null for the axis of <see cref="SliceAxes.Resolve"/>.</param>
    /// <returns>New arrays, [slices] of [rows × columns].</returns>
    /// <exception cref="InpaintException"><see cref="ErrorCode.NiftiAffineInvalid"/>: no spacing.</exception>
    public NiftiVolume ReadVolume(int volume = 0, SliceAxis? axis = null)
    {
        SliceGrid grid = SliceGrid.Of(this, axis);
        return new NiftiVolume(grid, VoxelDecoder.Decode(_volumes[volume], Header, grid));
    }
}
