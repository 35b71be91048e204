namespace Inpaint.Medical.Core.Volumes;

/// <summary>
/// Voxels in real units (HU for CT, arbitrary for MR), [slices, rows, columns]. Owns its memory, one array a slice, so that a
/// volume may be larger than an array can be. A slice without data holds NaN.
/// </summary>
public sealed class Volume
{
    private readonly float[]?[] _slices;
    private readonly Lazy<float[]> _absent;

    /// <param name="geometry">The grid.</param>
    /// <param name="slices">[slices] arrays of [rows × columns]; null where there is no data. Ownership passes to the volume.</param>
    public Volume(VolumeGeometry geometry, float[]?[] slices)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        ArgumentNullException.ThrowIfNull(slices);
        if (slices.Length != geometry.SliceCount || slices.Any(slice => slice is not null && slice.Length != geometry.SliceLength))
        {
            throw new ArgumentException("The slices do not fit the geometry.", nameof(slices));
        }

        Geometry = geometry;
        _slices = slices;
        _absent = new(() =>
        {
            var absent = new float[geometry.SliceLength];
            absent.AsSpan().Fill(float.NaN);
            return absent;
        });
    }

    public VolumeGeometry Geometry { get; }

    public int SliceCount => _slices.Length;

    /// <summary>Whether the slice has data.</summary>
    public bool IsPresent(int slice) => _slices[slice] is not null;

    /// <summary>Whether the slice is present and none of its voxels is NaN or infinite.</summary>
    public bool IsFinite(int slice)
    {
        if (_slices[slice] is not { } voxels)
        {
            return false;
        }

        foreach (float voxel in voxels)
        {
            if (!float.IsFinite(voxel))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Voxels of one slice, [rows × columns]; all NaN where there is no data.</summary>
    public ReadOnlySpan<float> Slice(int slice) => _slices[slice] ?? _absent.Value;

    /// <summary>The same grid with some slices replaced; the others are shared, not copied.</summary>
    /// <param name="replacement">Gives for each slice null to keep it, an empty array for no data, or new voxels, [rows × columns].</param>
    public Volume Replace(Func<int, float[]?> replacement)
    {
        ArgumentNullException.ThrowIfNull(replacement);
        var slices = new float[]?[_slices.Length];
        for (int slice = 0; slice < slices.Length; slice++)
        {
            float[]? voxels = replacement(slice);
            slices[slice] = voxels is null ? _slices[slice] : voxels.Length == 0 ? null : voxels;
        }

        return new Volume(Geometry, slices);
    }
}
