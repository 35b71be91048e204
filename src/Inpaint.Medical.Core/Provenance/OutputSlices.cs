using System.Collections.Immutable;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Provenance;

/// <summary>The record's proof, slice by slice: what was acquired, what was predicted, from what, and the digests that show it.</summary>
internal static class OutputSlices
{
    /// <returns>One entry a written slice, in slice order; empty where the run did not get that far.</returns>
    public static ImmutableArray<OutputSlice> Of(BuiltVolume? built, DerivedSeries? derived, Composite? composite, Delivery? delivery)
    {
        if (built is null || derived is null || composite is null)
        {
            return [];
        }

        var composites = composite.Slices.ToDictionary(slice => slice.Slice);
        var delivered = delivery?.Instances.ToDictionary(instance => instance.SopInstanceUid) ?? [];
        return
        [
            .. derived.Slices.OrderBy(slice => slice.Slice).Select(slice =>
                Of(slice, composites[slice.Slice], built, delivered.GetValueOrDefault(slice.SopInstanceUid))),
        ];
    }

    private static OutputSlice Of(DerivedSlice slice, CompositeSlice composite, BuiltVolume built, DeliveredInstance? delivered) => new(
        slice.Slice,
        slice.Kind.ToString(),
        slice.SopInstanceUid,
        built.Volume.Geometry.SlicePositionsMm[slice.Slice],
        built.Slots[slice.Slice].Source?.SopInstanceUid,
        composite.SourceSha256,
        composite.OutputSha256,
        composite.SyntheticVoxels,
        slice.Method,
        [.. slice.Sources.Select(source => source.SopInstanceUid)],
        delivered?.Location,
        delivered?.Sha256);
}
