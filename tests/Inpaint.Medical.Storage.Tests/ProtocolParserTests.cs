using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Core.Series;
using Xunit;

namespace Inpaint.Medical.Storage.Tests;

public sealed class ProtocolParserTests
{
    private const string Valid = """
        name: ct-thin
        version: "2.1"
        description: Thin CT.
        priority: 7
        match:
          modality: [CT]
          not: { description: scout }
          any:
            - bodyPart: CHEST
            - sliceSpacingMm: { min: 0.5, max: 1.25 }
            - sliceCount: { min: 20 }
        mask: { missing: true, unreadable: true, constant: false }
        fill: { longestRunSlices: 4, longestRunMm: 12.5, largestMaskedFraction: 0.25, ends: refuse, spoiled: report }
        method: cubic
        output: { mode: sparse, seriesNumberBase: 9000, descriptionPrefix: "X ", imageTypeValue2: SECONDARY, privateCreators: [ACME 1.0] }
        """;

    [Fact]
    public void EveryValueOfTheFileArrives()
    {
        Protocol protocol = ProtocolParser.Parse(Valid, "ct-thin.yaml");

        Assert.Equal("ct-thin", protocol.Name);
        Assert.Equal("2.1", protocol.Version);
        Assert.Equal(7, protocol.Priority);
        Assert.Equal(new MaskPolicy(true, true, false), protocol.Mask);
        Assert.Equal(new FillPolicy(4, 12.5, 0.25, EndPolicy.Refuse, SpoiledPolicy.Report), protocol.Fill);
        Assert.Equal("cubic", protocol.Method);
        Assert.Equal(OutputMode.Sparse, protocol.Output.Mode);
        Assert.Equal(["ACME 1.0"], protocol.Output.PrivateCreators);
        var all = Assert.IsType<MatchRule.All>(protocol.Match);
        Assert.Equal(["CT"], Assert.IsType<MatchRule.Modality>(all.Rules[0]).Values);
        Assert.Equal("scout", Assert.IsType<MatchRule.Description>(Assert.IsType<MatchRule.Not>(all.Rules[1]).Rule).Pattern);
        var any = Assert.IsType<MatchRule.Any>(all.Rules[2]);
        Assert.Equal(new MatchRule.SliceSpacing(0.5, 1.25), any.Rules[1]);
        Assert.Equal(new MatchRule.SliceCount(20, null), any.Rules[2]);
        Assert.Matches("^[0-9a-f]{64}$", protocol.Sha256);
    }

    [Fact]
    public void CommentsAndOrderDoNotChangeTheDigestButEveryValueDoes()
    {
        string digest = ProtocolParser.Parse(Valid, "a.yaml").Sha256;
        string[] lines = Valid.Split('\n');
        string reordered = string.Join('\n', ["# a comment", lines[3], .. lines[..3], .. lines[4..]]);

        Assert.Equal(digest, ProtocolParser.Parse(reordered, "b.yaml").Sha256);
        Assert.NotEqual(digest, ProtocolParser.Parse(Valid.Replace("12.5", "12.6", StringComparison.Ordinal), "a.yaml").Sha256);
        Assert.NotEqual(digest, ProtocolParser.Parse(Valid.Replace("scout", "scouts", StringComparison.Ordinal), "a.yaml").Sha256);
    }

    [Theory]
    [InlineData("priority: 7", "priorty: 7", 4, "unknown key 'priorty'")]
    [InlineData("priority: 7", "priority: seven", 4, "'priority' must be a whole number from 0 to 1000; found 'seven'")]
    [InlineData("priority: 7", "priority: -1", 4, "found '-1'")]
    [InlineData("method: cubic", "method: ''", 14, "'method' must not be empty")]
    [InlineData("missing: true,", "missing: yes,", 12, "'missing' must be true or false; found 'yes'")]
    [InlineData("longestRunMm: 12.5", "longestRunMm: NaN", 13, "'longestRunMm' must be a number")]
    [InlineData("longestRunMm: 12.5, ", "", 13, "'longestRunMm' is missing")]
    [InlineData("ends: refuse", "ends: invent", 13, "'ends' must be one of refuse, fill; found 'invent'")]
    [InlineData("modality: [CT]", "modality: [[CT]]", 6, "'modality' must be a list of words")]
    [InlineData("min: 0.5, max: 1.25", "min: 2, max: 1", 10, "'max' must be a number from 2")]
    [InlineData("not: { description: scout }", "not: { description: '(a' }", 7, "not a usable regular expression")]
    [InlineData("not: { description: scout }", "not: { description: '(?=a)' }", 7, "not a usable regular expression")]
    [InlineData("name: ct-thin", "name: CT thin", 1, "'name' holds small letters")]
    [InlineData("version: \"2.1\"", "version: \"2.1", 2, "not valid YAML")]
    public void GivenAMistake_WhenParsed_ThenOneLineNamesFileLineAndProblem(string before, string after, int line, string problem)
    {
        var error = Assert.Throws<InpaintException>(
            () => ProtocolParser.Parse(Valid.Replace(before, after, StringComparison.Ordinal), "dir/ct.yaml"));

        Assert.Equal(ErrorCode.ProtocolInvalid, error.Code);
        Assert.StartsWith($"dir/ct.yaml:{line}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("just text")]
    [InlineData("- a list")]
    [InlineData("a: 1\n---\nb: 2")]
    [InlineData("a: 1\na: 2")]
    [InlineData("a: &x [*x]")]
    [InlineData("match: {{{{")]
    public void WhatIsNoProtocolIsRefused(string yaml)
    {
        Assert.Equal(ErrorCode.ProtocolInvalid, Assert.Throws<InpaintException>(() => ProtocolParser.Parse(yaml, "x.yaml")).Code);
    }

    [Fact]
    public void AliasesCannotMultiplyConditionsWithoutEnd()
    {
        string bomb = Valid.Replace(
            "modality: [CT]",
            "all: [{all: &a [{modality: A},{modality: B},{modality: C},{modality: D},{modality: E},{modality: F},{modality: G}]}," +
            "{all: &b [{all: *a},{all: *a},{all: *a},{all: *a},{all: *a},{all: *a},{all: *a}]}," +
            "{all: [{all: *b},{all: *b},{all: *b},{all: *b},{all: *b},{all: *b},{all: *b}]}]",
            StringComparison.Ordinal);

        Assert.Contains("at most 200 conditions", Assert.Throws<InpaintException>(() => ProtocolParser.Parse(bomb, "x.yaml")).Message, StringComparison.Ordinal);
    }
}
