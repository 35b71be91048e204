using FellowOakDicom;
using FellowOakDicom.IO.Writer;
using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.FellowOakDicom.Tests.Reading;

public class RealFileTests
{
    [Fact]
    public void ReadWriteReadIsTheIdentityForEveryFile()
    {
        var differences = new List<string>();
        foreach (string path in RealData.FilesUnder("dicom"))
        {
            if (TryOpen(path) is not { } first || (first.Format == DicomFileFormat.DICOM3NoFileMetaInfo && !first.Dataset.Contains(DicomTag.SOPClassUID)))
            {
                continue;
            }

            // Wrong group lengths, which some files have, are put right.
            first.Dataset.RemoveGroupLengths();
            byte[] written = Write(first);
            DicomFile second = DicomFile.Open(new MemoryStream(written));
            byte[] again = Write(second);
            if (!second.Dataset.Equals(first.Dataset) || !written.AsSpan().SequenceEqual(again))
            {
                differences.Add(Path.GetRelativePath(RealData.Root!, path));
            }
        }

        Assert.Empty(differences);
    }

    [Theory]
    [InlineData("pydicom-no_meta.dcm")]
    public void FilesThatAreDamagedOnPurposeAreRefused(string name)
    {
        string path = RealData.PathOf("dicom", "files", name);

        Assert.Throws<DicomFileException>(() => DicomFile.Open(path));
    }

    [Theory]
    [InlineData("pydicom-MR_truncated.dcm")]
    [InlineData("pydicom-rtplan_truncated.dcm")]
    [InlineData("pydicomdata-emri_small_jpeg_2k_lossless_too_short.dcm")]
    public void FilesThatAreCutOffAreReadInPart(string name) =>
        Assert.True(DicomFile.Open(RealData.PathOf("dicom", "files", name)).IsPartial);

    [Theory]
    [InlineData("pydicom-ExplVR_LitEndNoMeta.dcm")]
    [InlineData("pydicom-ExplVR_BigEndNoMeta.dcm")]
    [InlineData("pydicom-rtstruct.dcm")]
    public void FilesWithoutMetaInformationAreRead(string name)
    {
        DicomFile file = DicomFile.Open(RealData.PathOf("dicom", "files", name));

        Assert.Equal(DicomFileFormat.DICOM3NoFileMetaInfo, file.Format);
        Assert.NotEmpty(file.Dataset.GetString(DicomTag.SOPInstanceUID));
    }

    private static DicomFile? TryOpen(string path)
    {
        try
        {
            return DicomFile.Open(path);
        }
        catch (DicomFileException)
        {
            return null;
        }
    }

    private static byte[] Write(DicomFile file)
    {
        using var stream = new MemoryStream();
        file.Save(stream);
        return stream.ToArray();
    }
}
