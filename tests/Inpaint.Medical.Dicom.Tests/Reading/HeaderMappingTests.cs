using System.Text.Json;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Dicom.Reading;
using Xunit;

namespace Inpaint.Medical.Dicom.Tests.Reading;

/// <summary>What headers say, on every real series of the collection.</summary>
public class HeaderMappingTests
{
    [Theory]
    [InlineData("ct-chest-small-complete-79-slices", 79, 64, 64)]
    [InlineData("ct-chest-small-one-slice-removed", 78, 64, 64)]
    [InlineData("ct-gantry-tilt-4-slices-siemens", 4, 512, 512)]
    [InlineData("ct-gap-4-slices-ge-lightspeed", 4, 512, 512)]
    [InlineData("ct-head-ge-gantry-tilt-uneven-spacing", 28, 512, 512)]
    [InlineData("ct-not-a-volume-siemens", 4, 512, 512)]
    [InlineData("ct-scout-localizer-philips", 1, 256, 512)]
    [InlineData("mr-12-bit-stored-siemens-mosaic", 3, 384, 384)]
    [InlineData("mr-4-slices-compressed-j2k", 4, 256, 256)]
    [InlineData("mr-4-slices-compressed-jpeg", 4, 256, 256)]
    [InlineData("mr-4-slices-compressed-jpegls", 4, 256, 256)]
    [InlineData("mr-4-slices-compressed-rle", 4, 256, 256)]
    [InlineData("mr-dti-tiled-uih", 3, 256, 320)]
    [InlineData("mr-dual-echo-4d-philips", 120, 96, 96)]
    [InlineData("mr-enhanced-multiframe-philips-b0map", 64, 64, 64)]
    [InlineData("mr-enhanced-multiframe-siemens-xa10", 24, 64, 64)]
    [InlineData("mr-fmri-4d-ge-rtia", 24, 64, 64)]
    [InlineData("mr-fmri-4d-philips", 27, 64, 64)]
    [InlineData("mr-hitachi-4-slices", 4, 64, 64)]
    [InlineData("mr-hyperfine-low-field-multiframe", 8, 138, 112)]
    [InlineData("mr-localizer-3-plane-ge", 21, 256, 256)]
    [InlineData("mr-memprage-siemens-genuine-missing-slice", 20, 192, 192)]
    [InlineData("mr-mixed-orientations-philips", 4, 288, 288)]
    [InlineData("mr-mosaic-siemens", 2, 384, 384)]
    [InlineData("mr-mosaic-siemens-jpeg2000", 2, 516, 516)]
    [InlineData("mr-pd-axial-ge-slightly-uneven-spacing", 20, 256, 256)]
    public async Task EverySeriesGivesItsImages(string series, int images, int rows, int columns)
    {
        using DicomInstanceSource source = Open(series);

        InstanceSet set = await source.ReadHeadersAsync(TestContext.Current.CancellationToken);

        Assert.Equal(images, set.Instances.Length);
        Assert.All(set.Instances, image => Assert.Equal((rows, columns), (image.Rows, image.Columns)));
        // A grid of slices has a position for each of them, in private sequences.
        Assert.All(set.Instances, image => Assert.True(image.Position is not null || image.IsTiledMosaic));
        Assert.All(set.Instances, image => Assert.True(image.RowDirection is not null || image.IsTiledMosaic));
        Assert.All(set.Instances, image => Assert.NotNull(image.RowSpacingMm));
        Assert.All(set.Instances, image => Assert.False(image.IsTruncated || image.IsSynthetic));
        Assert.DoesNotContain(set.Findings, finding => finding.Severity == FindingSeverity.Error);
        Assert.Single(set.Instances.Select(image => image.PatientKey).Distinct());
    }

