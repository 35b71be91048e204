using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Dicom.Reading;

namespace Inpaint.Medical.Dicom.Tests.Writing;

/// <summary>
/// A derived series planned by hand, without the pipeline's stages: grid slots by the smallest step, copies where there is a source,
/// the mean of the neighbours in holes. For 16-bit series.
/// </summary>
internal static class DerivedPlan
{
    public static readonly MethodIdentity Linear = new("linear", "1.0");

    public static readonly MethodIdentity Learned = new("transformer", "0.3", new string('a', 64));

    /// <param name="repairedSlice">Slot whose top half is replaced; -1 for none.</param>
    public static DerivedSeries Of(
        DicomInstanceSource source, IEnumerable<InstanceHeader> instances, MethodIdentity method, int repairedSlice = -1, OutputMode mode = OutputMode.Complete)
    {
        InstanceHeader first = instances.First();
        Vector3 normal = first.RowDirection!.Value.Cross(first.ColumnDirection!.Value).Normalized();
        InstanceHeader[] ordered = [.. instances.OrderBy(instance => instance.Position!.Value.Dot(normal))];
        double[] positions = [.. ordered.Select(instance => instance.Position!.Value.Dot(normal))];
        double step = Enumerable.Range(1, positions.Length - 1).Min(i => positions[i] - positions[i - 1]);

        var slots = new List<InstanceHeader?> { ordered[0] };
        for (int i = 1; i < ordered.Length; i++)
        {
            int missing = (int)Math.Round((positions[i] - positions[i - 1]) / step) - 1;
            slots.AddRange(Enumerable.Repeat<InstanceHeader?>(null, missing));
            slots.Add(ordered[i]);
        }

        var uids = new DeterministicUidFactory();
        DerivedSlice[] slices = [.. slots.Select((_, slot) => Slice(source, slots, slot, slot == repairedSlice, method, uids))];
        return new DerivedSeries
        {
            Source = new ImageSeries { SeriesInstanceUid = first.SeriesInstanceUid, Part = string.Empty, Instances = [.. instances] },
            SeriesInstanceUid = uids.Create("series", first.SeriesInstanceUid, method.Name),
            Mode = mode,
            Geometry = Geometry(first, slices, normal, step),
            Format = first.Format,
            Rescale = first.Rescale,
            Slices = [.. slices.Where(slice => mode == OutputMode.Complete || slice.Kind != SliceKind.Copy)],
            RunId = "test-run",
        };
    }

    private static DerivedSlice Slice(
        DicomInstanceSource source, List<InstanceHeader?> slots, int slot, bool isRepaired, MethodIdentity method, DeterministicUidFactory uids)
    {
        int below = slot, above = slot;
        while (slots[below] is null || (isRepaired && below == slot))
        {
            below--;
        }

        while (slots[above] is null || (isRepaired && above == slot))
        {
            above++;
        }

        InstanceHeader from = slots[below]!, to = slots[above]!, reference = slots[slot] ?? from;
        SliceKind kind = isRepaired ? SliceKind.Repaired : slots[slot] is null ? SliceKind.Synthetic : SliceKind.Copy;
        byte[] samples = kind == SliceKind.Copy ? Pixels(source, reference) : Mean(Pixels(source, from), Pixels(source, to), reference.Format.IsSigned);
        int replaced = reference.Rows * reference.Columns;
        if (kind == SliceKind.Repaired)
        {
            byte[] own = Pixels(source, reference);
            replaced /= 2;
            own.AsSpan(replaced * 2).CopyTo(samples.AsSpan(replaced * 2));
        }

        double t = above == below ? 0 : (slot - below) / (double)(above - below);
        return new DerivedSlice
        {
            Slice = slot,
            Kind = kind,
            SopInstanceUid = uids.Create("image", reference.SeriesInstanceUid, method.Name, reference.FrameCount > 1 ? "all" : slot.ToString(CultureInfo.InvariantCulture)),
            InstanceNumber = slot + 1,
            Reference = reference,
            Origin = kind == SliceKind.Synthetic ? Vector3.Lerp(from.Position!.Value, to.Position!.Value, t) : reference.Position!.Value,
            Sources = kind switch { SliceKind.Copy => [reference], SliceKind.Repaired => [from, reference, to], _ => [from, to] },
            Samples = samples,
            Method = kind == SliceKind.Copy ? null : method,
            SyntheticVoxels = kind == SliceKind.Copy ? 0 : replaced,
        };
    }

    private static byte[] Pixels(DicomInstanceSource source, InstanceHeader instance)
    {
        var pixels = new byte[instance.FrameLength];
        source.ReadPixels(instance, pixels);
        return pixels;
    }

    private static byte[] Mean(byte[] a, byte[] b, bool isSigned)
    {
        var mean = new byte[a.Length];
        ReadOnlySpan<ushort> x = MemoryMarshal.Cast<byte, ushort>(a.AsSpan()), y = MemoryMarshal.Cast<byte, ushort>(b.AsSpan());
        Span<ushort> m = MemoryMarshal.Cast<byte, ushort>(mean.AsSpan());
        for (int i = 0; i < m.Length; i++)
        {
            m[i] = isSigned ? (ushort)(((short)x[i] + (short)y[i]) / 2) : (ushort)((x[i] + y[i]) / 2);
        }

        return mean;
    }

    private static VolumeGeometry Geometry(InstanceHeader first, DerivedSlice[] slices, Vector3 normal, double step) => new()
    {
        Rows = first.Rows,
        Columns = first.Columns,
        RowSpacingMm = first.RowSpacingMm!.Value,
        ColumnSpacingMm = first.ColumnSpacingMm!.Value,
        RowDirection = first.RowDirection!.Value,
        ColumnDirection = first.ColumnDirection!.Value,
        SliceOrigins = [.. slices.Select(slice => slice.Origin)],
        SlicePositionsMm = [.. slices.Select(slice => slice.Origin.Dot(normal))],
        SliceSpacingMm = step,
    };
}
