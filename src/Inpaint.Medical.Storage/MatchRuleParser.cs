using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Inpaint.Medical.Core.Protocols;
using YamlDotNet.RepresentationModel;

namespace Inpaint.Medical.Storage;

/// <summary>Reads a protocol's match: a mapping of conditions that must all hold; any, all and not nest.</summary>
internal static class MatchRuleParser
{
    // Deeper or larger trees are mistakes or attacks (aliases can multiply nodes).
    private const int DeepestRule = 8;
    private const int MostRules = 200;

    private static readonly string[] RuleKeys = ["all", "any", "not", "modality", "bodyPart", "description", "sliceSpacingMm", "sliceCount"];
    private static readonly string[] RangeKeys = ["min", "max"];

    public static MatchRule Parse(string file, YamlNode node)
    {
        int count = 0;
        return Rule(file, node, 0, ref count);
    }

    private static MatchRule Rule(string file, YamlNode node, int depth, ref int count)
    {
        if (depth > DeepestRule || ++count > MostRules)
        {
            throw YamlFields.Error(file, node, $"'match' nests at most {DeepestRule} deep and has at most {MostRules} conditions");
        }

        var fields = new YamlFields(file, node, "'match'", RuleKeys);
        var rules = ImmutableArray.CreateBuilder<MatchRule>();
        foreach (string key in fields.Keys)
        {
            rules.Add(key switch
            {
                "all" => new MatchRule.All(Rules(file, fields, key, depth, ref count)),
                "any" => new MatchRule.Any(Rules(file, fields, key, depth, ref count)),
                "not" => new MatchRule.Not(Rule(file, fields.Node(key), depth + 1, ref count)),
                "modality" => new MatchRule.Modality(fields.Words(key)),
                "bodyPart" => new MatchRule.BodyPart(fields.Words(key)),
                "description" => new MatchRule.Description(Pattern(fields)),
                "sliceSpacingMm" => Spacing(new YamlFields(file, fields.Node(key), "'sliceSpacingMm'", RangeKeys)),
                _ => Count(new YamlFields(file, fields.Node(key), "'sliceCount'", RangeKeys)),
            });
        }

        return rules.Count switch
        {
            0 => throw YamlFields.Error(file, node, "'match' has no condition"),
            1 => rules[0],
            _ => new MatchRule.All(rules.ToImmutable()),
        };
    }

    private static ImmutableArray<MatchRule> Rules(string file, YamlFields fields, string key, int depth, ref int count)
    {
        if (fields.Node(key) is not YamlSequenceNode { Children.Count: > 0 } sequence)
        {
            throw fields.Error(key, $"'{key}' must be a list of conditions");
        }

        var rules = ImmutableArray.CreateBuilder<MatchRule>(sequence.Children.Count);
        foreach (YamlNode child in sequence.Children)
        {
            rules.Add(Rule(file, child, depth + 1, ref count));
        }

        return rules.ToImmutable();
    }

    private static string Pattern(YamlFields fields)
    {
        string pattern = fields.Text("description");
        try
        {
            // Without backtracking, so that no description can make matching slow.
            _ = new Regex(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
            return pattern;
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw fields.Error("description", $"'description' is not a usable regular expression: {error.Message.TrimEnd('.')}");
        }
    }

    private static MatchRule.SliceSpacing Spacing(YamlFields fields)
    {
        double? minimum = fields.Has("min") ? fields.Number("min", 0, 1000) : null;
        double? maximum = fields.Has("max") ? fields.Number("max", minimum ?? 0, 1000) : null;
        return new MatchRule.SliceSpacing(minimum, maximum);
    }

    private static MatchRule.SliceCount Count(YamlFields fields)
    {
        int? minimum = fields.Has("min") ? fields.Whole("min", 0, 1_000_000) : null;
        int? maximum = fields.Has("max") ? fields.Whole("max", minimum ?? 0, 1_000_000) : null;
        return new MatchRule.SliceCount(minimum, maximum);
    }
}
