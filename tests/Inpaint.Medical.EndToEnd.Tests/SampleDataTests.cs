using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Xunit;

namespace Inpaint.Medical.EndToEnd.Tests;

/// <summary>The committed sample-data: each series gets the verdict that its manifest expects, and the command makes it again.</summary>
public sealed class SampleDataTests : IDisposable
{
    private static readonly string Folder = Path.Combine(Root(), "sample-data");
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    public static TheoryData<string> Names => [.. Manifest().Select(entry => entry.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void EachSeriesGetsItsVerdict(string name)
    {
        JsonElement entry = Manifest().Single(one => one.GetProperty("name").GetString() == name);

        ProgramRun run = InpaintProgram.Run("reconstruct", Path.Combine(Folder, name), "-o", _work.At("out"), "--json");

        Assert.Equal(entry.GetProperty("expectedExitCode").GetInt32(), run.ExitCode);
        JsonElement record = run.Json.GetProperty("series")[0].GetProperty("record");
        Assert.Equal(entry.TryGetProperty("expectedError", out JsonElement error) ? error.GetString() : "None", record.GetProperty("error").GetString());
        Assert.Equal(
            entry.GetProperty("expectedRebuilt").EnumerateArray().Select(slice => slice.GetInt32()),
            record.GetProperty("output").EnumerateArray()
                .Where(slice => slice.GetProperty("kind").GetString() == "Synthetic").Select(slice => slice.GetProperty("slice").GetInt32()));
    }

    [Fact]
    public void TheManifestHoldsTheDigestOfEveryFile()
    {
        foreach (JsonElement entry in Manifest())
        {
            string series = Path.Combine(Folder, entry.GetProperty("name").GetString()!);
            Assert.Equal(
                entry.GetProperty("files").EnumerateObject().Select(file => $"{file.Name} {file.Value.GetString()}"),
                Directory.GetFiles(series).Order(StringComparer.Ordinal)
                    .Select(file => $"{Path.GetFileName(file)} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))}"));
        }
    }

    [Fact]
    public void TheCommandMakesTheSameImagesAgain()
    {
        InpaintProgram.Run("sample", "set", "-o", _work.At("set")).MustSucceed();

        foreach (JsonElement entry in Manifest().Where(entry => entry.GetProperty("truncated").GetArrayLength() == 0))
        {
            string name = entry.GetProperty("name").GetString()!;
            Assert.All(entry.GetProperty("files").EnumerateObject(), file =>
            {
                string committed = Path.Combine(Folder, name, file.Name), made = _work.At("set", name, file.Name);
                Assert.Equal(DicomPatch.Text(committed, 0x00080018), DicomPatch.Text(made, 0x00080018));
                Assert.Equal(DicomPatch.Pixels(committed), DicomPatch.Pixels(made));
            });
        }
    }

    private static JsonElement[] Manifest()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "manifest.json")));
        return [.. document.RootElement.Clone().GetProperty("series").EnumerateArray()];
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}
