using FellowOakDicom;
using Inpaint.Medical.Dicom.Codecs;
using Xunit;

namespace Inpaint.Medical.Dicom.Tests.Codecs;

/// <summary>Real images coded anew by DCMTK and GDCM with the options that the real files do not show, against those tools' decoding.</summary>
public class PeerEncodedTests
{
    private const string Mr12Bit = "pydicomdata-emri_small.dcm", Ct16Bit = "ctimage-bigendian.dcm", Gray8Bit = "pydicom-image_dfl.dcm";

    public static TheoryData<string, string> Lossless => new()
    {
        { Ct16Bit, "dcmcjpeg +el +sv 1" },
        { Ct16Bit, "dcmcjpeg +el +sv 2" },
        { Ct16Bit, "dcmcjpeg +el +sv 3" },
        { Ct16Bit, "dcmcjpeg +el +sv 4" },
        { Ct16Bit, "dcmcjpeg +el +sv 5" },
        { Ct16Bit, "dcmcjpeg +el +sv 6" },
        { Ct16Bit, "dcmcjpeg +el +sv 7" },
        { Ct16Bit, "dcmcjpeg +e1" },
        { Mr12Bit, "dcmcjpeg +el +sv 6" },
        { Gray8Bit, "dcmcjpeg +el +sv 4" },
        { Gray8Bit, "dcmcjpls" },
        { Mr12Bit, "dcmcjpls" },
        { Mr12Bit, "dcmcjpls +fs 2" },
        { Ct16Bit, "dcmcjpls +pr" },
        { Gray8Bit, "gdcmconv --j2k" },
        { Mr12Bit, "gdcmconv --j2k" },
        { Ct16Bit, "gdcmconv --jpegls" },
        { Ct16Bit, "dcmcrle" },
        { Gray8Bit, "dcmcrle" },
    };

    public static TheoryData<string, string, string> Lossy => new()
    {
        { Gray8Bit, "dcmcjpeg +eb +q 90", "dcmdjpeg" },
        { Gray8Bit, "dcmcjpeg +eb +q 20", "dcmdjpeg" },
        { Gray8Bit, "dcmcjpeg +ee +q 75", "dcmdjpeg" },
        { Mr12Bit, "dcmcjpeg +ee +bt +q 95", "dcmdjpeg" },
        { Mr12Bit, "dcmcjpeg +ee +bt +q 30", "dcmdjpeg" },
        { Gray8Bit, "dcmcjpls +en +md 3", "dcmdjpls" },
        { Mr12Bit, "dcmcjpls +en +md 5", "dcmdjpls" },
        { Gray8Bit, "gdcmconv --j2k --lossy -r 20", "gdcmconv --raw" },
        { Ct16Bit, "gdcmconv --j2k --lossy -r 10", "gdcmconv --raw" },
    };

    [Theory]
    [MemberData(nameof(Lossless))]
    public void LosslesslyCodedFramesComeBack(string name, string encoder)
    {
        using var folder = new TemporaryFolder();
        DicomDataset original = Plain(name, folder);

        DicomDataset coded = Coded(encoder, folder);

        Assert.True(coded.InternalTransferSyntax.IsEncapsulated);
        for (int frame = 0; frame < FrameDecoder.FrameCount(original); frame++)
        {
            Assert.Equal(FrameDecoder.Decode(original, frame), FrameDecoder.Decode(coded, frame));
        }
    }

    [Theory]
    [MemberData(nameof(Lossy))]
    public void LossyFramesEqualThePeersDecoding(string name, string encoder, string decoder)
    {
        using var folder = new TemporaryFolder();
        Plain(name, folder);
        DicomDataset coded = Coded(encoder, folder);
        Convert(decoder, folder["coded.dcm"], folder["decoded.dcm"]);
        DicomDataset expected = DicomFile.Open(folder["decoded.dcm"]).Dataset;

        Assert.True(coded.InternalTransferSyntax.IsEncapsulated);
        for (int frame = 0; frame < FrameDecoder.FrameCount(coded); frame++)
        {
            Assert.Equal(FrameDecoder.Decode(expected, frame), FrameDecoder.Decode(coded, frame));
        }
    }

    private static DicomDataset Plain(string name, TemporaryFolder folder)
    {
        Convert("dcmconv +te", RealDicom.File(name), folder["plain.dcm"]);
        return DicomFile.Open(folder["plain.dcm"]).Dataset;
    }

    private static DicomDataset Coded(string encoder, TemporaryFolder folder)
    {
        Convert(encoder, folder["plain.dcm"], folder["coded.dcm"]);
        return DicomFile.Open(folder["coded.dcm"]).Dataset;
    }

    private static void Convert(string command, string from, string to)
    {
        string[] words = command.Split(' ');
        Assert.Equal(0, Peer.Run(words[0], [.. words[1..], from, to]).ExitCode);
    }
}
