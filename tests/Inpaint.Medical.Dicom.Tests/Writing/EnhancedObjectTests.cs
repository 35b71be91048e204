using FellowOakDicom;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Dicom.Reading;
using Xunit;

namespace Inpaint.Medical.Dicom.Tests.Writing;

/// <summary>Multi-frame sources give one multi-frame object; a frame is hidden and must come back as a synthetic one.</summary>
public class EnhancedObjectTests
{
    public static TheoryData<string, int, int> Sources => new()
    {
        { "mr-hyperfine-low-field-multiframe", 8, 3 },
        { "mr-enhanced-multiframe-siemens-xa10", 6, 2 },
        { "mr-enhanced-multiframe-philips-b0map", 32, 10 },
    };

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task TheHiddenFrameComesBackInItsPlaceAndTheOthersUnchanged(string series, int frames, int hidden)
    {
        using Written written = await Write(series, hidden);

        DeliveredInstance only = Assert.Single(written.Delivery.Instances);
        using var source = new DicomInstanceSource([written.Folder]);
        InstanceSet set = await source.ReadHeadersAsync(TestContext.Current.CancellationToken);
        Assert.Empty(set.Findings);
        Assert.Equal(frames, set.Instances.Length);
        Assert.All(set.Instances, frame => Assert.Equal((only.SopInstanceUid, true), (frame.SopInstanceUid, frame.IsSynthetic)));
        foreach ((InstanceHeader frame, DerivedSlice slice) in set.Instances.Zip(written.Series.Slices))
        {
            var pixels = new byte[frame.FrameLength];
            source.ReadPixels(frame, pixels);
            Assert.Equal(slice.Samples.ToArray(), pixels);
            Assert.True((slice.Origin - frame.Position!.Value).Length < 1e-9, $"{slice.Origin} {frame.Position}");
            Assert.Equal((slice.Reference.RowSpacingMm, slice.Reference.Rescale, slice.Reference.RowDirection), (frame.RowSpacingMm, frame.Rescale, frame.RowDirection));
            Assert.Equal("DERIVED", frame.ImageType[0]);
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task EveryFrameSaysWhatItIsAndWhereItComesFrom(string series, int frames, int hidden)
    {
        using Written written = await Write(series, hidden);

        DicomDataset output = Written.Open(written.Files.First().Path);
        DicomDataset[] groups = [.. output.GetSequence(DicomTag.PerFrameFunctionalGroupsSequence).Items];
        Assert.Equal(frames, groups.Length);
        for (int i = 0; i < frames; i++)
        {
            DerivedSlice slice = written.Series.Slices[i];
            DicomDataset content = groups[i].GetSequence(DicomTag.FrameContentSequence).Items[0];
            Assert.Equal([1u, (uint)i + 1], content.GetValues<uint>(DicomTag.DimensionIndexValues));
            Assert.Equal(slice.Kind == SliceKind.Synthetic, content.Contains(DicomTag.FrameComments));
            DicomDataset derivation = groups[i].GetSequence(DicomTag.DerivationImageSequence).Items.Single();
            Assert.Equal(
                slice.Sources.Select(source => source.Frame + 1),
                derivation.GetSequence(DicomTag.SourceImageSequence).Items.Select(item => item.GetSingleValue<int>(DicomTag.ReferencedFrameNumber)));
            Assert.Equal(slice.Kind == SliceKind.Copy ? "SLICECOPY" : "113085", derivation.GetSequence(DicomTag.DerivationCodeSequence).Items[0].GetString(DicomTag.CodeValue));
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task DciodvfyFindsNothingThatTheSourceDidNotHave(string series, int frames, int hidden)
    {
        using Written written = await Write(series, hidden);

        string[] found = Verdict.New(written.Files.First().Path, [written.Instances[0].Source]);

        Assert.True(found.Length == 0, $"{series}, {frames} frames: {string.Join('\n', found.Distinct())}");
    }

    [Theory]
    [InlineData("MR")]
    [InlineData("CT")]
    public async Task SyntheticSourcesPassTheValidatorsToo(string modality)
    {
        using var folder = new TemporaryFolder();
        using Written written = await Write(SomeEnhanced.Write(folder["in"], modality), hidden: 4);

        string source = written.Instances[0].Source, output = written.Files.First().Path;
        Assert.Empty(Verdict.New(output, [source]));
        Assert.Equal(SomeEnhanced.Frames, written.Series.Slices.Length);
        AssertPeersReadOurFrames(written);
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task DcmtkAndGdcmReadOurFramesAndDcentvfyFindsOneSeries(string series, int frames, int hidden)
    {
        using Written written = await Write(series, hidden);

        Assert.Equal(frames, written.Series.Slices.Length);
        AssertPeersReadOurFrames(written);
    }

    private static void AssertPeersReadOurFrames(Written written)
    {
        string path = written.Files.First().Path;
        byte[] ours = [.. written.Series.Slices.SelectMany(slice => slice.Samples.ToArray())];
        using var folder = new TemporaryFolder();

        Peer.Answer entities = Peer.Run("dcentvfy", path);
        Assert.True(entities.ExitCode == 0, entities.Errors);
        Assert.DoesNotContain(entities.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Warning", StringComparison.Ordinal));

        Peer.Answer gdcm = Peer.Run("gdcmraw", "-i", path, "-o", folder["gdcm.raw"], "-t", "7fe0,0010");
        Assert.True(gdcm.ExitCode == 0, gdcm.Errors);
        Assert.Equal(ours, File.ReadAllBytes(folder["gdcm.raw"]));
        Peer.Answer info = Peer.Run("gdcminfo", path);
        Assert.True(info.ExitCode == 0, info.Errors);
        Assert.Contains(FormattableString.Invariant($"Dimensions: ({written.Series.Geometry.Columns},{written.Series.Geometry.Rows},{written.Series.Slices.Length})"), info.Output, StringComparison.Ordinal);

        Peer.Answer dcmtk = Peer.Run("dcmdump", "-q", "+W", folder.Path, path);
        Assert.True(dcmtk.ExitCode == 0, dcmtk.Errors);
        Assert.Equal(ours, File.ReadAllBytes(Assert.Single(Directory.GetFiles(folder.Path, "*.0.raw"))));
    }

    private static Task<Written> Write(string series, int hidden) => Written.Of(
        series, DerivedPlan.Linear, only: frame => frame.InstanceNumber != hidden && frame.TemporalPosition is null or 1
            && frame.InstanceNumber != hidden && frame.ComplexComponent != "REAL" && !frame.ImageType.Contains("B0") && !frame.ImageType.Contains("FIELD_MAP"));
}
