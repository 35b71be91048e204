using FellowOakDicom;
using FellowOakDicom.IO.Reader;
using Xunit;
using static Inpaint.Medical.FellowOakDicom.Tests.ByteBuilder;

namespace Inpaint.Medical.FellowOakDicom.Tests.Reading;

/// <summary>Encodings of PS3.5 §7 and the deviations that real writers make, byte by byte.</summary>
public class EncodingTests
{
    private const uint Undefined = 0xFFFFFFFF;
    private const uint Sequence = 0x00081140;
    private static readonly DicomTransferSyntax Explicit = DicomTransferSyntax.ExplicitVRLittleEndian;
    private static readonly DicomTransferSyntax Implicit = DicomTransferSyntax.ImplicitVRLittleEndian;

    [Fact]
    public void SequencesOfDefinedAndUndefinedLengthAreTheSame()
    {
        DicomDataset undefined = new ByteBuilder().Start(Explicit).ExplicitLong(Sequence, "SQ", Undefined)
            .Item().Explicit(0x00081155, "UI", Text("1.2.")).ItemEnd().SequenceEnd().Explicit(0x00100020, "LO", Text("id")).Open().Dataset;
        DicomDataset defined = new ByteBuilder().Start(Explicit).ExplicitLong(Sequence, "SQ", 20)
            .Item(12).Explicit(0x00081155, "UI", Text("1.2.")).Explicit(0x00100020, "LO", Text("id")).Open().Dataset;

        Assert.True(undefined == defined);
        Assert.Equal("id", defined.GetString(DicomTag.PatientID));
        Assert.Single(defined.GetSequence(DicomTag.ReferencedImageSequence).Items);
    }

    [Fact]
    public void UnknownOfUndefinedLengthIsASequenceInImplicitVr()
    {
        DicomDataset dataset = new ByteBuilder().Start(Explicit).ExplicitLong(0x00091010, "UN", Undefined)
            .Item().Implicit(0x00081155, Text("1.2.")).Implicit(0x00280010, [0, 2]).ItemEnd().SequenceEnd().Explicit(0x00100020, "LO", Text("id")).Open().Dataset;

        DicomDataset item = dataset.GetSequence(new DicomTag(0x0009, 0x1010)).Items[0];
        Assert.Equal(512, item.GetSingleValue<ushort>(DicomTag.Rows));
        Assert.Equal("id", dataset.GetString(DicomTag.PatientID));
    }

    [Fact]
    public void AStandardAttributeStoredAsUnknownIsReadByTheDictionary()
    {
        DicomDataset dataset = new ByteBuilder().Start(Explicit).ExplicitLong(0x00280030, "UN", 8).Raw(Text("0.5\\0.25")).Open().Dataset;

        Assert.Equal([0.5, 0.25], dataset.GetValues<double>(DicomTag.PixelSpacing));
    }

    [Theory]
    [InlineData(0, "US")]
    [InlineData(1, "SS")]
    public void InImplicitVrTheSignOfPixelsDecidesBetweenTwoRepresentations(byte representation, string vr)
    {
        DicomDataset dataset = new ByteBuilder().Start(Implicit).Implicit(0x00280103, [representation, 0]).Implicit(0x00280120, [0xFF, 0xFF])
            .Implicit(0x7FE00010, [1, 2]).Open().Dataset;

        Assert.Equal(vr, dataset.GetDicomItem<DicomElement>(DicomTag.PixelPaddingValue).ValueRepresentation.Code);
        Assert.Equal("OW", dataset.GetDicomItem<DicomElement>(DicomTag.PixelData).ValueRepresentation.Code);
    }

    [Fact]
    public void PrivateElementsGetTheCreatorOfTheirBlock()
    {
        DicomDataset dataset = new ByteBuilder().Start(Explicit).Explicit(0x00090010, "LO", Text("FIRST ")).Explicit(0x00090011, "LO", Text("SECOND"))
            .Explicit(0x00091001, "LO", Text("a ")).Explicit(0x00091101, "LO", Text("b ")).Open().Dataset;

        Assert.Equal("a", dataset.GetString(new DicomTag(0x0009, 0x0001, "FIRST")));
        Assert.Equal("b", dataset.GetString(new DicomTag(0x0009, 0x0001, "SECOND")));
    }

    [Fact]
    public void EncapsulatedPixelDataHasAnOffsetTableAndFragments()
    {
        DicomDataset dataset = new ByteBuilder().Start(DicomTransferSyntax.RLELossless).ExplicitLong(0x7FE00010, "OB", Undefined)
            .Item(4).Raw(0, 0, 0, 0).Item(2).Raw(1, 2).Item(4).Raw(3, 4, 5, 6).SequenceEnd().Open().Dataset;

        var fragments = dataset.GetDicomItem<DicomOtherByteFragment>(DicomTag.PixelData);
        Assert.Equal([0u], fragments.OffsetTable);
        Assert.Equal([2L, 4L], fragments.Fragments.Select(fragment => fragment.Size));
    }

