using FellowOakDicom;
using FellowOakDicom.IO.Writer;
using FsCheck.Xunit;
using Xunit;

namespace Inpaint.Medical.FellowOakDicom.Tests.Writing;

public class RoundTripTests
{
    private static readonly DicomTransferSyntax[] Syntaxes =
    [
        DicomTransferSyntax.ExplicitVRLittleEndian, DicomTransferSyntax.ExplicitVRBigEndian, DicomTransferSyntax.DeflatedExplicitVRLittleEndian,
    ];

    [Property(MaxTest = 100)]
    public bool WhatIsWrittenWithExplicitVrIsReadBackEqual(int seed, bool sequenceLengths, bool itemLengths)
    {
        DicomDataset dataset = SomeDataset.Random(seed, Syntaxes[(uint)seed % Syntaxes.Length]);
        var options = new DicomWriteOptions { ExplicitLengthSequences = sequenceLengths, ExplicitLengthSequenceItems = itemLengths };

        DicomFile read = DicomFile.Open(new MemoryStream(Write(new DicomFile(dataset), options)));

        return !read.IsPartial && read.Dataset == dataset && read.Dataset.InternalTransferSyntax == dataset.InternalTransferSyntax;
    }

    [Property(MaxTest = 100)]
    public bool WritingWhatWasReadGivesTheSameBytes(int seed)
    {
        DicomDataset dataset = SomeDataset.Random(seed, seed % 2 == 0 ? DicomTransferSyntax.ImplicitVRLittleEndian : Syntaxes[(uint)seed % Syntaxes.Length]);
        byte[] first = Write(new DicomFile(dataset));

        byte[] second = Write(DicomFile.Open(new MemoryStream(first)));

        return first.AsSpan().SequenceEqual(second);
    }

    [Property(MaxTest = 100)]
    public bool FilesAndForwardOnlyStreamsGiveWhatMemoryGives(int seed)
    {
        byte[] bytes = Write(new DicomFile(SomeDataset.Random(seed, Syntaxes[(uint)seed % Syntaxes.Length])));

        DicomDataset fromMemory = DicomFile.Open(new MemoryStream(bytes)).Dataset;
        DicomDataset fromForwardOnly = DicomFile.Open(new ForwardOnlyStream(bytes)).Dataset;

        return fromMemory == fromForwardOnly;
    }

    [Fact]
    public void GroupLengthsAreLeftOutUnlessTheyAreToBeKept()
    {
        DicomDataset dataset = SomeDataset.Minimal();
        dataset.RecalculateGroupLengths();

        DicomDataset without = DicomFile.Open(new MemoryStream(Write(new DicomFile(dataset)))).Dataset;
        DicomDataset with = DicomFile.Open(new MemoryStream(Write(new DicomFile(dataset), new DicomWriteOptions { KeepGroupLengths = true }))).Dataset;

        Assert.False(without.Contains(new DicomTag(0x0008, 0)));
        Assert.Equal(50u, with.GetSingleValue<uint>(new DicomTag(0x0008, 0)));
    }

    [Fact]
    public void SavingOverTheFileThatWasOpenedLosesNothing()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.dcm");
        try
        {
            DicomDataset dataset = SomeDataset.Minimal();
            byte[] document = new byte[200_000];
            new Random(1).NextBytes(document);
            dataset.Add(DicomVR.OB, DicomTag.EncapsulatedDocument, document);
            new DicomFile(dataset).Save(path);

            DicomFile file = DicomFile.Open(path);
            Assert.False(file.Dataset.GetDicomItem<DicomElement>(DicomTag.EncapsulatedDocument).Buffer.IsMemory);
            file.Dataset.AddOrUpdate(DicomTag.PatientName, "Other^Name");
            file.Save(path);

            DicomDataset read = DicomFile.Open(path).Dataset;
            Assert.Equal(document, read.GetValues<byte>(DicomTag.EncapsulatedDocument));
            Assert.Equal(document, file.Dataset.GetValues<byte>(DicomTag.EncapsulatedDocument));
            Assert.Equal("Other^Name", read.GetString(DicomTag.PatientName));
            Assert.Single(Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(path) + "*"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void ATextTooLongForItsLengthFieldIsWrittenAsUnknownAndReadBack()
    {
        DicomDataset dataset = SomeDataset.Minimal().NotValidated();
        string text = string.Join('\\', Enumerable.Repeat("1234567.5", 8000));
        dataset.Add(DicomTag.GridFrameOffsetVector, text);

        DicomDataset read = DicomFile.Open(new MemoryStream(Write(new DicomFile(dataset)))).Dataset;

        Assert.Equal(8000, read.GetValueCount(DicomTag.GridFrameOffsetVector));
        Assert.Equal(1234567.5, read.GetValue<double>(DicomTag.GridFrameOffsetVector, 7999));
    }

    private static byte[] Write(DicomFile file, DicomWriteOptions? options = null)
    {
        using var stream = new MemoryStream();
        file.Save(stream, options);
        return stream.ToArray();
    }

    /// <summary>A stream that cannot seek, as from a socket, and gives few bytes at a time.</summary>
    private sealed class ForwardOnlyStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 7)]);
    }
}
