using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.Core.Tests.Pipeline;

public sealed class BuildVolumeStageTests
{
    [Fact]
    public void GivenACompleteStack_WhenBuilt_ThenNothingIsFoundAndVoxelsAreReal()
    {
        BuiltVolume built = Some.Built(Phantom.Series(9).Shuffled(1));

        Assert.Empty(built.Findings);
        Assert.True(built.IsFillable);
        Assert.Equal(2.5, built.Volume.Geometry.SliceSpacingMm, 1e-9);
        Assert.Equal(Enumerable.Range(1, 9), built.Slots.Select(slot => slot.Source!.InstanceNumber!.Value));
        Assert.Equal(Phantom.Stored(-31 / 32.0, -31 / 32.0, 0) - 1024, built.Volume.Slice(0)[0]);
    }

    [Fact]
    public void GivenMissingSlices_WhenBuilt_ThenHolesAtTheirPlacesAndAFindingForEachRun()
    {
        BuiltVolume built = Some.Built(Phantom.Series(14).Without(3, 7, 8));

        Assert.Equal([3, 7, 8], VolumeAssert.Holes(built));
        Finding[] gaps = [.. built.Findings.Where(finding => finding.Code == ErrorCode.SlicesMissing)];
        Assert.Equal(["IMG0003.dcm", "IMG0005.dcm"], gaps[0].Sources);
        Assert.Equal([-32.5], gaps[0].PositionsMm);
        Assert.Equal([-22.5, -20], gaps[1].PositionsMm);
        Assert.Equal("a step of 2.5 mm", gaps[0].Expected);
        Assert.Contains("jump from 3 to 5", gaps[0].LikelyCause, StringComparison.Ordinal);
        Assert.Equal(new Vector3(-100, -100, -32.5), built.Volume.Geometry.SliceOrigins[3]);
        Assert.True(built.IsFillable);
    }

    [Property(MaxTest = 60)]
    public Property HolesAreExactlyWhereSlicesWereDroppedWhateverTheOrientation() => Prop.ForAll(
        Scans().ToArbitrary(),
        scan =>
        {
            BuiltVolume built = Some.Built(scan.Source);
            return built.IsFillable
                && VolumeAssert.Holes(built).SequenceEqual(scan.Dropped)
                && built.Volume.Geometry.SliceOrigins.Select((origin, i) => (origin - scan.Origins[i]).Length).Max() < 0.02;
        });

    [Fact]
    public void GivenEverySecondSlice_WhenTheHeaderStatesTheSpacing_ThenTheOthersAreHoles()
    {
        BuiltVolume built = Some.Built(Phantom.Series(9).With(header => header with { SpacingBetweenSlicesMm = 2.5 }).Without(1, 3, 5, 7));

        Assert.Equal([1, 3, 5, 7], VolumeAssert.Holes(built));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(5.0)]
    public void GivenEverySecondSlice_WhenNoHeaderStatesACloserSpacing_ThenOnlyTheNumbersAreRemarkedOn(double? stated)
    {
        BuiltVolume built = Some.Built(Phantom.Series(9).With(header => header with { SpacingBetweenSlicesMm = stated }).Without(1, 3, 5, 7));

        Assert.Empty(VolumeAssert.Holes(built));
        Assert.Equal(FindingSeverity.Info, VolumeAssert.Single(ErrorCode.SlicesMissing, built.Findings).Severity);
    }

    [Fact]
    public void GivenMissingAtAnEnd_WhenBuilt_ThenReportedByImagesInAcquisition()
    {
        BuiltVolume built = Some.Built(Phantom.Series(10).With(header => header with { ImagesInAcquisition = 10 }).Without(0, 1, 9));

        Finding[] ends = [.. built.Findings.Where(finding => finding.Code == ErrorCode.EndMissing)];
        Assert.Equal(["2 slice(s) may be missing before the first slice, IMG0003.dcm.", "1 slice(s) may be missing after the last slice, IMG0009.dcm."], ends.Select(end => end.Message));
        Assert.Empty(VolumeAssert.Holes(built));
    }

