using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Series;

namespace Inpaint.Medical.Core.Protocols;

/// <summary>Whether a protocol is for a series, and if not, why.</summary>
/// <param name="Objections">One sentence for each condition that does not hold; empty where the protocol matches.</param>
public sealed record ProtocolVerdict(Protocol Protocol, ImmutableArray<string> Objections)
{
    public bool Matches => Objections.IsEmpty;
}

/// <summary>Finds the protocol for a series.</summary>
public static class ProtocolMatcher
{
    /// <summary>The protocol of that name, or the matching one of highest priority; of equal ones the first by name.</summary>
    /// <param name="name">Null: the one that matches. A protocol asked for by name need not match.</param>
    /// <exception cref="InpaintException"><see cref="ErrorCode.ProtocolNotMatched"/>, <see cref="ErrorCode.UsageInvalid"/>.</exception>
    public static Protocol Choose(IReadOnlyList<Protocol> protocols, ImageSeries series, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(protocols);
        ArgumentNullException.ThrowIfNull(series);
        if (name is not null)
        {
            return protocols.FirstOrDefault(protocol => protocol.Name == name) ?? throw new InpaintException(
                ErrorCode.UsageInvalid, $"There is no protocol '{name}'; there are: {Names(protocols)}.");
        }

        return Judge(protocols, SeriesTraits.Of(series)).FirstOrDefault(verdict => verdict.Matches)?.Protocol ?? throw new InpaintException(
            ErrorCode.ProtocolNotMatched,
            $"No protocol is for this series (modality {series.Instances[0].Modality}); of {Names(protocols)} one can be asked for by name.");
    }

    /// <summary>Every protocol's verdict, in the order in which they are considered.</summary>
    public static ImmutableArray<ProtocolVerdict> Judge(IReadOnlyList<Protocol> protocols, SeriesTraits traits) =>
    [
        .. protocols
            .OrderByDescending(protocol => protocol.Priority)
            .ThenBy(protocol => protocol.Name, StringComparer.Ordinal)
            .Select(protocol => new ProtocolVerdict(protocol, Objections(protocol.Match, traits))),
    ];

    private static ImmutableArray<string> Objections(MatchRule rule, SeriesTraits traits) => rule switch
    {
        MatchRule.All all => [.. all.Rules.SelectMany(part => Objections(part, traits))],
        MatchRule.Any any => AnyObjections(any, traits),
        MatchRule.Not not => Objections(not.Rule, traits).IsEmpty ? [$"excluded because {Describe(not.Rule)}"] : [],
        MatchRule.Modality modality => Objection(
            modality.Values.Contains(traits.Modality, StringComparer.OrdinalIgnoreCase), rule, traits.Modality),
        MatchRule.BodyPart part => Objection(
            part.Values.Intersect(traits.BodyParts, StringComparer.OrdinalIgnoreCase).Any(), rule, Listed(traits.BodyParts)),
        MatchRule.Description description => Objection(
            traits.Descriptions.Any(text => IsMatch(text, description.Pattern)), rule, Listed(traits.Descriptions)),
        MatchRule.SliceSpacing spacing => Objection(
            traits.SliceSpacingMm is { } mm && mm >= (spacing.MinimumMm ?? 0) && mm <= (spacing.MaximumMm ?? double.MaxValue),
            rule,
            traits.SliceSpacingMm is { } found ? FormattableString.Invariant($"{found:0.###} mm") : "unknown"),
        MatchRule.SliceCount count => Objection(
            traits.SliceCount >= (count.Minimum ?? 0) && traits.SliceCount <= (count.Maximum ?? int.MaxValue),
            rule,
            FormattableString.Invariant($"{traits.SliceCount}")),
        _ => throw new ArgumentOutOfRangeException(nameof(rule)),
    };

    private static ImmutableArray<string> AnyObjections(MatchRule.Any any, SeriesTraits traits)
    {
        ImmutableArray<ImmutableArray<string>> objections = [.. any.Rules.Select(rule => Objections(rule, traits))];
        return objections.Any(list => list.IsEmpty)
            ? []
            : [$"none of these holds: {string.Join("; ", objections.SelectMany(list => list))}"];
    }

    private static ImmutableArray<string> Objection(bool holds, MatchRule rule, string found) =>
        holds ? [] : [$"{Describe(rule)} does not hold (found {found})"];

    private static string Describe(MatchRule rule) => rule switch
    {
        MatchRule.All all => string.Join(" and ", all.Rules.Select(Describe)),
        MatchRule.Any any => $"({string.Join(" or ", any.Rules.Select(Describe))})",
        MatchRule.Not not => $"not ({Describe(not.Rule)})",
        MatchRule.Modality modality => $"modality is {string.Join(" or ", modality.Values)}",
        MatchRule.BodyPart part => $"body part is {string.Join(" or ", part.Values)}",
        MatchRule.Description description => $"description matches '{description.Pattern}'",
        MatchRule.SliceSpacing spacing => $"slice spacing is {Range(spacing.MinimumMm, spacing.MaximumMm)} mm",
        MatchRule.SliceCount count => $"slice count is {Range(count.Minimum, count.Maximum)}",
        _ => throw new ArgumentOutOfRangeException(nameof(rule)),
    };

    private static string Range(double? minimum, double? maximum) => (minimum, maximum) switch
    {
        (null, null) => "anything",
        (null, { } most) => FormattableString.Invariant($"at most {most}"),
        ({ } least, null) => FormattableString.Invariant($"at least {least}"),
        ({ } least, { } most) => FormattableString.Invariant($"from {least} to {most}"),
    };

    // Linear in the text's length: no description can make matching slow.
    private static bool IsMatch(string text, string pattern) =>
        Regex.IsMatch(text, pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    private static string Listed(ImmutableArray<string> values) => values.IsEmpty ? "nothing" : string.Join(", ", values.Select(value => $"'{value}'"));

    private static string Names(IReadOnlyList<Protocol> protocols) => string.Join(", ", protocols.Select(protocol => protocol.Name));
}
