using FellowOakDicom;
using FellowOakDicom.IO;
using FellowOakDicom.IO.Buffer;
using Xunit;

namespace Inpaint.Medical.FellowOakDicom.Tests.Reading;

/// <summary>What fo-dicom's files do, observed on the package; both implementations must pass.</summary>
public sealed class FileContractTests : IDisposable
{
    private const int LargeSize = 100_000;
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.dcm");

    public FileContractTests()
    {
        DicomDataset dataset = SomeDataset.Minimal();
        dataset.Add(DicomVR.OB, DicomTag.EncapsulatedDocument, new byte[LargeSize]);
        new DicomFile(dataset).Save(_path);
    }

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void LargeValuesStayInTheFileUntilTheyAreAskedFor()
    {
        IByteBuffer BufferOf(DicomFile file) => file.Dataset.GetDicomItem<DicomElement>(DicomTag.EncapsulatedDocument).Buffer;
        using FileStream stream = File.OpenRead(_path);

        Assert.IsType<FileByteBuffer>(BufferOf(DicomFile.Open(_path)));
        Assert.IsType<FileByteBuffer>(BufferOf(DicomFile.Open(_path, FileReadOption.ReadLargeOnDemand)));
        Assert.IsType<StreamByteBuffer>(BufferOf(DicomFile.Open(stream)));
        Assert.IsType<MemoryByteBuffer>(BufferOf(DicomFile.Open(_path, FileReadOption.ReadAll)));
        Assert.IsType<MemoryByteBuffer>(BufferOf(DicomFile.Open(_path, largeObjectSize: LargeSize + 1)));
        Assert.False(DicomFile.Open(_path, FileReadOption.SkipLargeTags).Dataset.Contains(DicomTag.EncapsulatedDocument));
        Assert.Equal(LargeSize, BufferOf(DicomFile.Open(_path)).Data.Length);
    }

    [Fact]
    public void AClosedStreamCannotGiveWhatWasLeftInIt()
    {
        FileStream stream = File.OpenRead(_path);
        DicomFile file = DicomFile.Open(stream);
        stream.Dispose();

        Assert.Throws<DicomIoException>(() => file.Dataset.GetValues<byte>(DicomTag.EncapsulatedDocument));
    }

    [Fact]
    public void ACallbackStopsReading()
    {
        DicomFile file = DicomFile.Open(_path, DicomEncoding.Default, state => state.Tag.CompareTo(DicomTag.PatientName) >= 0);

        Assert.True(file.IsPartial);
        Assert.True(file.Dataset.Contains(DicomTag.SOPInstanceUID));
        Assert.False(file.Dataset.Contains(DicomTag.PatientName));
    }

    [Fact]
    public void ACutOffFileIsPartial()
    {
        byte[] bytes = File.ReadAllBytes(_path);

        DicomFile file = DicomFile.Open(new MemoryStream(bytes[..^10]));

        Assert.True(file.IsPartial);
        Assert.False(file.Dataset.Contains(DicomTag.EncapsulatedDocument));
        Assert.True(file.Dataset.Contains(DicomTag.PatientName));
    }

    [Fact]
    public void AMissingFileIsAFileError()
    {
        DicomFileException error = Assert.Throws<DicomFileException>(() => DicomFile.Open(_path + ".no"));

        Assert.IsType<FileNotFoundException>(error.InnerException);
    }

    [Fact]
    public void ANewFileNeedsItsIdentity() => Assert.Throws<DicomDataException>(() => new DicomFile(new DicomDataset()));

    [Fact]
    public void TheMetaInformationHoldsGroup2Only() =>
        Assert.Throws<DicomDataException>(() => new DicomFileMetaInformation().Add(DicomTag.PatientID, "1"));

    [Fact]
    public void SavingNamesThisImplementation()
    {
        DicomFile file = DicomFile.Open(_path);
        file.FileMetaInfo.ImplementationVersionName = "OTHER";
        using var stream = new MemoryStream();

        file.Save(stream);

        DicomFileMetaInformation meta = DicomFile.Open(new MemoryStream(stream.ToArray())).FileMetaInfo;
        Assert.Equal(DicomImplementation.Version, meta.ImplementationVersionName);
        Assert.Equal(DicomImplementation.ClassUID, meta.ImplementationClassUID);
        Assert.Equal([0, 1], meta.Version);
        Assert.Equal(DicomTransferSyntax.ExplicitVRLittleEndian, meta.TransferSyntax);
        Assert.Equal("1.2.3.4", meta.MediaStorageSOPInstanceUID.UID);
    }

    [Fact]
    public void OnlyThePrefixTellsAValidHeader()
    {
        Assert.True(DicomFile.HasValidHeader(_path));
        File.WriteAllBytes(_path, new byte[200]);
        Assert.False(DicomFile.HasValidHeader(_path));
        Assert.False(DicomFile.HasValidHeader(_path + ".no"));
    }

    [Fact]
    public void OddBytesAreWrittenAsTheyAreAndTextIsPadded()
    {
        DicomDataset dataset = SomeDataset.Minimal();
        dataset.Add(DicomVR.OB, DicomTag.EncapsulatedDocument, new byte[3]).AddOrUpdate(DicomTag.PatientName, "odd");
        using var stream = new MemoryStream();
        new DicomFile(dataset).Save(stream);

        DicomDataset read = DicomFile.Open(new MemoryStream(stream.ToArray())).Dataset;

        Assert.Equal(3, read.GetValues<byte>(DicomTag.EncapsulatedDocument).Length);
        Assert.Equal("odd "u8.ToArray(), read.GetValues<byte>(DicomTag.PatientName));
        Assert.Equal(4, EvenLengthBuffer.Create(new MemoryByteBuffer(new byte[3])).Size);
    }

    [Fact]
    public void AnUnknownTransferSyntaxIsOpenedAndCalledUnknown()
    {
        DicomDataset dataset = SomeDataset.Minimal(DicomTransferSyntax.Lookup(new DicomUID("1.2.3.4.5", "Own", DicomUidType.TransferSyntax)));
        using var stream = new MemoryStream();
        new DicomFile(dataset).Save(stream);

        DicomFile file = DicomFile.Open(new MemoryStream(stream.ToArray()));

        Assert.Equal("Unknown", file.Dataset.InternalTransferSyntax.ToString());
        Assert.DoesNotContain(file.Dataset.InternalTransferSyntax, DicomTransferSyntax.KnownEntries);
        Assert.Equal("Doe^Jane", file.Dataset.GetString(DicomTag.PatientName));
    }
}