    [Fact]
    public void GivenMissingAtTheStart_WhenBuilt_ThenReportedByInstanceNumbers() =>
        Assert.StartsWith("2 slice(s)", VolumeAssert.Single(ErrorCode.EndMissing, Some.Built(Phantom.Series(10).Without(0, 1)).Findings).Message, StringComparison.Ordinal);

    [Fact]
    public void GivenNumbersThatFall_WhenTheFirstNumbersAreMissing_ThenTheyLieAfterTheLastSlot()
    {
        MemorySource source = Phantom.Series(10).With((i, header) => header with { InstanceNumber = 10 - i }).Without(8, 9);

        Assert.Contains("after the last", VolumeAssert.Single(ErrorCode.EndMissing, Some.Built(source).Findings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GivenEndsToFill_WhenBuilt_ThenTheGridReachesBeyondTheSlices()
    {
        BuiltVolume built = Some.Built(Phantom.Series(10).With(header => header with { ImagesInAcquisition = 10 }).Without(0, 9), EndPolicy.Fill);

        Assert.Equal([0, 9], VolumeAssert.Holes(built));
        Assert.Equal(-40, built.Volume.Geometry.SlicePositionsMm[0], 1e-9);
        Assert.Equal(new Vector3(-100, -100, -17.5), built.Volume.Geometry.SliceOrigins[9]);
    }

    [Fact]
    public void GivenASecondCopyOfASlice_WhenBuilt_ThenOneIsUsed()
    {
        MemorySource source = Phantom.Series(6);
        source.Add(source.Headers[2] with { Source = "copy.dcm", SopInstanceUid = "1.2.3.4.99" }, source.Pixels(2));

        BuiltVolume built = Some.Built(source);

        Finding duplicate = VolumeAssert.Single(ErrorCode.DuplicateSlice, built.Findings);
        Assert.Equal(["IMG0003.dcm", "copy.dcm"], duplicate.Sources);
        Assert.True(built.IsFillable);
        Assert.Equal(6, built.Volume.SliceCount);
    }

    [Fact]
    public void GivenDifferentSlicesAtOnePlace_WhenBuilt_ThenReportedAndNotFillable()
    {
        MemorySource source = Phantom.Series(6);
        source.Add(source.Headers[2] with { Source = "other.dcm", SopInstanceUid = "1.2.3.4.99" }, source.Pixels(4));

        BuiltVolume built = Some.Built(source);

        VolumeAssert.Single(ErrorCode.ConflictingDuplicate, built.Findings);
        Assert.False(built.IsFillable);
    }

    [Fact]
    public void GivenADuplicateThatCannotBeDecoded_WhenBuilt_ThenTheOtherIsUsed()
    {
        MemorySource source = Phantom.Series(6);
        source.Add(source.Headers[2] with { Source = "again.dcm", SopInstanceUid = "1.2.3.4.99" }, source.Pixels(2)).Spoiled(2, ErrorCode.SliceTruncated);

        BuiltVolume built = Some.Built(source);

        Assert.Equal("again.dcm", built.Slots[2].Source!.Source);
        Assert.Equal(ErrorCode.None, built.Slots[2].Defect);
    }

    [Fact]
    public void GivenSpacingThatChanges_WhenBuilt_ThenUnevenInWordsAndNotFillable()
    {
        BuiltVolume built = Some.Built(Phantom.Series([0, 4, 8, 12, 13.08, 20.08, 27.08]));

        Assert.Equal("3 step(s) of 4 mm, then 1 step(s) of 1.08 mm, then 2 step(s) of 7 mm", VolumeAssert.Single(ErrorCode.SpacingUneven, built.Findings).Found);
        Assert.False(built.IsFillable);
        Assert.Empty(VolumeAssert.Holes(built));
    }

    [Fact]
    public void GivenSlightlyUnevenSpacing_WhenBuilt_ThenTruePositionsAndFillable()
    {
        BuiltVolume built = Some.Built(Phantom.Series([0, 7.12, 14.03, 21, 35.06]).With(header => header with { InstanceNumber = null }));

        Assert.Equal(FindingSeverity.Info, VolumeAssert.Single(ErrorCode.SpacingUneven, built.Findings).Severity);
        Assert.True(built.IsFillable);
        Assert.Equal([0, 7.12, 14.03, 21, 28.03, 35.06], built.Volume.Geometry.SlicePositionsMm.Select(position => Math.Round(position, 9)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(14.0)]
    public void GivenAShearedStack_WhenBuilt_ThenTiltWithOrWithoutTheElement(double? element)
    {
        BuiltVolume built = Some.Built(Phantom.Series(8).Without(4).With(header => header with
        {
            GantryTiltDegrees = element,
            Position = header.Position!.Value + new Vector3(0, 0.25 * header.Position!.Value.Z, 0),
        }));

        Finding tilt = VolumeAssert.Single(ErrorCode.GantryTilt, built.Findings);
        Assert.Contains("14 degrees", tilt.Message, StringComparison.Ordinal);
        Assert.Contains(element is null ? "no Gantry" : "says 14 degrees", tilt.Found, StringComparison.Ordinal);
        Assert.Equal(-107.5, built.Volume.Geometry.SliceOrigins[4].Y, 1e-9);
    }

    [Fact]
    public void GivenASliceShiftedWithinItsPlane_WhenBuilt_ThenNoVolume()
    {
        BuiltVolume built = Some.Built(Phantom.Series(8).With((i, header) => i < 4 ? header : header with { Position = header.Position!.Value + new Vector3(50, 0, 0) }));

        VolumeAssert.Single(ErrorCode.NotAVolume, built.Findings);
        Assert.False(built.IsFillable);
    }

    [Fact]
    public void GivenTwoStacksThatOverlap_WhenBuilt_ThenBothAreNamed()
    {
        BuiltVolume built = Some.Built(Phantom.Series([0, 5, 10, 15, 20, 18, 23, 28, 33]));

        Assert.Equal("5 slices from 0 to 20 mm; 4 slices from 18 to 33 mm", VolumeAssert.Single(ErrorCode.OverlappingStacks, built.Findings).Found);
        Assert.False(built.IsFillable);
    }

    [Fact]
    public void GivenInterleavedNumbersOnOneGrid_WhenBuilt_ThenRegular() =>
        Assert.Empty(Some.Built(Phantom.Series([0, 10, 20, 30, 5, 15, 25, 35])).Findings);

    [Fact]
    public void GivenRescaleBySlice_WhenBuilt_ThenRealValuesAgree()
    {
        BuiltVolume built = Some.Built(Phantom.Series(6).With((i, header) => i == 3 ? header with { Rescale = new Rescale(2, -2048) } : header));

        VolumeAssert.Single(ErrorCode.RescaleVaries, built.Findings);
        Assert.Equal(2 * (short)(built.Slots[3].Stored.Span[0] | (built.Slots[3].Stored.Span[1] << 8)) - 2048, built.Volume.Slice(3)[0]);
    }

    [Fact]
    public void GivenMixedBitsStored_WhenBuilt_ThenTheWidestIsCommon()
    {
        BuiltVolume built = Some.Built(Phantom.Series(6).With((i, header) => i == 3 ? header with { Format = new PixelFormat(SampleType.Int16, 13, 12) } : header));

        VolumeAssert.Single(ErrorCode.BitsStoredVary, built.Findings);
        Assert.Equal(16, built.Format.BitsStored);
    }

    [Fact]
    public void GivenThickSlices_WhenBuilt_ThenOverlapIsForInformation() =>
        Assert.Equal(FindingSeverity.Info, VolumeAssert.Single(ErrorCode.SlicesOverlap, Some.Built(Phantom.Series(6).With(header => header with { SliceThicknessMm = 5 })).Findings).Severity);

    [Fact]
    public void GivenADecodingFailure_WhenBuilt_ThenADefectOfThatSlotOnly()
    {
        BuiltVolume built = Some.Built(Phantom.Series(6).Spoiled(2, ErrorCode.SliceUndecodable));

        Assert.Equal([ErrorCode.None, ErrorCode.None, ErrorCode.SliceUndecodable, ErrorCode.None, ErrorCode.None, ErrorCode.None], built.Slots.Select(slot => slot.Defect));
        Assert.False(built.Volume.IsPresent(2));
        Assert.True(float.IsNaN(built.Volume.Slice(2)[5]));
    }

    [Fact]
    public void GivenNoDecodableImage_WhenBuilt_ThenTheFirstReason()
    {
        MemorySource source = Phantom.Series(3).Spoiled(0, ErrorCode.TransferSyntaxUnsupported).Spoiled(1, ErrorCode.TransferSyntaxUnsupported).Spoiled(2, ErrorCode.TransferSyntaxUnsupported);

        VolumeAssert.Refuses(ErrorCode.TransferSyntaxUnsupported, () => Some.Built(source));
    }

    [Fact]
    public void GivenOneSlice_WhenBuilt_ThenTooFewSlices() => VolumeAssert.Refuses(ErrorCode.TooFewSlices, () => Some.Built(Phantom.Series(1)));

    [Fact]
    public void GivenOnePlace_WhenBuilt_ThenNotAVolume() => VolumeAssert.Refuses(ErrorCode.NotAVolume, () => Some.Built(Phantom.Series([5, 5, 5, 5])));

    // 8 to 30 slices, any orientation, spacing 0.5 to 8 mm, positions with 2 digits, one to three slices dropped inside.
    private static Gen<(MemorySource Source, int[] Dropped, Vector3[] Origins)> Scans() =>
        from count in Gen.Choose(8, 30)
        from spacing in Gen.Choose(50, 800)
        from angles in Gen.ArrayOf(Gen.Choose(0, 359), 3)
        from dropped in Gen.ArrayOf(Gen.Choose(1, count - 2), 3)
        from seed in Gen.Choose(1, 1000)
        select Scan(count, spacing / 100.0, angles, [.. dropped.Distinct().Order()], seed);

    private static (MemorySource Source, int[] Dropped, Vector3[] Origins) Scan(int count, double spacing, int[] angles, int[] dropped, int seed)
    {
        Vector3 row = Turned(new Vector3(1, 0, 0), angles), column = Turned(new Vector3(0, 1, 0), angles);
        Vector3 normal = row.Cross(column);
        Vector3[] origins = [.. Enumerable.Range(0, count).Select(slice => new Vector3(12.5, -80, 33) + (normal * (slice * spacing)))];
        MemorySource source = Phantom.Series(count, edge: 4).With((i, header) => header with
        {
            RowDirection = row,
            ColumnDirection = column,
            Position = new Vector3(Math.Round(origins[i].X, 3), Math.Round(origins[i].Y, 3), Math.Round(origins[i].Z, 3)),
        });
        return (source.Without(dropped).Shuffled(seed), dropped, origins);
    }

    private static Vector3 Turned(Vector3 v, int[] degrees)
    {
        (double a, double b, double c) = (degrees[0] * Math.PI / 180, degrees[1] * Math.PI / 180, degrees[2] * Math.PI / 180);
        v = new Vector3((v.X * Math.Cos(a)) - (v.Y * Math.Sin(a)), (v.X * Math.Sin(a)) + (v.Y * Math.Cos(a)), v.Z);
        v = new Vector3(v.X, (v.Y * Math.Cos(b)) - (v.Z * Math.Sin(b)), (v.Y * Math.Sin(b)) + (v.Z * Math.Cos(b)));
        return new Vector3((v.X * Math.Cos(c)) + (v.Z * Math.Sin(c)), v.Y, (v.Z * Math.Cos(c)) - (v.X * Math.Sin(c)));
    }
}
