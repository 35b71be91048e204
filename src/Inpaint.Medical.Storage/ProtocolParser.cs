using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Core.Series;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Inpaint.Medical.Storage;

/// <summary>
/// Reads a protocol from YAML, strictly: a key that is unknown, missing, of the wrong type or out of range is an error with file and
/// line, because a mistyped clinical setting must not silently become a default. protocols/protocol.schema.json says the same.
/// </summary>
public static class ProtocolParser
{
    private const int LargestFile = 64 * 1024;

    private static readonly string[] TopKeys = ["name", "version", "description", "priority", "match", "mask", "fill", "method", "output"];
    private static readonly string[] MaskKeys = ["missing", "unreadable", "constant"];
    private static readonly string[] FillKeys = ["longestRunSlices", "longestRunMm", "largestMaskedFraction", "ends", "spoiled"];
    private static readonly string[] OutputKeys = ["mode", "seriesNumberBase", "descriptionPrefix", "imageTypeValue2", "privateCreators"];

    private static readonly Dictionary<string, EndPolicy> Ends = new() { ["refuse"] = EndPolicy.Refuse, ["fill"] = EndPolicy.Fill };
    private static readonly Dictionary<string, SpoiledPolicy> Spoiled =
        new() { ["replace"] = SpoiledPolicy.Replace, ["report"] = SpoiledPolicy.Report };
    private static readonly Dictionary<string, OutputMode> Modes =
        new() { ["complete"] = OutputMode.Complete, ["sparse"] = OutputMode.Sparse };
    private static readonly Dictionary<string, string> ImageTypes = new() { ["SECONDARY"] = "SECONDARY", ["PRIMARY"] = "PRIMARY" };

    /// <param name="yaml">The text of the file.</param>
    /// <param name="file">Its name, for errors.</param>
    /// <exception cref="InpaintException"><see cref="ErrorCode.ProtocolInvalid"/>.</exception>
    public static Protocol Parse(string yaml, string file)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        var fields = new YamlFields(file, Root(yaml, file), "a protocol", TopKeys);
        var protocol = new Protocol
        {
            Name = Name(fields),
            Version = fields.Text("version"),
            Description = fields.Text("description"),
            Priority = fields.Whole("priority", 0, 1000),
            Match = MatchRuleParser.Parse(file, fields.Node("match")),
            Mask = Mask(new YamlFields(file, fields.Node("mask"), "'mask'", MaskKeys)),
            Fill = Fill(new YamlFields(file, fields.Node("fill"), "'fill'", FillKeys)),
            Method = fields.Text("method"),
            Output = Output(new YamlFields(file, fields.Node("output"), "'output'", OutputKeys)),
            Sha256 = string.Empty,
        };
        return protocol with { Sha256 = ProtocolDigest.Of(protocol) };
    }

    private static YamlNode Root(string yaml, string file)
    {
        if (yaml.Length > LargestFile)
        {
            throw YamlFields.Error(file, Mark.Empty, $"a protocol has at most {LargestFile} characters; found {yaml.Length}");
        }

        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(yaml));
        }
        catch (YamlException error)
        {
            throw YamlFields.Error(file, error.Start, $"not valid YAML: {error.Message.ReplaceLineEndings(" ").TrimEnd('.')}");
        }

        return stream.Documents.Count == 1
            ? stream.Documents[0].RootNode
            : throw YamlFields.Error(file, Mark.Empty, $"a protocol is one YAML document; found {stream.Documents.Count}");
    }

    private static string Name(YamlFields fields)
    {
        string name = fields.Text("name");
        return name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-')
            ? name
            : throw fields.Error("name", $"'name' holds small letters, digits and '-' only; found '{name}'");
    }

    private static MaskPolicy Mask(YamlFields fields) =>
        new(fields.Flag("missing"), fields.Flag("unreadable"), fields.Flag("constant"));

    private static FillPolicy Fill(YamlFields fields) => new(
        fields.Whole("longestRunSlices", 1, 1000),
        fields.Number("longestRunMm", 0.01, 1000),
        fields.Number("largestMaskedFraction", 0, 1),
        fields.Word("ends", Ends),
        fields.Word("spoiled", Spoiled));

    private static OutputPolicy Output(YamlFields fields)
    {
        string prefix = fields.TextOrEmpty("descriptionPrefix");
        return new OutputPolicy(
            fields.Word("mode", Modes),
            fields.Whole("seriesNumberBase", 0, 99_000_000),
            prefix.Length <= 32 ? prefix : throw fields.Error("descriptionPrefix", "'descriptionPrefix' has at most 32 characters"),
            fields.Word("imageTypeValue2", ImageTypes),
            fields.Words("privateCreators"));
    }
}
