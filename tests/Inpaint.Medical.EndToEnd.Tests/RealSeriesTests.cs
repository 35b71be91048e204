using System.Text.Json;
using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.EndToEnd.Tests;

/// <summary>Real series that are irregular in ways known from their documentation.</summary>
public sealed class RealSeriesTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("mr-memprage-siemens-genuine-missing-slice", 10, 21)]
    [InlineData("ct-gap-4-slices-ge-lightspeed", 3, 5)]
    public void AGenuineGapIsFoundAtItsPlaceAndFilled(string name, int slice, int slices)
    {
        string input = RealData.PathOf("dicom", name);

        ProgramRun run = InpaintProgram.Run("reconstruct", input, "-o", _work.At("out"), "--json").MustSucceed();

        JsonElement series = run.Json.GetProperty("series")[0];
        Assert.Equal(slices, series.GetProperty("report").GetProperty("geometry").GetProperty("slices").GetInt32());
        JsonElement missing = Assert.Single(series.GetProperty("report").GetProperty("missing").EnumerateArray());

        // The stack may be ordered from either end.
        Assert.Contains(missing.GetProperty("slice").GetInt32(), new[] { slice, slices - 1 - slice });
        Assert.Equal(slices, Directory.GetFiles(series.GetProperty("folder").GetString()!, "*.dcm").Length);
    }

    [Fact]
    public void TheRemovedSliceOfAChestIsFoundAndRebuiltCloseToTheTruth()
    {
        string input = RealData.PathOf("dicom", "ct-chest-small-one-slice-removed");
        string truth = Path.Combine(RealData.PathOf("dicom", "ct-chest-small-complete-79-slices"), "IMG0041.dcm");

        ProgramRun run = InpaintProgram.Run("reconstruct", input, "-o", _work.At("out"), "--json").MustSucceed();

        JsonElement record = run.Json.GetProperty("series")[0].GetProperty("record");
        JsonElement rebuilt = record.GetProperty("output").EnumerateArray().Single(slice => slice.GetProperty("kind").GetString() == "Synthetic");
        string folder = run.Json.GetProperty("series")[0].GetProperty("folder").GetString()!;
        double[] error = Errors(DicomPatch.Pixels(Path.Combine(folder, rebuilt.GetProperty("location").GetString()!)), File.ReadAllBytes(truth)[^8192..]);

        // The neighbours' mean misses by about 60 HU here; a slice from the wrong place by several hundred.
        Assert.True(error.Average(Math.Abs) < 100, $"mean error {error.Average(Math.Abs):0.0} HU");
    }

    [Theory]
    [InlineData("ct-head-ge-gantry-tilt-uneven-spacing")]
    [InlineData("mr-fmri-4d-ge-rtia")]
    [InlineData("mr-fmri-4d-philips")]
    [InlineData("mr-localizer-3-plane-ge")]
    [InlineData("ct-scout-localizer-philips")]
    [InlineData("ct-not-a-volume-siemens")]
    [InlineData("mr-mosaic-siemens")]
    [InlineData("ct-gantry-tilt-4-slices-siemens")]
    [InlineData("mr-dual-echo-4d-philips")]
    [InlineData("mr-dti-tiled-uih")]
    public void AnIrregularSeriesIsNotFilledAsIfItWereRegular(string name)
    {
        ProgramRun run = InpaintProgram.Run("reconstruct", RealData.PathOf("dicom", name), "-o", _work.At("out"), "--json");

        Assert.Contains(run.ExitCode, new[] { 0, 3, 4 });
        Assert.False(Directory.Exists(_work.At("out")));
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryRealFolderIsInspectedWithoutAnInternalError()
    {
        foreach (string folder in Directory.GetDirectories(RealData.PathOf("dicom")))
        {
            ProgramRun run = InpaintProgram.Run("inspect", folder, "--json");

            Assert.True(run.ExitCode is 0 or 3, $"{folder}: exit code {run.ExitCode}; {run.Error}");
            Assert.DoesNotContain("Internal", run.Error, StringComparison.Ordinal);
            if (run.ExitCode == 0)
            {
                Assert.Equal("inpaint.medical/inspect/1", run.Json.GetProperty("schema").GetString());
            }
        }
    }

    private static double[] Errors(byte[] rebuilt, byte[] truth)
    {
        Assert.Equal(truth.Length, rebuilt.Length);
        return [.. Enumerable.Range(0, truth.Length / 2).Select(i => (double)(BitConverter.ToInt16(rebuilt, 2 * i) - BitConverter.ToInt16(truth, 2 * i)))];
    }
}
