using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Dicom.Reading;
using Inpaint.Medical.Dicom.Writing;
using Xunit;

namespace Inpaint.Medical.Dicom.Tests.Writing;

public class DicomSeriesExporterTests
{
    private const int Slices = 6, Rows = 20, Columns = 24;

    [Theory]
    [InlineData("MR", 0, 1, false)]
    [InlineData("MR", -300, 1, false)]
    [InlineData("MR", 0, 0.3f, true)]
    [InlineData("CT", -1000, 1, false)]
    [InlineData("CT", -3024, 1, false)]
    [InlineData("CT", -1000, 0.25f, true)]
    public async Task WhatWasWrittenIsReadBack(string modality, float lowest, float step, bool isRounded)
    {
        Volume volume = Ramp(lowest, step);
        using var folder = new TemporaryFolder();

        Delivery delivery = await DicomSeriesExporter.WriteAsync(volume, folder["out"], Settings(modality), new DeterministicUidFactory(), TestContext.Current.CancellationToken);

        Assert.Equal(Slices, delivery.Instances.Length);
        using var source = new DicomInstanceSource([folder["out"]]);
        InstanceSet set = await source.ReadHeadersAsync(TestContext.Current.CancellationToken);
        Assert.Empty(set.Findings);
        foreach (InstanceHeader image in set.Instances)
        {
            int slice = image.InstanceNumber!.Value - 1;
            Assert.Equal(volume.Geometry.SliceOrigins[slice], image.Position);
            Assert.Equal((volume.Geometry.RowDirection, volume.Geometry.ColumnDirection), (image.RowDirection, image.ColumnDirection));
            Assert.Equal((1.5, 0.75, modality), (image.RowSpacingMm, image.ColumnSpacingMm, image.Modality));
            Assert.False(image.IsSynthetic);
            Assert.Equal(volume.Slice(slice).ToArray(), Values(source, image), new Near(isRounded ? image.Rescale.Slope / 2 * 1.01 : 0));
        }
    }

    [Theory]
    [InlineData("MR")]
    [InlineData("CT")]
    public async Task ValidatorsFindNoErrorAndDcm2niixOneVolume(string modality)
    {
        using var folder = new TemporaryFolder();
        Delivery delivery = await DicomSeriesExporter.WriteAsync(Ramp(0, 1), folder["out"], Settings(modality), new DeterministicUidFactory(), TestContext.Current.CancellationToken);
        string[] files = [.. delivery.Instances.Select(instance => Path.Combine(folder["out"], instance.Location))];

        Assert.Empty(Verdict.Errors(files[0]));
        Peer.Answer entities = Peer.Run("dcentvfy", files);
        Assert.DoesNotContain(entities.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
        Peer.Answer nifti = Peer.Run("dcm2niix", "-z", "n", "-b", "n", "-x", "i", "-o", folder.Path, folder["out"]);
        // No scanner made the series, and it does not claim one; that alone is noted.
        Assert.DoesNotContain(nifti.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && !line.StartsWith("Warning: Unable to determine manufacturer", StringComparison.Ordinal));
        Assert.Single(Directory.GetFiles(folder.Path, "*.nii"));
    }

    [Theory]
    [InlineData("MR")]
    [InlineData("CT")]
    public async Task Dcm2niixRemarksOfARebuiltSampleWhatItRemarksOfTheSample(string modality)
    {
        using var folder = new TemporaryFolder();
        await DicomSeriesExporter.WriteAsync(Ramp(0, 1), folder["out"], Settings(modality), new DeterministicUidFactory(), TestContext.Current.CancellationToken);
        using Written written = await Written.Of(folder["out"], DerivedPlan.Learned, repairedSlice: 2);

        string[] ofTheSource = Remarks(folder["out"]), ofTheOutput = Remarks(written.Folder);

        Assert.Equal(["Warning: Unable to determine manufacturer (0008,0070), so conversion is not tuned for vendor."], ofTheSource);
        Assert.Equal(ofTheSource, ofTheOutput);
    }

    private static string[] Remarks(string series)
    {
        using var folder = new TemporaryFolder();
        Peer.Answer answer = Peer.Run("dcm2niix", "-z", "n", "-b", "n", "-x", "i", "-o", folder.Path, series);
        return [.. answer.Lines.Where(line => line.Contains("Warning", StringComparison.OrdinalIgnoreCase) || line.Contains("Error", StringComparison.OrdinalIgnoreCase))];
    }

    [Fact]
    public async Task AbsentSlicesLeaveAGapAndTheRestKeepsItsNumbers()
    {
        using var folder = new TemporaryFolder();
        Volume whole = Ramp(0, 1);
        float[]?[] slices = [.. Enumerable.Range(0, Slices).Select(slice => slice is 2 or 3 ? null : whole.Slice(slice).ToArray())];

        Delivery delivery = await DicomSeriesExporter.WriteAsync(
            new Volume(whole.Geometry, slices), folder["out"], Settings("MR"), new DeterministicUidFactory(), TestContext.Current.CancellationToken);

        Assert.Equal(["IM0001.dcm", "IM0002.dcm", "IM0005.dcm", "IM0006.dcm"], delivery.Instances.Select(instance => instance.Location));
    }

    [Fact]
    public async Task TheSameVolumeGivesTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        Delivery[] deliveries =
        [
            await DicomSeriesExporter.WriteAsync(Ramp(0, 1), folder["a"], Settings("MR"), new DeterministicUidFactory(), TestContext.Current.CancellationToken),
            await DicomSeriesExporter.WriteAsync(Ramp(0, 1), folder["b"], Settings("MR"), new DeterministicUidFactory(), TestContext.Current.CancellationToken),
        ];

        Assert.Equal(deliveries[0].Instances.AsEnumerable(), deliveries[1].Instances);
    }

