using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Inpaint.Medical.Core.Composition;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Pipeline;

/// <summary>Stage 7 of 9, Write: plans the derived series to the last UID and sample. Pure; a sink delivers it.</summary>
public static class WriteStage
{
    /// <summary>Plans the derived series.</summary>
    /// <param name="runId">Names input, protocol, choices and software; it is written into every instance.</param>
    /// <param name="uids">
    /// Makes UIDs from a key of kind, run, study, source series and part, digests of all sources and of all output slices, methods,
    /// protocol and mode: the same input, protocol and method give the same series twice, and what would differ in any byte, as
    /// the output of another version does, gets another UID.
    /// </param>
    public static DerivedSeries Run(
        ImageSeries series,
        BuiltVolume built,
        SliceMask mask,
        Composite composite,
        Protocol protocol,
        OutputMode mode,
        string runId,
        IUidFactory uids)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(built);
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(composite);
        ArgumentNullException.ThrowIfNull(protocol);
        ArgumentNullException.ThrowIfNull(uids);
        CompositeSlice[] written = [.. composite.Slices.Where(slice => mode == OutputMode.Complete || slice.Kind != SliceKind.Copy)];
        string[] key = KeyOf(series, composite, protocol, mode, runId);
        bool isDescending = IsNumberedDownwards(built);
        bool isMultiFrame = series.Instances[0].FrameCount > 1;
        return new DerivedSeries
        {
            Source = series,
            SeriesInstanceUid = uids.Create(["series", .. key]),
            Mode = mode,
            Policy = protocol.Output,
            Geometry = built.Volume.Geometry,
            Format = built.Format,
            Rescale = composite.Rescale,
            Slices =
            [
                .. written.Select((slice, i) => Plan(
                    slice, built, mask, isDescending ? written.Length - i : i + 1, uids.Create(["image", .. key, .. isMultiFrame ? [] : new[] { Text(slice.Slice) }]))),
            ],
            RunId = runId,
        };
    }

    private static DerivedSlice Plan(CompositeSlice slice, BuiltVolume built, SliceMask mask, int number, string uid)
    {
        SliceSlot reference = slice.Kind == SliceKind.Synthetic ? AcquiredSlices.Nearest(built, mask, slice.Slice) : built.Slots[slice.Slice];
        return new DerivedSlice
        {
            Slice = slice.Slice,
            Kind = slice.Kind,
            SopInstanceUid = uid,
            InstanceNumber = number,
            Reference = SourceOf(reference),
            Origin = built.Volume.Geometry.SliceOrigins[slice.Slice],
            Sources = [.. slice.SourceSlices.Select(source => SourceOf(built.Slots[source]))],
            Samples = slice.Samples,
            Rescale = slice.Rescale,
            Method = slice.Method,
            SyntheticVoxels = slice.SyntheticVoxels,
        };
    }

    private static InstanceHeader SourceOf(SliceSlot slot) => slot.Source
        ?? throw new InpaintException(ErrorCode.Internal, string.Create(
            CultureInfo.InvariantCulture, $"Slice {slot.Slice} has no DICOM image; only a volume that was read from DICOM can be written as DICOM."));

    // Instance numbers go on in the source's direction, because viewers sort by them.
    private static bool IsNumberedDownwards(BuiltVolume built)
    {
        int[] numbers = [.. built.Slots.Select(slot => slot.Source?.InstanceNumber).OfType<int>()];
        return numbers.Skip(1).Zip(numbers, (next, previous) => Math.Sign(next - previous)).Sum() < 0;
    }

    private static string[] KeyOf(ImageSeries series, Composite composite, Protocol protocol, OutputMode mode, string runId)
    {
        IEnumerable<string> methods = composite.Slices.Select(slice => slice.Method).OfType<MethodIdentity>().Distinct()
            .Select(method => $"{method.Name}:{method.Version}:{method.WeightsSha256}").Order(StringComparer.Ordinal);
        return
        [
            "inpaint.medical/uid/2",
            runId,
            series.Instances[0].StudyInstanceUid,
            series.SeriesInstanceUid,
            series.Part,
            Digest(series.Instances.Select(instance => Text($"{instance.SopInstanceUid}:{instance.Frame}")).Order(StringComparer.Ordinal)),
            Digest(composite.Slices.Select(slice => Text($"{slice.Slice}:{slice.Kind}:{slice.SourceSha256}:{slice.OutputSha256}"))),
            string.Join(',', methods),
            protocol.Sha256,
            mode.ToString(),
        ];
    }

    private static string Digest(IEnumerable<string> lines) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
