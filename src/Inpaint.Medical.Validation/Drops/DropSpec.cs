using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Validation.Statistics;

namespace Inpaint.Medical.Validation.Drops;

/// <summary>Which slices or voxels of a complete volume are hidden. Parsed from text such as every:2 or runs:3@4.</summary>
/// <remarks>
/// every:K   every K-th slice (K−1, 2K−1, …), not the last; run:N   N consecutive slices in the middle;
/// runs:N@COUNT   COUNT such runs, evenly spread; index:LIST   slices by number, as 10,20-23; random:P   the part P of the slices
/// between the ends, drawn by seed; ends:N   the first and the last N slices; region:band@N and region:block@N   N rows, or N × N voxels,
/// at a place drawn by seed in every fourth slice. Only index and ends touch the first and last slice.
/// </remarks>
public abstract record DropSpec(string Text)
{
    private const string Grammar = "every:K, run:N, runs:N@COUNT, index:LIST, random:P, ends:N, region:band@N or region:block@N";

    /// <exception cref="InpaintException"><see cref="ErrorCode.UsageInvalid"/>.</exception>
    public static DropSpec Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(':', 2);
        string value = parts.Length == 2 ? parts[1] : "";
        string[] both = value.Split('@', 2);
        return parts[0] switch
        {
            "every" => new EverySlice(text, Whole(text, value, 2)),
            "run" => new SliceRuns(text, Whole(text, value, 1), 1),
            "runs" when both.Length == 2 => new SliceRuns(text, Whole(text, both[0], 1), Whole(text, both[1], 1)),
            "index" when value.Length > 0 => new ListedSlices(text, value),
            "random" => new RandomSlices(text, Fraction(text, value)),
            "ends" => new EndSlices(text, Whole(text, value, 1)),
            "region" when both is ["band" or "block", _] => new RegionsInSlices(text, both[0] == "band", Whole(text, both[1], 1)),
            _ => throw Wrong(text),
        };
    }

    /// <summary>Hides voxels of a volume; slices that it lacks stay masked and are never asked for.</summary>
    /// <param name="name">Of the volume; enters the draw, so that a volume's holes do not depend on the others.</param>
    /// <exception cref="InpaintException"><see cref="ErrorCode.TooFewSlices"/>, <see cref="ErrorCode.NothingVisible"/>,
    /// <see cref="ErrorCode.SliceNumberOutOfRange"/>: the drop does not fit the volume.</exception>
    public HiddenVoxels Hide(Volume volume, string name, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(volume);
        byte[] key = SHA256.HashData(Encoding.UTF8.GetBytes($"{seed.ToString(CultureInfo.InvariantCulture)}|{name}|{Text}"));
        var generator = new SplitMix64(BitConverter.ToUInt64(key));
        ImmutableDictionary<int, RegionMask?> hidden =
            Choose(volume, generator).Where(choice => volume.IsPresent(choice.Key)).ToImmutableDictionary();
        int visible = Enumerable.Range(0, volume.SliceCount).Count(slice => volume.IsPresent(slice) && !hidden.ContainsKey(slice));
        if (visible < 2)
        {
            throw new InpaintException(ErrorCode.NothingVisible, $"{name}: {Text} leaves {visible} of {volume.SliceCount} slices visible; at least 2 are needed.");
        }

        if (hidden.IsEmpty)
        {
            throw new InpaintException(ErrorCode.TooFewSlices, $"{name}: {Text} hides nothing in {volume.SliceCount} slices.");
        }

        return new HiddenVoxels(hidden);
    }

    /// <summary>Hidden slices, with the region where only a part is hidden.</summary>
    internal abstract IEnumerable<KeyValuePair<int, RegionMask?>> Choose(Volume volume, SplitMix64 generator);

    /// <summary>Whole slices.</summary>
    protected static IEnumerable<KeyValuePair<int, RegionMask?>> Whole(IEnumerable<int> slices) =>
        slices.Select(slice => new KeyValuePair<int, RegionMask?>(slice, null));

    private static int Whole(string text, string value, int least) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least ? number : throw Wrong(text);

    private static double Fraction(string text, string value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double part) && part is > 0 and < 1
            ? part
            : throw Wrong(text);

    private static InpaintException Wrong(string text) =>
        new(ErrorCode.UsageInvalid, $"'{text}' is no drop; write one of {Grammar} (K at least 2; P between 0 and 1).");
}

/// <summary>What a drop hides: slice by slice, null for the whole slice.</summary>
public sealed record HiddenVoxels(ImmutableDictionary<int, RegionMask?> BySlice);
