using System.Collections.Immutable;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Stacks;

/// <summary>Images ordered along the normal, one a place, on the grid that fits them.</summary>
/// <param name="Images">In slot order.</param>
/// <param name="Positions">True position of every slot of the grid, mm; a hole lies evenly between its neighbours.</param>
/// <param name="Origins">Centre of the first voxel of every slot.</param>
/// <param name="Slots">Slot of each image.</param>
internal sealed record SliceStack(
    ImmutableArray<DecodedImage> Images,
    SliceGrid Grid,
    ImmutableArray<int> Slots,
    ImmutableArray<double> Positions,
    ImmutableArray<Vector3> Origins)
{
    public int SlotCount => Positions.Length;

    public Vector3 Normal => Images[0].Header.RowDirection!.Value.Cross(Images[0].Header.ColumnDirection!.Value);

    /// <summary>Lays the images out on their grid, with some slots before and after them.</summary>
    public static SliceStack Lay(ImmutableArray<DecodedImage> images, SliceGrid grid, int before, int after)
    {
        int[] slots = [.. grid.Slots.Select(slot => slot + before)];
        int count = slots[^1] + 1 + after;
        var positions = new double[count];
        var origins = new Vector3[count];
        int next = 1;
        for (int slot = 0; slot < count; slot++)
        {
            while (next < slots.Length - 1 && slots[next] < slot)
            {
                next++;
            }

            // Between the images around it; beyond the ends along the first or last step.
            double t = (slot - slots[next - 1]) / (double)(slots[next] - slots[next - 1]);
            DecodedImage a = images[next - 1], b = images[next];
            positions[slot] = t == 1 ? b.PositionMm : a.PositionMm + ((b.PositionMm - a.PositionMm) * t);
            origins[slot] = t == 1 ? b.Header.Position!.Value : Vector3.Lerp(a.Header.Position!.Value, b.Header.Position!.Value, t);
        }

        return new SliceStack(images, grid, [.. slots], [.. positions], [.. origins]);
    }
}