    [Fact]
    public async Task ClassicImagesAgreeWithPydicom()
    {
        string[] folders = [.. Directory.GetDirectories(RealDicom.Folder)
            .Where(folder => !folder.EndsWith("files", StringComparison.Ordinal) && !Path.GetFileName(folder).Contains("multiframe", StringComparison.Ordinal))];
        using var source = new DicomInstanceSource(folders);
        InstanceSet set = await source.ReadHeadersAsync(TestContext.Current.CancellationToken);
        string script = Path.Combine(AppContext.BaseDirectory, "Reading", "headers.py");

        Peer.Answer answer = Peer.Run(Peer.Python, [script, .. set.Instances.Select(image => image.Source)]);

        Assert.True(answer.ExitCode == 0, answer.Errors);
        Dictionary<string, InstanceHeader> ours = set.Instances.ToDictionary(image => image.Source);
        string[] lines = answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(set.Instances.Length, lines.Length);
        foreach (string line in lines)
        {
            JsonElement theirs = JsonDocument.Parse(line).RootElement;
            AssertSame(theirs, ours[theirs.GetProperty("path").GetString()!]);
        }
    }

    [Fact]
    public async Task MosaicsAndGridsAreTold()
    {
        foreach (string series in new[] { "mr-mosaic-siemens", "mr-mosaic-siemens-jpeg2000", "mr-12-bit-stored-siemens-mosaic", "mr-dti-tiled-uih" })
        {
            using DicomInstanceSource source = Open(series);
            Assert.All((await Read(source)).Instances, image => Assert.True(image.IsTiledMosaic, series));
        }

        using DicomInstanceSource plain = Open("mr-memprage-siemens-genuine-missing-slice");
        Assert.All((await Read(plain)).Instances, image => Assert.False(image.IsTiledMosaic));
    }

    [Fact]
    public async Task SiemensFramesHaveTheirOwnPlaneTimeAndPlaceInTheStack()
    {
        using DicomInstanceSource source = Open("mr-enhanced-multiframe-siemens-xa10");

        InstanceSet set = await Read(source);

        Assert.Equal([1, 2, 3, 4], set.Instances.Select(image => image.TemporalPosition!.Value).Distinct().Order());
        InstanceHeader first = set.Instances.Single(image => image is { TemporalPosition: 1, InstanceNumber: 1 });
        Assert.Equal(new Vector3(-109.79, -58.4773, -5.40356), first.Position);
        Assert.Equal(2.4, first.SliceThicknessMm);
        Assert.Equal(30, first.EchoTimeMs);
        Assert.Equal("MAGNITUDE", first.ComplexComponent);
        Assert.Equal(["ORIGINAL", "PRIMARY", "M", "NONE"], first.ImageType);
        Assert.Equal(6, first.FrameCount);
        Assert.Equal(6, set.Instances.Where(image => image.TemporalPosition == 1).Select(image => image.Position).Distinct().Count());
    }

    [Fact]
    public async Task PhilipsFramesKeepRescaleAndTypeApart()
    {
        using DicomInstanceSource source = Open("mr-enhanced-multiframe-philips-b0map");

        InstanceSet set = await Read(source);

        Assert.Equal(2, set.Instances.Select(image => string.Join('\\', image.ImageType)).Distinct().Count());
        InstanceHeader first = set.Instances[0];
        Assert.Equal(new Rescale(1.27985347985347, 0), first.Rescale);
        Assert.Equal(new Vector3(-127.24297738075, -119.77660465240, -38.354590835260), first.Position);
        Assert.Equal(32, set.Instances.Select(image => image.Position).Distinct().Count());
    }

    [Fact]
    public async Task HyperfineSharedAndTopLevelAttributesReachEveryFrame()
    {
        using DicomInstanceSource source = Open("mr-hyperfine-low-field-multiframe");

        InstanceSet set = await Read(source);

        Assert.Equal(Enumerable.Range(0, 8).Select(i => -175.0 + (5 * i)), set.Instances.Select(image => image.Position!.Value.Z));
        Assert.All(set.Instances, image => Assert.Equal((1.61, 1.59, 5.0), (image.RowSpacingMm, image.ColumnSpacingMm, image.SliceThicknessMm)));
    }

