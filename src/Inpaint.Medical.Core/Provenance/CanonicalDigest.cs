using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Provenance;

/// <summary>
/// SHA-256 of what a stage hands on, lower-case hex: over compact JSON in a fixed member order, with samples standing in by their own
/// SHA-256. File names and the patient key take no part, so that a renamed copy of the same images gives the same digests.
/// </summary>
public static class CanonicalDigest
{
    private static readonly JsonSerializerOptions Compact = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Of the value's compact JSON.</summary>
    public static string OfJson<T>(T value) => OfBytes(JsonSerializer.SerializeToUtf8Bytes(value, Compact));

    public static string OfBytes(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Of the input instances: one line each, UID and digest, in UID order.</summary>
    public static string Of(ImmutableArray<InputInstance> inputs) => OfBytes(Encoding.UTF8.GetBytes(string.Concat(
        inputs.Select(input => $"{input.SopInstanceUid} {input.Sha256}\n").Order(StringComparer.Ordinal))));

    /// <summary>Of the headers, in UID and frame order.</summary>
    public static string Of(IEnumerable<InstanceHeader> headers) => OfJson(headers
        .OrderBy(header => header.SopInstanceUid, StringComparer.Ordinal)
        .ThenBy(header => header.Frame)
        .Select(header => header with { Source = string.Empty, PatientKey = string.Empty }));

    public static string Of(ImageSeries series)
    {
        ArgumentNullException.ThrowIfNull(series);
        return OfJson(new { series.SeriesInstanceUid, series.Part, Headers = Of(series.Instances) });
    }

    /// <summary>Of the grid and, slot by slot, of the stored samples.</summary>
    public static string Of(BuiltVolume built)
    {
        ArgumentNullException.ThrowIfNull(built);
        return OfJson(new
        {
            built.Volume.Geometry,
            built.Format,
            built.IsFillable,
            Slots = built.Slots.Select(slot => new { slot.Source?.SopInstanceUid, slot.Source?.Frame, slot.Rescale, slot.Defect }),
            Samples = built.Slots.Select(slot => slot.StoredSha256 ?? OfBytes(slot.Stored.Span)),
        });
    }

    public static string Of(SliceMask mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        return OfJson(new
        {
            mask.Verdicts,
            Regions = Of(mask.Regions),
        });
    }

    /// <summary>Of masked regions, by slice.</summary>
    public static string Of(ImmutableDictionary<int, RegionMask> regions) => OfJson(regions
        .OrderBy(region => region.Key)
        .Select(region => new { Slice = region.Key, Sha256 = OfVoxels(region.Value.Masked) }));

    public static string Of(Inference inference)
    {
        ArgumentNullException.ThrowIfNull(inference);
        return OfJson(inference.Predictions.Select(prediction => new
        {
            prediction.Slice,
            prediction.SourceSlices,
            Sha256 = OfVoxels(prediction.Voxels.Span),
        }));
    }

    public static string Of(Composite composite)
    {
        ArgumentNullException.ThrowIfNull(composite);
        return OfJson(composite.Slices.Select(slice => new { slice.Slice, slice.Kind, slice.OutputSha256 }));
    }

    public static string Of(DerivedSeries derived)
    {
        ArgumentNullException.ThrowIfNull(derived);
        return OfJson(new
        {
            derived.SeriesInstanceUid,
            derived.Mode,
            Slices = derived.Slices.Select(slice => new
            {
                slice.Slice,
                slice.Kind,
                slice.SopInstanceUid,
                slice.InstanceNumber,
                slice.Origin,
                Reference = slice.Reference.SopInstanceUid,
                Sources = slice.Sources.Select(source => source.SopInstanceUid),
            }),
        });
    }

    public static string Of(Delivery delivery)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        return OfJson(delivery.Instances);
    }

    private static string OfVoxels<T>(ReadOnlySpan<T> voxels)
        where T : struct => OfBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(voxels));
}