    [Fact]
    public async Task OtherModalitiesAreRefused()
    {
        using var folder = new TemporaryFolder();
        InpaintException refusal = await Assert.ThrowsAsync<InpaintException>(() => DicomSeriesExporter.WriteAsync(
            Ramp(0, 1), folder["out"], Settings("PT"), new DeterministicUidFactory(), TestContext.Current.CancellationToken));

        Assert.Equal(ErrorCode.AttributesRefused, refusal.Code);
        Assert.False(Directory.Exists(folder["out"]));
    }

    private static DicomExportSettings Settings(string modality) => new()
    {
        Modality = modality,
        Key = "ramp",
        AcquiredAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        IsPhantom = true,
    };

    /// <summary>An oblique volume whose every voxel differs from its neighbours.</summary>
    private static Volume Ramp(float lowest, float step)
    {
        var row = new Vector3(0.8, 0.6, 0);
        var column = new Vector3(0, 0, -1);
        Vector3 normal = row.Cross(column);
        ImmutableArray<Vector3> origins = [.. Enumerable.Range(0, Slices).Select(slice => new Vector3(-12.5, 30.25, 7) + (normal * (2.5 * slice)))];
        origins = [.. origins.Select(origin => new Vector3(Math.Round(origin.X, 6), Math.Round(origin.Y, 6), Math.Round(origin.Z, 6)))];
        var geometry = new VolumeGeometry
        {
            Rows = Rows,
            Columns = Columns,
            RowSpacingMm = 1.5,
            ColumnSpacingMm = 0.75,
            RowDirection = row,
            ColumnDirection = column,
            SliceOrigins = origins,
            SlicePositionsMm = [.. origins.Select(origin => origin.Dot(normal))],
            SliceSpacingMm = 2.5,
        };
        return new Volume(geometry, [.. Enumerable.Range(0, Slices).Select(slice =>
            Enumerable.Range(0, Rows * Columns).Select(voxel => lowest + (step * (slice + (7 * voxel % 1013)))).ToArray())]);
    }

    private static float[] Values(DicomInstanceSource source, InstanceHeader image)
    {
        var bytes = new byte[image.FrameLength];
        source.ReadPixels(image, bytes);
        return [.. Enumerable.Range(0, bytes.Length / 2).Select(i =>
        {
            int stored = image.Format.IsSigned ? BitConverter.ToInt16(bytes, 2 * i) : BitConverter.ToUInt16(bytes, 2 * i);
            return (float)((stored * image.Rescale.Slope) + image.Rescale.Intercept);
        })];
    }

    private sealed class Near(double tolerance) : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => Math.Abs(x - y) <= tolerance;

        public int GetHashCode(float value) => 0;
    }
}
