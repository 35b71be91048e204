using System.Text.Json;
using FellowOakDicom;
using FellowOakDicom.IO.Buffer;
using FellowOakDicom.Serialization;
using FsCheck.Xunit;
using Xunit;

namespace Inpaint.Medical.FellowOakDicom.Tests.Serialization;

public class DicomJsonTests
{
    [Fact]
    public void TheModelIsWrittenAsTheStandardShowsIt()
    {
        DicomDataset dataset = new DicomDataset().NotValidated();
        dataset.Add(DicomTag.PatientName, "Wang^XiaoDong=王^小東").Add(DicomTag.Rows, (ushort)512).Add(DicomTag.PixelSpacing, "0.50", "0.5")
            .Add(DicomTag.ImageType, "ORIGINAL", "", "AXIAL").Add(DicomTag.StudyDate, "").Add(DicomTag.FrameIncrementPointer, DicomTag.FrameTime)
            .Add(DicomVR.OB, DicomTag.EncapsulatedDocument, new byte[] { 1, 2 }).Add(new DicomSequence(DicomTag.ReferencedImageSequence, new DicomDataset()))
            .Add(new DicomUnsignedLong(new DicomTag(0x0008, 0), 12));

        string json = DicomJson.ConvertDicomToJson(dataset);

        Assert.Equal(
            """
            {"00080008":{"vr":"CS","Value":["ORIGINAL",null,"AXIAL"]},"00080020":{"vr":"DA"},"00081140":{"vr":"SQ","Value":[{}]},
            "00100010":{"vr":"PN","Value":[{"Alphabetic":"Wang^XiaoDong","Ideographic":"王^小東"}]},"00280009":{"vr":"AT","Value":["00181063"]},
            "00280010":{"vr":"US","Value":[512]},"00280030":{"vr":"DS","Value":[0.50,0.5]},"00420011":{"vr":"OB","InlineBinary":"AQI="}}
            """.ReplaceLineEndings(""),
            json);
    }

    [Fact]
    public void KeywordsAndTextsForNumbersAreAChoice()
    {
        var dataset = new DicomDataset { { DicomTag.PixelSpacing, "0.50", "0.5" } };

        Assert.Equal(
            """{"PixelSpacing":{"vr":"DS","Value":["0.50","0.5"]}}""",
            DicomJson.ConvertDicomToJson(dataset, writeTagsAsKeywords: true, numberSerializationMode: NumberSerializationMode.AsString));
    }

    [Fact]
    public void ATextThatIsNoNumberIsAnErrorUnlessTextIsAllowed()
    {
        DicomDataset dataset = new DicomDataset().NotValidated();
        dataset.Add(DicomTag.SliceThickness, "thick");

        Assert.Throws<FormatException>(() => DicomJson.ConvertDicomToJson(dataset));
        Assert.Contains("\"thick\"", DicomJson.ConvertDicomToJson(dataset, numberSerializationMode: NumberSerializationMode.PreferablyAsNumber), StringComparison.Ordinal);
    }

    [Property(MaxTest = 100)]
    public bool WhatIsWrittenIsReadBackEqual(int seed)
    {
        DicomDataset dataset = SomeDataset.Random(seed, DicomTransferSyntax.ExplicitVRLittleEndian);

        DicomDataset read = DicomJson.ConvertJsonToDicom(DicomJson.ConvertDicomToJson(dataset));

        return read == dataset;
    }

    [Fact]
    public void ManyDatasetsAreAnArray()
    {
        DicomDataset[] datasets = [SomeDataset.Minimal(), []];

        DicomDataset[] read = DicomJson.ConvertJsonToDicomArray(DicomJson.ConvertDicomToJson(datasets));

        Assert.Equal(2, read.Length);
        Assert.True(read[0] == datasets[0] && read[1] == datasets[1]);
    }

    [Fact]
    public void BulkDataStaysWhereItIs()
    {
        const string Json = """{"7FE00010":{"vr":"OW","BulkDataURI":"https://example.org/1"}}""";

        DicomDataset dataset = DicomJson.ConvertJsonToDicom(Json);

        var buffer = Assert.IsAssignableFrom<IBulkDataUriByteBuffer>(dataset.GetDicomItem<DicomElement>(DicomTag.PixelData).Buffer);
        Assert.Equal("https://example.org/1", buffer.BulkDataUri);
        Assert.Equal(Json, DicomJson.ConvertDicomToJson(dataset));
    }

    [Fact]
    public void EncapsulatedPixelDataHasNoPlaceInTheModel()
    {
        var dataset = new DicomDataset(new DicomOtherByteFragment(DicomTag.PixelData));

        Assert.Throws<JsonException>(() => DicomJson.ConvertDicomToJson(dataset));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"0010":{"vr":"PN"}}""")]
    [InlineData("""{"00100010":{"vr":"XX"}}""")]
    [InlineData("""{"00280010":{"vr":"US","Value":["many"]}}""")]
    [InlineData("""{"00280010":""")]
    public void OtherJsonIsRefused(string json) => Assert.ThrowsAny<JsonException>(() => DicomJson.ConvertJsonToDicom(json));
}
