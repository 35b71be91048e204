using FellowOakDicom;
using FellowOakDicom.IO.Buffer;
using Xunit;

namespace Inpaint.Medical.FellowOakDicom.Tests.Data;

/// <summary>What fo-dicom's datasets do, observed on the package; both implementations must pass.</summary>
public class DatasetContractTests
{
    [Fact]
    public void AnAbsentTagIsAnErrorUnlessADefaultIsGiven()
    {
        var dataset = new DicomDataset();

        Assert.Throws<DicomDataException>(() => dataset.GetString(DicomTag.PatientName));
        Assert.Throws<DicomDataException>(() => dataset.GetSingleValue<string>(DicomTag.PatientName));
        Assert.Throws<DicomDataException>(() => dataset.GetValues<string>(DicomTag.PatientName));
        Assert.False(dataset.TryGetString(DicomTag.PatientName, out _));
        Assert.Equal("nobody", dataset.GetSingleValueOrDefault(DicomTag.PatientName, "nobody"));
    }

    [Fact]
    public void ASingleValueMustBeSingle()
    {
        var dataset = new DicomDataset { { DicomTag.ImageType, "ORIGINAL", "PRIMARY" } };

        Assert.Throws<DicomDataException>(() => dataset.GetSingleValue<string>(DicomTag.ImageType));
        Assert.False(dataset.TryGetSingleValue<string>(DicomTag.ImageType, out _));
        Assert.Equal("none", dataset.GetSingleValueOrDefault(DicomTag.ImageType, "none"));
        Assert.Equal("ORIGINAL\\PRIMARY", dataset.GetString(DicomTag.ImageType));
        Assert.Equal("PRIMARY", dataset.GetValue<string>(DicomTag.ImageType, 1));
        Assert.Equal(2, dataset.GetValueCount(DicomTag.ImageType));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void AnEmptyValueIsPresentWithoutValues(string? value)
    {
        var dataset = new DicomDataset();
        dataset.AddOrUpdate(DicomTag.PatientName, value);

        Assert.True(dataset.Contains(DicomTag.PatientName));
        Assert.Equal(0, dataset.GetValueCount(DicomTag.PatientName));
        Assert.Equal("", dataset.GetString(DicomTag.PatientName));
        Assert.True(dataset.TryGetString(DicomTag.PatientName, out string text));
        Assert.Equal("", text);
        Assert.False(dataset.TryGetSingleValue<string>(DicomTag.PatientName, out _));
    }

    [Fact]
    public void AddingATagTwiceIsAnError()
    {
        var dataset = new DicomDataset { { DicomTag.PatientID, "1" } };

        Assert.Throws<ArgumentException>(() => dataset.Add(DicomTag.PatientID, "2"));
        Assert.Equal("2", dataset.AddOrUpdate(DicomTag.PatientID, "2").GetString(DicomTag.PatientID));
    }

    [Fact]
    public void ValuesOfATypeThatTheRepresentationDoesNotTakeAreAnError()
    {
        var dataset = new DicomDataset();

        Assert.Throws<InvalidOperationException>(() => dataset.Add(DicomTag.Rows, 512));
        Assert.Throws<InvalidOperationException>(() => dataset.Add(DicomTag.Rows, (short)512));
        Assert.Throws<InvalidOperationException>(() => dataset.Add(DicomTag.SliceThickness, 1));
        Assert.Throws<InvalidOperationException>(() => dataset.Add(DicomTag.InstanceNumber, 1.0));
        Assert.Throws<InvalidOperationException>(() => dataset.Add(DicomTag.PixelData, new ushort[4]));
        Assert.Throws<DicomDataException>(() => dataset.Add(new DicomTag(0x0008, 0x0007), "x"));
    }

    [Fact]
    public void NumbersAreTakenAndGivenInTheTypesOfTheirRepresentation()
    {
        var dataset = new DicomDataset
        {
            { DicomTag.Rows, (ushort)512 }, { DicomTag.SliceThickness, 1.25m }, { DicomTag.PixelSpacing, 0.5, 0.25 }, { DicomTag.InstanceNumber, 7 },
            { DicomTag.FrameReferenceTime, "12.5" }, { DicomTag.Columns, "256" },
        };

        Assert.Equal(512, dataset.GetSingleValue<ushort>(DicomTag.Rows));
        Assert.Equal(512, dataset.GetSingleValue<int>(DicomTag.Rows));
        Assert.Equal(256, dataset.GetSingleValue<ushort>(DicomTag.Columns));
        Assert.Equal(1.25, dataset.GetSingleValue<double>(DicomTag.SliceThickness));
        Assert.Equal([0.5, 0.25], dataset.GetValues<double>(DicomTag.PixelSpacing));
        Assert.Equal("0.5\\0.25", dataset.GetString(DicomTag.PixelSpacing));
        Assert.Equal(7, dataset.GetSingleValue<int>(DicomTag.InstanceNumber));
        Assert.Equal(7, dataset.GetSingleValue<int?>(DicomTag.InstanceNumber));
        Assert.Equal(12.5f, dataset.GetSingleValue<float>(DicomTag.FrameReferenceTime));
    }

    [Theory]
    [InlineData("0.3333333333", "1", "3")]
    [InlineData("1.23456789E+11", "123456789012.3456789", "1")]
    [InlineData("0.5", "1", "2")]
    public void DecimalsTooLongForSixteenCharactersAreShortened(string expected, string dividend, string divisor)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;

        Assert.Equal(expected, DicomDecimalString.ToDecimalString(decimal.Parse(dividend, culture) / decimal.Parse(divisor, culture)));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e30)]
    public void NumbersBeyondDecimalCannotBecomeDecimalStrings(double number) =>
        Assert.Throws<OverflowException>(() => new DicomDataset().Add(DicomTag.SliceThickness, number));

    [Fact]
    public void IntegerStringsHave32Bits()
    {
        DicomDataset dataset = new DicomDataset().NotValidated();
        dataset.Add(DicomTag.InstanceNumber, "9999999999").Add(DicomTag.SeriesNumber, "1.0").Add(DicomTag.AcquisitionNumber, "1.5");

        Assert.Throws<OverflowException>(() => dataset.GetSingleValue<int>(DicomTag.InstanceNumber));
        Assert.Throws<OverflowException>(() => dataset.GetSingleValue<int>(DicomTag.AcquisitionNumber));
        Assert.False(dataset.TryGetSingleValue<int>(DicomTag.InstanceNumber, out _));
        Assert.Equal(1, dataset.GetSingleValue<int>(DicomTag.SeriesNumber));
    }

    [Fact]
    public void SequencesAreTakenAsDatasets()
    {
        var dataset = new DicomDataset { { DicomTag.PatientID, "1" } };
        dataset.AddOrUpdate(DicomTag.ReferencedImageSequence, new DicomDataset());

        Assert.Single(dataset.GetSequence(DicomTag.ReferencedImageSequence).Items);
        Assert.Throws<DicomDataException>(() => dataset.GetSequence(DicomTag.PatientID));
        Assert.Throws<DicomDataException>(() => dataset.GetString(DicomTag.ReferencedImageSequence));
        Assert.False(dataset.TryGetSequence(DicomTag.PatientID, out _));
        Assert.Null(dataset.GetDicomItem<DicomSequence>(DicomTag.PatientID));
    }

    [Fact]
    public void PixelDataWithoutARepresentationIsOtherByte()
    {
        var dataset = new DicomDataset();
        dataset.AddOrUpdate(DicomTag.PixelData, new byte[4]);
        Assert.IsType<DicomOtherByte>(dataset.GetDicomItem<DicomItem>(DicomTag.PixelData));

        dataset.AddOrUpdate<IByteBuffer>(DicomTag.PixelData, new MemoryByteBuffer(new byte[4]));
        Assert.IsType<DicomOtherByte>(dataset.GetDicomItem<DicomItem>(DicomTag.PixelData));

        dataset.AddOrUpdate(DicomVR.OW, DicomTag.PixelData, new ushort[] { 1, 2 });
        Assert.Equal([1, 0, 2, 0], dataset.GetValues<byte>(DicomTag.PixelData));
    }

    [Fact]
    public void PrivateAttributesAreFoundByTheirCreator()
    {
        var tag = new DicomTag(0x0011, 0x0001, "INPAINT");
        var dataset = new DicomDataset();
        dataset.Add(DicomVR.LO, tag, "x").Add(DicomVR.LO, new DicomTag(0x0011, 0x0001, "OTHER"), "y");

        Assert.Equal("x", dataset.GetString(tag));
        Assert.Equal("x", dataset.GetString(new DicomTag(0x0011, 0x1001, "INPAINT")));
        Assert.Equal("y", dataset.GetString(new DicomTag(0x0011, 0x1001, "OTHER")));
        Assert.False(dataset.Contains(new DicomTag(0x0011, 0x1001)));
        Assert.Equal(["INPAINT", "OTHER"], new[] { 0x0010, 0x0011 }.Select(element => dataset.GetString(new DicomTag(0x0011, (ushort)element))));
        Assert.Throws<DicomDataException>(() => dataset.Add(new DicomTag(0x0011, 0x0002, "INPAINT"), "z"));
    }

    [Fact]
    public void RemovingAnAbsentPrivateTagLeavesNothingBehind()
    {
        var dataset = new DicomDataset();

        dataset.Remove(new DicomTag(0x0011, 0x0001, "INPAINT"));

        Assert.Empty(dataset);
    }

    [Fact]
    public void ItemsAreValidatedUnlessTheDatasetDoesNot()
    {
        Assert.Throws<DicomValidationException>(() => new DicomDataset().Add(DicomTag.SOPInstanceUID, "1.02"));
        Assert.Throws<DicomValidationException>(() => new DicomDataset().Add(DicomTag.Modality, "lower"));
        Assert.Throws<DicomValidationException>(() => new DicomDataset().Add(DicomTag.PatientID, new string('x', 65)));
        DicomDataset dataset = new DicomDataset().NotValidated();
        dataset.Add(DicomTag.SOPInstanceUID, "1.02");

        Assert.Throws<DicomValidationException>(dataset.Validate);
        Assert.Throws<DicomValidationException>(() => new DicomDataset(dataset));
        Assert.Throws<DicomValidationException>(() => dataset.CopyTo(new DicomDataset()));
        DicomDataset clone = dataset.Clone();
        Assert.Throws<DicomValidationException>(() => clone.Add(DicomTag.StudyInstanceUID, "1.02"));
        using (new UnvalidatedScope(clone))
        {
            clone.Add(DicomTag.StudyInstanceUID, "1.02");
        }

        Assert.Throws<DicomValidationException>(() => clone.Add(DicomTag.SeriesInstanceUID, "1.02"));
    }

    [Fact]
    public void CopyingAnAbsentTagIsNothing()
    {
        DicomDataset source = new() { { DicomTag.PatientID, "1" } }, target = [];

        Assert.Same(source, source.CopyTo(target, DicomTag.PatientID, DicomTag.PatientName));

        Assert.Equal([DicomTag.PatientID], target.Select(item => item.Tag));
    }

    [Fact]
    public void ItemsComeInTheOrderOfTheirTags()
    {
        var dataset = new DicomDataset { { DicomTag.Rows, (ushort)1 }, { DicomTag.PatientID, "1" }, { DicomTag.SOPInstanceUID, "1.2" } };

        Assert.Equal([DicomTag.SOPInstanceUID, DicomTag.PatientID, DicomTag.Rows], dataset.Select(item => item.Tag));
    }

    [Fact]
    public void ClonesHaveTheirOwnSequences()
    {
        var dataset = new DicomDataset(new DicomSequence(DicomTag.ReferencedImageSequence, new DicomDataset { { DicomTag.ReferencedSOPInstanceUID, "1.2" } }));

        DicomDataset clone = dataset.Clone();
        Assert.True(clone == dataset);
        clone.GetSequence(DicomTag.ReferencedImageSequence).Items[0].AddOrUpdate(DicomTag.ReferencedSOPInstanceUID, "1.3");

        Assert.False(clone == dataset);
        Assert.Equal("1.2", dataset.GetSequence(DicomTag.ReferencedImageSequence).Items[0].GetString(DicomTag.ReferencedSOPInstanceUID));
    }

    [Theory]
    [InlineData("20240101-", 2024, 9999)]
    [InlineData("-20241231", 1, 2024)]
    [InlineData("20230101-20241231", 2023, 2024)]
    public void DateRangesSurvive(string text, int firstYear, int lastYear)
    {
        var dataset = new DicomDataset { { DicomTag.StudyDate, text } };

        DicomDateRange range = dataset.GetSingleValue<DicomDateRange>(DicomTag.StudyDate);

        Assert.Equal((firstYear, lastYear), (range.Minimum.Year, range.Maximum.Year));
        Assert.Equal(text, new DicomDataset().Add(DicomTag.StudyDate, range).GetString(DicomTag.StudyDate));
    }

    [Fact]
    public void DatesAndTimesKeepFractionsOfASecond()
    {
        var dataset = new DicomDataset { { DicomTag.StudyDate, "20240229" }, { DicomTag.StudyTime, "235958.123456" } };

        DateTime moment = dataset.GetDateTime(DicomTag.StudyDate, DicomTag.StudyTime);

        Assert.Equal(new DateTime(2024, 2, 29, 23, 59, 58).AddTicks(1234560), moment);
        Assert.Equal("20240229", new DicomDataset().Add(DicomTag.StudyDate, moment).GetString(DicomTag.StudyDate));
        Assert.Equal("235958.123456", new DicomDataset().Add(DicomTag.StudyTime, moment).GetString(DicomTag.StudyTime));
    }

    [Fact]
    public void FunctionalGroupsOfAFrameAreTheSharedAndItsOwn()
    {
        DicomDataset Measures(string spacing) => new(new DicomSequence(DicomTag.PixelMeasuresSequence, new DicomDataset { { DicomTag.PixelSpacing, spacing, spacing } }));
        DicomDataset Position(string z) => new(new DicomSequence(DicomTag.PlanePositionSequence, new DicomDataset { { DicomTag.ImagePositionPatient, "0", "0", z } }));
        var dataset = new DicomDataset(
            new DicomSequence(DicomTag.SharedFunctionalGroupsSequence, Measures("0.5")),
            new DicomSequence(DicomTag.PerFrameFunctionalGroupsSequence, Position("1"), Position("2")));

        DicomDataset second = dataset.FunctionalGroupValues(1);

        Assert.Equal([0.5, 0.5], second.GetValues<double>(DicomTag.PixelSpacing));
        Assert.Equal(2.0, second.GetValue<double>(DicomTag.ImagePositionPatient, 2));
    }
}