    [Fact]
    public async Task GantryTiltAndComplexComponentsAndDiffusionAreRead()
    {
        using DicomInstanceSource tilted = Open("ct-head-ge-gantry-tilt-uneven-spacing");
        Assert.All((await Read(tilted)).Instances, image => Assert.Equal(18.5, image.GantryTiltDegrees));

        using DicomInstanceSource dual = Open("mr-dual-echo-4d-philips");
        var kinds = (await Read(dual)).Instances.GroupBy(image => (image.EchoTimeMs, image.ComplexComponent)).Select(group => (group.Key, group.Count()));
        Assert.Equal(
            [((7.001, "MAGNITUDE"), 30), ((7.001, "PHASE"), 30), ((10.0, "MAGNITUDE"), 30), ((10.0, "PHASE"), 30)],
            kinds.Select(kind => ((kind.Key.EchoTimeMs!.Value, kind.Key.ComplexComponent!), kind.Item2)).Order());

        using DicomInstanceSource diffusion = Open("mr-dti-tiled-uih");
        Assert.All((await Read(diffusion)).Instances, image => Assert.NotNull(image.BValue));
    }

    private static DicomInstanceSource Open(string series) => new([Path.Combine(RealDicom.Folder, series)]);

    private static Task<InstanceSet> Read(DicomInstanceSource source) => source.ReadHeadersAsync(TestContext.Current.CancellationToken);

    private static void AssertSame(JsonElement theirs, InstanceHeader ours)
    {
        Assert.Equal(theirs.GetProperty("sop").GetString(), ours.SopInstanceUid);
        Assert.Equal(theirs.GetProperty("series").GetString(), ours.SeriesInstanceUid);
        Assert.Equal(theirs.GetProperty("rows").GetInt32(), ours.Rows);
        Assert.Equal(theirs.GetProperty("columns").GetInt32(), ours.Columns);
        Assert.Equal(theirs.GetProperty("stored").GetInt32(), ours.Format.BitsStored);
        Assert.Equal(theirs.GetProperty("signed").GetInt32() == 1, ours.Format.IsSigned);
        Assert.Equal(theirs.GetProperty("type").GetString(), string.Join('\\', ours.ImageType));
        Assert.Equal(Numbers(theirs, "position"), List(ours.Position));
        Assert.Equal(Numbers(theirs, "orientation"), ours.RowDirection is null ? null : [.. List(ours.RowDirection)!, .. List(ours.ColumnDirection)!]);
        Assert.Equal(Numbers(theirs, "spacing"), ours.RowSpacingMm is null ? null : [ours.RowSpacingMm.Value, ours.ColumnSpacingMm!.Value]);
        Assert.Equal(Number(theirs, "thickness"), ours.SliceThicknessMm);
        Assert.Equal(Number(theirs, "instance"), ours.InstanceNumber);
        Assert.Equal(Number(theirs, "acquisition"), ours.AcquisitionNumber);
        Assert.Equal(Number(theirs, "echo"), ours.EchoTimeMs);
        Assert.Equal(Number(theirs, "temporal"), ours.TemporalPosition);
        Assert.Equal(new Rescale(Number(theirs, "slope")!.Value, Number(theirs, "intercept")!.Value), ours.Rescale);
        Assert.Equal(Number(theirs, "padding"), ours.Format.PaddingValue);
        Assert.Equal(theirs.GetProperty("syntax").GetString(), ours.TransferSyntaxUid);
    }

    private static double[]? List(Vector3? vector) => vector is { } v ? [v.X, v.Y, v.Z] : null;

    private static double[]? Numbers(JsonElement element, string name) =>
        element.GetProperty(name) is { ValueKind: JsonValueKind.Array } array ? [.. array.EnumerateArray().Select(value => value.GetDouble())] : null;

    private static double? Number(JsonElement element, string name) =>
        element.GetProperty(name) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : null;
}
