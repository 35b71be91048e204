using System.Text.Json.Nodes;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Core.Provenance;

namespace Inpaint.Medical.Storage;

/// <summary>
/// SHA-256 of a protocol's canonical text: its values as compact JSON in a fixed order. Comments, layout and the order of keys in the
/// file do not count; every value does.
/// </summary>
internal static class ProtocolDigest
{
    public static string Of(Protocol protocol) => CanonicalDigest.OfJson(new
    {
        protocol.Name,
        protocol.Version,
        protocol.Description,
        protocol.Priority,
        Match = Json(protocol.Match),
        protocol.Mask,
        protocol.Fill,
        protocol.Method,
        protocol.Output,
    });

    private static JsonObject Json(MatchRule rule) => rule switch
    {
        MatchRule.All all => List("all", all.Rules),
        MatchRule.Any any => List("any", any.Rules),
        MatchRule.Not not => new JsonObject { ["not"] = Json(not.Rule) },
        MatchRule.Modality modality => Words("modality", modality.Values),
        MatchRule.BodyPart part => Words("bodyPart", part.Values),
        MatchRule.Description description => new JsonObject { ["description"] = description.Pattern },
        MatchRule.SliceSpacing spacing => Range("sliceSpacingMm", spacing.MinimumMm, spacing.MaximumMm),
        MatchRule.SliceCount count => Range("sliceCount", count.Minimum, count.Maximum),
        _ => throw new ArgumentOutOfRangeException(nameof(rule)),
    };

    // Conditions of one level hold or fail together in any order, so their order in the file does not count.
    private static JsonObject List(string key, IEnumerable<MatchRule> rules) => new()
    {
        [key] = new JsonArray([.. rules.Select(Json).OrderBy(json => json.ToJsonString(), StringComparer.Ordinal)]),
    };

    private static JsonObject Words(string key, IEnumerable<string> words) =>
        new() { [key] = new JsonArray([.. words.Order(StringComparer.Ordinal).Select(word => (JsonNode)word)]) };

    private static JsonObject Range(string key, double? minimum, double? maximum) =>
        new() { [key] = new JsonObject { ["min"] = minimum, ["max"] = maximum } };
}
