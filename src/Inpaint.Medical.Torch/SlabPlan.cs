using System.Collections.Immutable;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Torch;

/// <summary>Which slices a target is predicted from.</summary>
/// <param name="Target">Slice to predict.</param>
/// <param name="Visible">Slices to look at, ascending; empty for a region of a series without whole visible slices.</param>
/// <param name="Geometry">Their positions, and the classical candidates.</param>
public sealed record SlabPlan(int Target, ImmutableArray<int> Visible, SlabGeometry Geometry)
{
    /// <summary>Visible slices on one side; both sides together where the other side has none.</summary>
    public const int Context = 4;

    private const string End = "end";

    /// <summary>Slices without data or with a voxel that is not finite count as hidden.</summary>
    public static ImmutableArray<int> VisibleSlices(ReconstructionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return [.. Enumerable.Range(0, request.Volume.SliceCount).Where(slice =>
            request.Mask.IsVisible(slice) && request.Volume.IsFinite(slice))];
    }

    /// <summary>Up to four visible slices below and four above; at an end up to eight on the one side.</summary>
    public static SlabPlan Of(Volume volume, ImmutableArray<int> visible, int target)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ImmutableArray<int> others = visible.Remove(target);
        if (others.IsEmpty) return new SlabPlan(target, [], new SlabGeometry([-1, 1]));
        int[] below = [.. others.Where(slice => slice < target)], above = [.. others.Where(slice => slice > target)];
        int each = below.Length == 0 || above.Length == 0 ? 2 * Context : Context;
        ImmutableArray<int> chosen = [.. below.TakeLast(each), .. above.Take(each)];
        ImmutableArray<double> mm = volume.Geometry.SlicePositionsMm;
        double unit = volume.Geometry.SliceSpacingMm;
        return new SlabPlan(target, chosen, new SlabGeometry([.. chosen.Select(slice => (mm[slice] - mm[target]) / unit)]));
    }

    /// <summary>Plans that predict visible slices, each hidden together with its neighbours in a run of <paramref name="gap"/>; none at an end.</summary>
    /// <remarks>A mask under which they are read must hide the visible slices.</remarks>
    public static IEnumerable<SlabPlan> Rehearsals(Volume volume, ImmutableArray<int> visible, int gap) => visible
        .Select((slice, i) => Of(volume, visible.RemoveRange(Enumerable.Range(slice - (i % gap), gap)), slice))
        .Where(plan => plan.Gap != End);

    /// <summary>Name of the gap for calibration: 1, 2, 3 (and longer), x2, end.</summary>
    public string Gap
    {
        get
        {
            double[] z = Geometry.Positions;
            int above = Array.FindIndex(z, position => position > 0);
            if (above <= 0) return End;
            int gap = Math.Clamp((int)Math.Round(z[above] - z[above - 1]) - 1, 1, 3);
            bool isPeriodic = gap == 1 && above >= 2 && above + 1 < z.Length && z[above - 1] - z[above - 2] > 1.5 && z[above + 1] - z[above] > 1.5;
            return isPeriodic ? "x2" : gap.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
