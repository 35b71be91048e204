using System.Runtime.InteropServices;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Nifti;

/// <summary>What of a NIfTI file is to be rebuilt.</summary>
public sealed record NiftiSelection
{
    /// <summary>Null for the axis of <see cref="SliceAxes.Resolve"/>.</summary>
    public SliceAxis? Axis { get; init; }

    /// <summary>Zero-based slices to be replaced, as "10,20-23" (<see cref="SliceNumbers"/>); null where none are named.</summary>
    public string? Missing { get; init; }

    /// <summary>A NIfTI file of the same shape, not 0 where a voxel is to be replaced; null where none is given.</summary>
    public string? MaskPath { get; init; }

    /// <summary>What the image shows (MR, CT, …); null for what the sidecar says (<see cref="NiftiSidecar"/>), else OT.</summary>
    public string? Modality { get; init; }
}

/// <summary>One volume of a NIfTI file as the pipeline takes it.</summary>
public sealed record NiftiMaskedVolume(BuiltVolume Built, SliceMask Mask);

/// <summary>
/// A NIfTI file as a series of slices along one axis: each of its volumes becomes a <see cref="BuiltVolume"/> with a mask, takes the
/// rebuilt voxels back, and all else is written as it was read, bit for bit.
/// </summary>
public sealed class NiftiSeries
{
    /// <summary>Fewer slices leave nothing to interpolate between.</summary>
    public const int LeastSlices = 3;

    private readonly NiftiFile _file;
    private readonly SliceLayout _layout;
    private readonly NiftiSelection _selection;
    private readonly NiftiFile? _mask;

    private NiftiSeries(NiftiFile file, SliceLayout layout, VolumeGeometry geometry, NiftiSelection selection, NiftiFile? mask)
    {
        _file = file;
        _layout = layout;
        Geometry = geometry;
        _selection = selection;
        _mask = mask;
    }

    public NiftiHeader Header => _file.Header;

    public string Name => _file.Name;

    /// <summary>Slice s of the series is plane s of the stored axis <see cref="SliceGrid.Axis"/>.</summary>
    public SliceGrid Grid => _layout.Grid;

    /// <summary>Grid in patient space (LPS). Columns are mirrored against the stored axis where the stored axes are left-handed.</summary>
    public VolumeGeometry Geometry { get; }

    public int VolumeCount => _file.VolumeCount;

    public PixelFormat Format => VoxelEncoder.Format(Header.DataType);

    public Rescale Rescale => new(Header.Slope, Header.Intercept);

    /// <summary>Reads a file and its mask and checks that they can be worked on.</summary>
    /// <exception cref="InpaintException">As <see cref="NiftiReader.Read(string, NiftiLimits?)"/>;
    /// <see cref="ErrorCode.TooFewSlices"/>, <see cref="ErrorCode.MaskShapeMismatch"/>, <see cref="ErrorCode.NiftiAffineInvalid"/>.</exception>
    public static NiftiSeries Open(string path, NiftiSelection? selection = null, NiftiLimits? limits = null)
    {
        selection ??= new NiftiSelection();
        NiftiFile file = NiftiReader.Read(path, limits);
        SliceGrid grid = SliceGrid.Of(file, selection.Axis);
        if (grid.Slices < LeastSlices)
        {
            throw new InpaintException(ErrorCode.TooFewSlices, $"{file.Name}: {grid.Slices} slices along {grid.Axis}; at least {LeastSlices} are needed. Choose another axis.");
        }

        (VolumeGeometry geometry, bool mirrored) = NiftiGeometry.Of(file, grid);
        NiftiFile? mask = selection.MaskPath is null ? null : NiftiReader.Read(selection.MaskPath, limits);
        if (mask is not null)
        {
            CheckShape(file, mask);
        }

        string modality = selection.Modality ?? NiftiSidecar.Modality(path) ?? "OT";
        return new NiftiSeries(file, new SliceLayout(grid, file.Header, mirrored), geometry, selection with { Modality = modality }, mask);
    }

    /// <summary>All voxels of a volume, nothing masked.</summary>
    /// <returns>[slices, rows, columns] in real units.</returns>
    public Volume ReadVolume(int volume) => new(Geometry, Decode(_file, volume));

