using FellowOakDicom;
using Inpaint.Medical.Dicom.Codecs;
using Xunit;

namespace Inpaint.Medical.Dicom.Tests.Codecs;

/// <summary>Every frame of the real files against DCMTK's or GDCM's decoding of the same file.</summary>
public class RealPixelTests
{
    // One DCMTK's and GDCM's own decoders refuse too: the codestream lacks its end.
    private static readonly string[] RefusedByUs = ["pydicomdata-emri_small_jpeg_2k_lossless_too_short.dcm"];

    public static TheoryData<string, string> Syntaxes => new()
    {
        { "1.2.840.10008.1.2.4.51", "dcmdjpeg" },
        { "1.2.840.10008.1.2.4.70", "dcmdjpeg" },
        { "1.2.840.10008.1.2.4.80", "dcmdjpls" },
        { "1.2.840.10008.1.2.4.81", "dcmdjpls" },
        { "1.2.840.10008.1.2.4.90", "gdcmconv --raw" },
        { "1.2.840.10008.1.2.4.91", "gdcmconv --raw" },
        { "1.2.840.10008.1.2.5", "dcmdrle" },
        { "1.2.840.10008.1.2.2", "dcmconv +te" },
        { "1.2.840.10008.1.2.1.99", "dcmconv +te" },
    };

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void EveryFrameEqualsThePeersDecoding(string transferSyntaxUid, string peer)
    {
        string[] command = peer.Split(' ');
        var differences = new List<string>();
        int compared = 0;
        using var folder = new TempFolder();
        foreach ((string path, DicomDataset dataset) in FilesOf(transferSyntaxUid))
        {
            string decoded = folder.File("decoded.dcm");
            PeerTool.Run(command[0], [.. command[1..], path, decoded]);
            DicomDataset reference = DicomFile.Open(decoded).Dataset;
            for (int frame = 0; frame < FrameDecoder.FrameCount(dataset); frame++, compared++)
            {
                if (!FrameDecoder.Decode(dataset, frame).AsSpan().SequenceEqual(FrameDecoder.Decode(reference, frame)))
                {
                    differences.Add($"{Path.GetFileName(path)} frame {frame}");
                }
            }
        }

        Assert.True(compared > 0, "no file of this syntax");
        Assert.Empty(differences);
    }

    [Fact]
    public void WhatIsNotDecodedIsRefusedByTypedError()
    {
        var refused = new List<string>();
        foreach (string path in RealDicom.Files())
        {
            DicomDataset? dataset = TryOpen(path);
            if (dataset?.Contains(DicomTag.PixelData) != true)
            {
                continue;
            }

            try
            {
                FrameDecoder.Decode(dataset, 0);
            }
            catch (FrameDecodingException e)
            {
                refused.Add($"{Path.GetFileName(path)}: {e.Fault}");
            }
        }

        string[] expected =
        [
            "pydicom-MR_truncated.dcm: Truncated", "pydicom-liver_1frame.dcm: Unsupported", "pydicom-meta_missing_tsyntax.dcm: HeaderIncomplete",
            "pydicom-nested_priv_SQ.dcm: HeaderIncomplete",
        ];
        Assert.Equal(expected, refused);
    }

    [Fact]
    public void OneImageInSixSyntaxesGivesTheSameSamples()
    {
        string[] names = ["bigendian", "deflated", "jpeg2000losslessonly", "jpeglslossless", "process14sv1", "rlelossless"];

        byte[][] frames = [.. names.Select(name => FrameDecoder.Decode(DicomFile.Open(RealDicom.File($"ctimage-{name}.dcm")).Dataset, 0))];

        Assert.All(frames, frame => Assert.Equal(frames[0], frame));
    }

    [Theory]
    [InlineData("siemens-multi-fragment-jpeg-sv1.dcm")]
    [InlineData("siemens-multi-fragment-jpeg2000.dcm")]
    public void OneFrameOverManyFragmentsIsJoined(string name)
    {
        DicomDataset dataset = DicomFile.Open(RealDicom.File(name)).Dataset;

        Assert.True(dataset.GetDicomItem<DicomFragmentSequence>(DicomTag.PixelData).Fragments.Count > 1);
        Assert.Equal(128 * 128 * 2, FrameDecoder.Decode(dataset, 0).Length);
    }

    private static IEnumerable<(string Path, DicomDataset Dataset)> FilesOf(string transferSyntaxUid)
    {
        foreach (string path in RealDicom.Files().Where(path => !RefusedByUs.Contains(Path.GetFileName(path))))
        {
            DicomDataset? dataset = TryOpen(path);
            if (dataset?.InternalTransferSyntax.UID.UID == transferSyntaxUid && dataset.Contains(DicomTag.PixelData))
            {
                yield return (path, dataset);
            }
        }
    }

    private static DicomDataset? TryOpen(string path)
    {
        try
        {
            return DicomFile.Open(path).Dataset;
        }
        catch (DicomFileException)
        {
            return null;
        }
    }
}
