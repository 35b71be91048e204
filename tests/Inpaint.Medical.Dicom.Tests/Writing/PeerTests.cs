using System.Buffers.Binary;
using System.Text.RegularExpressions;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Dicom.Reading;
using Xunit;

namespace Inpaint.Medical.Dicom.Tests.Writing;

/// <summary>What the field's own tools say of written series: dicom3tools, DCMTK, GDCM and dcm2niix.</summary>
public partial class PeerTests
{
    private const string Gap = "mr-memprage-siemens-genuine-missing-slice", Chest = "ct-chest-small-one-slice-removed", Lightspeed = "ct-gap-4-slices-ge-lightspeed";

    [Theory]
    [InlineData(Gap)]
    [InlineData(Chest)]
    [InlineData(Lightspeed)]
    [InlineData("mr-hitachi-4-slices")]
    [InlineData("mr-4-slices-compressed-jpegls")]
    public async Task DciodvfyFindsNothingThatTheSourcesDidNotHave(string series)
    {
        using Written written = await Written.Of(series, DerivedPlan.Learned, repairedSlice: 1);

        // One of each kind tells all: slices of one kind differ in values only.
        foreach ((DerivedSlice slice, string path) in written.Files.DistinctBy(file => file.Slice.Kind))
        {
            string[] found = Verdict.New(path, [.. slice.Sources.Append(slice.Reference).Select(source => source.Source).Distinct()]);
            Assert.True(found.Length == 0, $"{series}, {slice.Kind}: {string.Join('\n', found)}");
        }
    }

    [Theory]
    [InlineData(Gap)]
    [InlineData(Chest)]
    [InlineData("mr-pd-axial-ge-slightly-uneven-spacing")]
    public async Task DcentvfyFindsTheSeriesConsistent(string series)
    {
        using Written written = await Written.Of(series, DerivedPlan.Linear, repairedSlice: 1);

        Peer.Answer answer = Peer.Run("dcentvfy", [.. written.Files.Select(file => file.Path)]);

        Assert.True(answer.ExitCode == 0, answer.Errors);
        Assert.DoesNotContain(answer.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Gap)]
    [InlineData(Lightspeed)]
    [InlineData("mr-hitachi-4-slices")]
    public async Task DcmtkAndGdcmReadOurPixels(string series)
    {
        using Written written = await Written.Of(series, DerivedPlan.Linear);
        using var folder = new TemporaryFolder();

        foreach ((DerivedSlice slice, string path) in written.Files)
        {
            string raw = folder[Path.GetFileName(path) + ".raw"];
            Peer.Answer gdcm = Peer.Run("gdcmraw", "-i", path, "-o", raw, "-t", "7fe0,0010");
            Assert.True(gdcm.ExitCode == 0, gdcm.Errors);
            Assert.Equal(slice.Samples.ToArray(), File.ReadAllBytes(raw));

            Peer.Answer dcmtk = Peer.Run("dcmdump", "-q", "+W", folder.Path, path);
            Assert.True(dcmtk.ExitCode == 0, dcmtk.Errors);
            Assert.Equal(slice.Samples.ToArray(), File.ReadAllBytes(Directory.GetFiles(folder.Path, "*." + "0.raw").Single(file => file.Contains(Path.GetFileName(path), StringComparison.Ordinal))));
        }
    }

    [Theory]
    [InlineData(Gap, 21)]
    [InlineData(Chest, 79)]
    public async Task Dcm2niixMakesOneVolumeOfItWithoutAWarning(string series, int slices)
    {
        using Written written = await Written.Of(series, DerivedPlan.Linear, repairedSlice: 4);
        using var folder = new TemporaryFolder();

        Peer.Answer answer = Peer.Run("dcm2niix", "-z", "n", "-b", "n", "-x", "i", "-f", "volume", "-o", folder.Path, written.Folder);

        Assert.DoesNotMatch(Complaint(), answer.Output + answer.Errors);
        byte[] nifti = File.ReadAllBytes(Assert.Single(Directory.GetFiles(folder.Path, "*.nii")));
        AssertSameVoxels(written.Series, slices, nifti);
    }

    [GeneratedRegex("warning|error", RegexOptions.IgnoreCase)]
    private static partial Regex Complaint();

    /// <summary>dcm2niix (told by -x i not to turn the volume) turns rows upside down and may reverse the slices; each slice must be there, once, voxel by voxel.</summary>
    private static void AssertSameVoxels(DerivedSeries series, int slices, byte[] nifti)
    {
        int columns = BinaryPrimitives.ReadInt16LittleEndian(nifti.AsSpan(42)), rows = BinaryPrimitives.ReadInt16LittleEndian(nifti.AsSpan(44));
        int count = BinaryPrimitives.ReadInt16LittleEndian(nifti.AsSpan(46)), bits = BinaryPrimitives.ReadInt16LittleEndian(nifti.AsSpan(72));
        Assert.Equal((series.Geometry.Columns, series.Geometry.Rows, slices, 16), (columns, rows, count, bits));
        int offset = (int)BinaryPrimitives.ReadSingleLittleEndian(nifti.AsSpan(108)), length = rows * columns * 2;

        byte[][] theirs = [.. Enumerable.Range(0, count).Select(slice => nifti.AsSpan(offset + (slice * length), length).ToArray())];
        byte[][] ours = [.. series.Slices.Select(slice => Flipped(slice.Samples.ToArray(), rows, columns * 2))];
        if (!theirs[0].AsSpan().SequenceEqual(ours[0]))
        {
            Array.Reverse(theirs);
        }

        Assert.Equal(ours, theirs);
    }

    private static byte[] Flipped(byte[] slice, int rows, int rowLength)
    {
        var flipped = new byte[slice.Length];
        for (int row = 0; row < rows; row++)
        {
            slice.AsSpan(row * rowLength, rowLength).CopyTo(flipped.AsSpan((rows - 1 - row) * rowLength));
        }

        return flipped;
    }
}