    /// <summary>A volume with what is to be rebuilt: the slices named, the voxels of the mask, else the slices found empty.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.NothingVisible"/>, <see cref="ErrorCode.SliceNumberOutOfRange"/>,
    /// <see cref="ErrorCode.UsageInvalid"/>.</exception>
    public NiftiMaskedVolume Build(int volume)
    {
        float[]?[] slices = Decode(_file, volume);
        SliceMask mask = NiftiMask.Of(slices!, _selection, _mask is null ? null : Decode(_mask, Math.Min(volume, _mask.VolumeCount - 1)));
        var slots = new SliceSlot[slices.Length];
        for (int slice = 0; slice < slots.Length; slice++)
        {
            bool hidden = mask.IsWholeMasked(slice);
            slices[slice] = hidden ? null : slices[slice];
            slots[slice] = new SliceSlot { Slice = slice, Rescale = Rescale, Stored = hidden ? default : Stored(volume, slice) };
        }

        if (slots.All(slot => !mask.IsVisible(slot.Slice)))
        {
            throw new InpaintException(ErrorCode.NothingVisible, $"{Name}: every slice of volume {volume} is masked; nothing is left to rebuild from.");
        }

        var built = new BuiltVolume
        {
            Volume = new Volume(Geometry, slices),
            Slots = [.. slots],
            Format = Format,
            Modality = _selection.Modality!,
            Findings = [],
            IsFillable = true,
        };
        return new NiftiMaskedVolume(built, mask);
    }

    /// <summary>Replaces a slice by values in real units, rounded to the nearest stored value and clamped to the stored type.</summary>
    /// <param name="voxels">[rows × columns].</param>
    /// <param name="region">Voxels to replace; null for all.</param>
    public void Replace(int volume, int slice, ReadOnlySpan<float> voxels, RegionMask? region = null)
    {
        var samples = new byte[_layout.SliceBytes];
        VoxelEncoder.Encode(voxels, Header, samples);
        _layout.Scatter(samples, region is null ? [] : region.Masked, slice, _file.Volume(volume));
    }

    /// <summary>Takes the composed slices back; copies are left alone.</summary>
    public void Replace(int volume, Composite composite, SliceMask mask)
    {
        foreach (CompositeSlice slice in composite.Slices.Where(slice => !mask.IsVisible(slice.Slice)))
        {
            ReadOnlySpan<bool> masked = mask.Regions.TryGetValue(slice.Slice, out RegionMask? region) ? region.Masked : [];
            _layout.Scatter(slice.Samples.Span, masked, slice.Slice, _file.Volume(volume));
        }
    }

    /// <summary>A file of standard errors, float32, voxel by voxel beside this one.</summary>
    /// <param name="sigma">Real units, [volumes] of [slices] of [rows × columns]; null for a volume without any, which holds 0.</param>
    public NiftiFile Uncertainty(IReadOnlyList<float[][]?> sigma)
    {
        ArgumentNullException.ThrowIfNull(sigma);
        NiftiFile file = FloatFile.Create("standard error, units of the image", Header.Size, VolumeCount, NiftiAffine.ToRasMm(Header, Name));
        SliceLayout layout = _layout with { Header = file.Header };
        for (int volume = 0; volume < sigma.Count; volume++)
        {
            for (int slice = 0; slice < (sigma[volume]?.Length ?? 0); slice++)
            {
                layout.Scatter(MemoryMarshal.AsBytes<float>(sigma[volume]![slice]), [], slice, file.Volume(volume));
            }
        }

        return file;
    }

    /// <summary>Writes the file with all that was replaced; see <see cref="NiftiWriter"/>.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.OutputExists"/>, <see cref="ErrorCode.OutputNotWritable"/>.</exception>
    public void Write(string path) => NiftiWriter.Write(_file, path);

    private static void CheckShape(NiftiFile file, NiftiFile mask)
    {
        bool sameVolume = mask.Header.Size == file.Header.Size;
        if (!sameVolume || (mask.VolumeCount != 1 && mask.VolumeCount != file.VolumeCount))
        {
            throw new InpaintException(ErrorCode.MaskShapeMismatch, $"{mask.Name}: shape {mask.Header.Shape} is not that of {file.Name}, {file.Header.Shape}.");
        }
    }

    private float[][] Decode(NiftiFile file, int volume)
    {
        float[][] slices = VoxelDecoder.Decode(file.StoredVolume(volume), file.Header, Grid);
        if (_layout.Mirrored)
        {
            foreach (float[] slice in slices)
            {
                for (int row = 0; row < Grid.Rows; row++)
                {
                    slice.AsSpan(row * Grid.Columns, Grid.Columns).Reverse();
                }
            }
        }

        return slices;
    }

    private ReadOnlyMemory<byte> Stored(int volume, int slice)
    {
        if (_layout.IsContiguous)
        {
            return _file.Volume(volume).AsMemory(slice * _layout.SliceBytes, _layout.SliceBytes);
        }

        var samples = new byte[_layout.SliceBytes];
        _layout.Gather(_file.StoredVolume(volume), slice, samples);
        return samples;
    }
}