    [Fact]
    public void LettersThatAreNoRepresentationAreToleratedAsDcmtkDoes()
    {
        DicomDataset dataset = new ByteBuilder().Start(Explicit).Explicit(0x00100010, "??", Text("Doe^Jane")).Tag(0x00100021).Raw(Text("ZZ")).Raw(0, 0)
            .Length(2).Raw(Text("xy")).Implicit(0x00100030, Text("20240101")).Explicit(0x00100040, "CS", Text("F ")).Open().Dataset;

        Assert.Equal("Doe^Jane", dataset.GetString(DicomTag.PatientName));
        Assert.Equal("xy", dataset.GetString(DicomTag.IssuerOfPatientID));
        Assert.Equal("20240101", dataset.GetString(DicomTag.PatientBirthDate));
        Assert.Equal("F", dataset.GetString(DicomTag.PatientSex));
    }

    [Fact]
    public void ZerosAfterTheLastElementAreNoElement()
    {
        DicomFile file = new ByteBuilder().Start(Explicit).Explicit(0x00100020, "LO", Text("id")).Raw(0, 0, 0).Open();

        Assert.False(file.IsPartial);
    }

    [Fact]
    public void AStrayDelimiterIsPassedOver()
    {
        DicomFile file = new ByteBuilder().Start(Explicit).Explicit(0x00100020, "LO", Text("id")).ItemEnd().Explicit(0x00100040, "CS", Text("F ")).Open();

        Assert.False(file.IsPartial);
        Assert.Equal("F", file.Dataset.GetString(DicomTag.PatientSex));
    }

    [Fact]
    public void MetaInformationInImplicitVrOrWithoutPreambleIsRead()
    {
        byte[] syntax = Text("1.2.840.10008.1.2\0");
        DicomFile odd = new ByteBuilder().Preamble().Implicit(0x00020010, syntax).Implicit(0x00100020, Text("id")).Open();
        DicomFile bare = new ByteBuilder().Explicit(0x00020010, "UI", syntax).Implicit(0x00100020, Text("id")).Open();

        Assert.Equal(DicomFileFormat.DICOM3, odd.Format);
        Assert.Equal("id", odd.Dataset.GetString(DicomTag.PatientID));
        Assert.Equal(DicomFileFormat.DICOM3NoPreamble, bare.Format);
        Assert.Equal("id", bare.Dataset.GetString(DicomTag.PatientID));
    }

    [Fact]
    public void AnAcrNemaFileIsReadAndNotSaved()
    {
        DicomFile file = new ByteBuilder().Implicit(0x00080010, Text("ACR-NEMA 2.0")).Implicit(0x00100020, Text("id")).Open();

        Assert.Equal(DicomFileFormat.ACRNEMA2, file.Format);
        Assert.Throws<DicomFileException>(() => file.Save(new MemoryStream()));
    }

    [Fact]
    public void AValueBeyondItsItemNamesThePlace()
    {
        ByteBuilder bytes = new ByteBuilder().Start(Explicit).ExplicitLong(Sequence, "SQ", 20).Item(12).Explicit(0x00081155, "UI", Text("1.2.840."))
            .Explicit(0x00100020, "LO", Text("identity"));

        var cause = Assert.IsType<DicomReaderException>(Assert.Throws<DicomFileException>(bytes.Open).InnerException);

        Assert.Matches(@"^At byte [0-9]+, \(0008,1140\) > \(0008,1155\): a value of 8 bytes ends beyond the item that holds it, at byte [0-9]+[.]$", cause.Message);
    }

    [Fact]
    public void BigEndianNumbersAreTurned()
    {
        DicomDataset dataset = SomeDataset.Minimal(DicomTransferSyntax.ExplicitVRBigEndian);
        dataset.Add(DicomTag.Rows, (ushort)0x0102).Add(DicomVR.OW, DicomTag.PixelData, new ushort[] { 0x0304 }).Add(DicomTag.FrameIncrementPointer, DicomTag.FrameTime);
        using var stream = new MemoryStream();
        new DicomFile(dataset).Save(stream);

        Assert.Contains("28001000555300020102", Convert.ToHexString(stream.ToArray()).Replace("00280010", "28001000", StringComparison.Ordinal), StringComparison.Ordinal);
        DicomDataset read = DicomFile.Open(new MemoryStream(stream.ToArray())).Dataset;
        Assert.Equal([0x0304], read.GetValues<ushort>(DicomTag.PixelData));
        Assert.Equal(DicomTag.FrameTime, read.GetSingleValue<DicomTag>(DicomTag.FrameIncrementPointer));
    }
}
