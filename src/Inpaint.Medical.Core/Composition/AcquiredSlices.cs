using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Composition;

/// <summary>Acquired slices near a predicted one; those that are masked as a whole do not count.</summary>
internal static class AcquiredSlices
{
    /// <summary>The nearest one; of two equally near ones the one before. A partial slice counts only where there is no intact one.</summary>
    public static SliceSlot Nearest(BuiltVolume built, SliceMask mask, int slice)
    {
        var positions = built.Volume.Geometry.SlicePositionsMm;
        return built.Slots
            .Where(slot => slot.HasSamples && !mask.IsWholeMasked(slot.Slice))
            .OrderBy(slot => mask.IsVisible(slot.Slice) ? 0 : 1)
            .ThenBy(slot => Math.Abs(positions[slot.Slice] - positions[slice]))
            .ThenBy(slot => slot.Slice)
            .First();
    }

    /// <summary>The nearest intact one on each side; null where there is none.</summary>
    public static (SliceSlot? Before, SliceSlot? After) Around(BuiltVolume built, SliceMask mask, int slice)
    {
        bool IsAcquired(SliceSlot slot) => slot.HasSamples && mask.IsVisible(slot.Slice);
        return (
            built.Slots.Take(slice).LastOrDefault(IsAcquired),
            built.Slots.Skip(slice + 1).FirstOrDefault(IsAcquired));
    }
}
