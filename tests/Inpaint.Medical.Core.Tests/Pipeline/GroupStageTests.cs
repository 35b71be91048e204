using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.Core.Tests.Pipeline;

public sealed class GroupStageTests
{
    [Fact]
    public void GivenOneStack_WhenGrouped_ThenOneSeriesWithoutSplit()
    {
        SeriesSet set = Group(Phantom.Series().Shuffled(3));

        Assert.Equal(string.Empty, Assert.Single(set.Series).Part);
        Assert.Empty(set.SetAside);
        Assert.Empty(set.Findings);
    }

    public static TheoryData<ErrorCode, Func<InstanceHeader, InstanceHeader>> Unusable => new()
    {
        { ErrorCode.NotAnImage, header => header with { Rows = 0 } },
        { ErrorCode.ColourImage, header => header with { SamplesPerPixel = 3, PhotometricInterpretation = "RGB" } },
        { ErrorCode.ColourImage, header => header with { PhotometricInterpretation = "PALETTE COLOR" } },
        { ErrorCode.TiledMosaic, header => header with { IsTiledMosaic = true } },
        { ErrorCode.SyntheticInput, header => header with { IsSynthetic = true } },
        { ErrorCode.Localizer, header => header with { ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"] } },
        { ErrorCode.Localizer, header => header with { SeriesDescription = "3_Plane_Localizer_FF" } },
        { ErrorCode.GeometryMissing, header => header with { Position = null } },
        { ErrorCode.GeometryMissing, header => header with { ColumnDirection = null } },
        { ErrorCode.GeometryMissing, header => header with { RowSpacingMm = null } },
        { ErrorCode.GeometryInvalid, header => header with { Position = new Vector3(0, double.NaN, 0) } },
        { ErrorCode.GeometryInvalid, header => header with { RowDirection = new Vector3(double.PositiveInfinity, 0, 0) } },
        { ErrorCode.GeometryInvalid, header => header with { RowDirection = new Vector3(0, 1, 0) } },
        { ErrorCode.GeometryInvalid, header => header with { RowDirection = new Vector3(2, 0, 0) } },
        { ErrorCode.GeometryInvalid, header => header with { ColumnSpacingMm = 0 } },
        { ErrorCode.GeometryInvalid, header => header with { RowSpacingMm = -1 } },
        { ErrorCode.AttributeInvalid, header => header with { Format = new PixelFormat(SampleType.Int16, 17, 16) } },
        { ErrorCode.AttributeInvalid, header => header with { Rescale = new Rescale(0, 0) } },
    };

    [Theory]
    [MemberData(nameof(Unusable), DisableDiscoveryEnumeration = true)]
    public void GivenAnUnusableImage_WhenGrouped_ThenOnlyItIsSetAsideWithTheReason(ErrorCode code, Func<InstanceHeader, InstanceHeader> spoil)
    {
        SeriesSet set = Group(Phantom.Series(5).With((i, header) => i == 2 ? spoil(header) : header));

        SetAside aside = Assert.Single(set.SetAside);
        Assert.Equal(code, aside.Reason.Code);
        Assert.Equal(["IMG0003.dcm"], aside.Reason.Sources);
        Assert.NotNull(aside.Reason.Found);
        Assert.Equal(4, Assert.Single(set.Series).Instances.Length);
    }

    [Fact]
    public void GivenTwoPatientsInOneSeries_WhenGrouped_ThenTheSeriesIsRefused()
    {
        SeriesSet set = Group(Phantom.Series(6).With((i, header) => header with { PatientKey = i < 3 ? "a" : "b" }));

        Assert.Empty(set.Series);
        Assert.Equal(6, set.SetAside.Length);
        Assert.Equal(FindingSeverity.Error, VolumeAssert.Single(ErrorCode.SeveralPatients, set.Findings).Severity);
    }

    [Fact]
    public void GivenTwoPatientsInTwoSeries_WhenGrouped_ThenEachIsTreatedByItself()
    {
        SeriesSet set = Group(Phantom.Series(6).Add(Phantom.Series(6).With(Other)));

        Assert.Equal(2, set.Series.Length);
        Assert.Equal(FindingSeverity.Info, VolumeAssert.Single(ErrorCode.SeveralPatients, set.Findings).Severity);

        static InstanceHeader Other(InstanceHeader header) => header with
        {
            PatientKey = "other", StudyInstanceUid = "9.9", SeriesInstanceUid = "9.9.9", SopInstanceUid = "9." + header.SopInstanceUid, Source = "B" + header.Source,
        };
    }

    [Theory]
    [InlineData("echo")]
    [InlineData("image type")]
    [InlineData("component")]
    [InlineData("time")]
    [InlineData("b-value")]
    public void GivenRepeatsThatAnAttributeTellsApart_WhenGrouped_ThenSplitByIt(string attribute)
    {
        SeriesSet set = Group(Phantom.Series(8).Without(3).Add(Repeat(1, header => attribute switch
        {
            "echo" => header with { EchoTimeMs = 20 },
            "image type" => header with { ImageType = ["ORIGINAL", "PRIMARY", "P"] },
            "component" => header with { ComplexComponent = "PHASE" },
            "time" => header with { TemporalPosition = 2 },
            _ => header with { BValue = 1000 },
        })).Shuffled(5));

        Assert.Equal(2, set.Series.Length);
        Assert.All(set.Series, series => Assert.Contains(attribute, series.Part, StringComparison.Ordinal));
        Assert.Equal([7, 8], set.Series.Select(series => series.Instances.Length).Order());
        VolumeAssert.Single(ErrorCode.SeriesSplit, set.Findings);
    }

    [Fact]
    public void GivenAnAttributeThatVariesFromSliceToSlice_WhenNoPlaceRepeats_ThenNotSplit()
    {
        SeriesSet set = Group(Phantom.Series(8).With((i, header) => header with { TriggerTimeMs = 100 * i, AcquisitionNumber = i / 2, EchoTimeMs = 10 + (i % 2) }));

        Assert.Single(set.Series);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GivenTimePointsWithoutNumbering_WhenGrouped_ThenTakenApartEvenWithASliceMissing(bool placeAfterPlace)
    {
        const int Slices = 6, Times = 3;
        var source = new MemorySource();
        for (int time = 0; time < Times; time++)
        {
            int now = time;
            source.Add(Repeat(time, header => header with
            {
                InstanceNumber = placeAfterPlace ? ((header.InstanceNumber - 1) * Times) + 1 + now : header.InstanceNumber + (now * Slices),
            }, Slices));
        }

        SeriesSet set = Group(source.Without(8).Shuffled(11));

        Assert.Equal(["time 1 of 3", "time 2 of 3", "time 3 of 3"], set.Series.Select(series => series.Part));
        Assert.Equal([6, 5, 6], set.Series.Select(series => series.Instances.Length));
        Assert.All(set.Series, series => Assert.Single(series.Instances.Select(image => image.Source[0]).Distinct()));
    }

    [Fact]
    public void GivenEveryFileTwice_WhenGrouped_ThenNotTakenForTimePoints() =>
        Assert.Equal(12, Assert.Single(Group(Phantom.Series(6).Add(Phantom.Series(6).With(header => header with { Source = "copy-" + header.Source }))).Series).Instances.Length);

    [Fact]
    public void GivenTwoOrientations_WhenGrouped_ThenSplitByOrientation()
    {
        SeriesSet set = Group(Phantom.Series(8).With((i, header) => i < 4 ? header : header with { ColumnDirection = new Vector3(0, 0, -1) }));

        Assert.Equal(["orientation 1 of 2", "orientation 2 of 2"], set.Series.Select(series => series.Part));
    }

    [Fact]
    public void GivenThreeOrthogonalOrientations_WhenGrouped_ThenALocalizer()
    {
        Vector3 x = new(1, 0, 0), y = new(0, 1, 0), z = new(0, 0, 1);
        SeriesSet set = Group(Phantom.Series(9).With((i, header) => header with
        {
            RowDirection = i % 3 == 2 ? y : x,
            ColumnDirection = i % 3 == 0 ? y : z,
        }));

        Assert.Empty(set.Series);
        Assert.All(set.SetAside, aside => Assert.Equal(ErrorCode.Localizer, aside.Reason.Code));
    }

    [Theory]
    [InlineData("matrix")]
    [InlineData("pixel spacing")]
    [InlineData("frame of reference")]
    public void GivenWhatNoVolumeCanMix_WhenGrouped_ThenSplitThoughNoPlaceRepeats(string what)
    {
        SeriesSet set = Group(Phantom.Series(8).With((i, header) => i < 4 ? header : what switch
        {
            "matrix" => header with { Rows = 16 },
            "pixel spacing" => header with { RowSpacingMm = 1 },
            _ => header with { FrameOfReferenceUid = "7.7" },
        }));

        Assert.Equal(2, set.Series.Length);
        Assert.All(set.Series, series => Assert.StartsWith(what, series.Part, StringComparison.Ordinal));
    }

    private static SeriesSet Group(MemorySource source) => GroupStage.Run(new InstanceSet([.. source.Headers], []));

    private static MemorySource Repeat(int repeat, Func<InstanceHeader, InstanceHeader> change, int slices = 8) => Phantom.Series(slices).With(header => change(header with
    {
        SopInstanceUid = $"{header.SopInstanceUid}.{repeat}",
        Source = (char)('A' + repeat) + header.Source,
    }));
}
