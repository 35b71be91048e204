using System.Text.Json;
using Inpaint.Medical.Core.Protocols;
using Xunit;

namespace Inpaint.Medical.Storage.Tests;

/// <summary>The files of protocols/ as they are shipped.</summary>
public sealed class ShippedProtocolTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "protocols");

    [Fact]
    public void AllAreValidAndNamedAsTheirFiles()
    {
        Assert.Equal(
            ProtocolFolder.Files(Folder).Select(Path.GetFileNameWithoutExtension),
            ProtocolFolder.Load(Folder).Select(protocol => protocol.Name));
    }

    [Fact]
    public void TheGeneralOnesAreThereAndGiveWayToSpecificOnes()
    {
        var protocols = ProtocolFolder.Load(Folder).ToDictionary(protocol => protocol.Name);

        Assert.All(["ct-", "mr-"], modality => Assert.All(
            protocols.Values.Where(protocol => protocol.Name.StartsWith(modality, StringComparison.Ordinal) && protocol.Name != $"{modality}general"),
            specific => Assert.True(specific.Priority > protocols[$"{modality}general"].Priority)));
    }

    [Fact]
    public void NoneInventsSlicesBeyondTheEnds()
    {
        Assert.All(ProtocolFolder.Load(Folder), protocol => Assert.Equal(EndPolicy.Refuse, protocol.Fill.Ends));
    }

    [Fact]
    public void TheSchemaKnowsTheKeysThatTheParserKnows()
    {
        using var schema = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "protocol.schema.json")));
        JsonElement properties = schema.RootElement.GetProperty("properties");

        // A key that the schema allows and the parser does not know is named as unknown, and the parser lists what it knows.
        var error = Assert.Throws<Core.Errors.InpaintException>(() => ProtocolParser.Parse("nonsense: 1", "x.yaml"));
        string known = error.Message[(error.Message.IndexOf("known are: ", StringComparison.Ordinal) + 11)..].TrimEnd('.');
        Assert.Equal(properties.EnumerateObject().Select(property => property.Name).Order(), known.Split(", ").Order());
    }
}
