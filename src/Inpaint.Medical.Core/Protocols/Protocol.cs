using System.Collections.Immutable;
using Inpaint.Medical.Core.Series;

namespace Inpaint.Medical.Core.Protocols;

/// <summary>What to do with the first or last slices of a series when they are missing.</summary>
public enum EndPolicy
{
    Refuse,
    Fill,
}

/// <summary>What to do with a slice that exists but is spoiled.</summary>
public enum SpoiledPolicy
{
    Replace,
    Report,
}

/// <summary>Which series a protocol is for; a tree of conditions.</summary>
public abstract record MatchRule
{
    public sealed record All(ImmutableArray<MatchRule> Rules) : MatchRule;

    public sealed record Any(ImmutableArray<MatchRule> Rules) : MatchRule;

    public sealed record Not(MatchRule Rule) : MatchRule;

    /// <summary>Modality is one of the values.</summary>
    public sealed record Modality(ImmutableArray<string> Values) : MatchRule;

    /// <summary>Body Part Examined is one of the values, case-insensitive.</summary>
    public sealed record BodyPart(ImmutableArray<string> Values) : MatchRule;

    /// <summary>Series Description or Protocol Name matches the regular expression, case-insensitive.</summary>
    public sealed record Description(string Pattern) : MatchRule;

    /// <summary>Spacing between slices in mm lies in the range; null is open.</summary>
    public sealed record SliceSpacing(double? MinimumMm, double? MaximumMm) : MatchRule;

    /// <summary>Number of images lies in the range; null is open.</summary>
    public sealed record SliceCount(int? Minimum, int? Maximum) : MatchRule;
}

/// <summary>Which defects are masked.</summary>
/// <param name="Missing">Holes of the grid.</param>
/// <param name="Unreadable">Truncated and undecodable slices.</param>
/// <param name="Constant">Slices with one value everywhere between slices that have content.</param>
public sealed record MaskPolicy(bool Missing, bool Unreadable, bool Constant);

/// <summary>What may be filled.</summary>
/// <param name="LongestRunSlices">Longest run of masked slices that is filled.</param>
/// <param name="LongestRunMm">The same in mm, from the visible slice before to the one after.</param>
/// <param name="LargestMaskedFraction">Of the slices of the grid, 0…1; above it the series is refused.</param>
public sealed record FillPolicy(int LongestRunSlices, double LongestRunMm, double LargestMaskedFraction, EndPolicy Ends, SpoiledPolicy Spoiled);

/// <summary>How the derived series is written.</summary>
/// <param name="SeriesNumberBase">Added to the source's Series Number.</param>
/// <param name="DescriptionPrefix">Put before the source's Series Description.</param>
/// <param name="ImageTypeValue2">SECONDARY (default) or PRIMARY.</param>
/// <param name="PrivateCreators">Private blocks that copies keep; all others are dropped.</param>
public sealed record OutputPolicy(
    OutputMode Mode, int SeriesNumberBase, string DescriptionPrefix, string ImageTypeValue2, ImmutableArray<string> PrivateCreators);

/// <summary>One clinical use: which series, what is masked, what may be filled, by which method, how it is written.</summary>
public sealed record Protocol
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    public required string Description { get; init; }

    /// <summary>The more specific protocol wins: highest priority first.</summary>
    public required int Priority { get; init; }

    public required MatchRule Match { get; init; }

    public required MaskPolicy Mask { get; init; }

    public required FillPolicy Fill { get; init; }

    /// <summary>auto or the name of a method.</summary>
    public required string Method { get; init; }

    public required OutputPolicy Output { get; init; }

    /// <summary>SHA-256 of the protocol's canonical text, lower-case hex.</summary>
    public required string Sha256 { get; init; }
}
