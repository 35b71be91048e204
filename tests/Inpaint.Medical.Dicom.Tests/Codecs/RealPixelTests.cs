using FellowOakDicom;
using Inpaint.Medical.Dicom.Codecs;
using Xunit;

namespace Inpaint.Medical.Dicom.Tests.Codecs;

/// <summary>Every frame of the real files against DCMTK's or GDCM's decoding of the same file.</summary>
public class RealPixelTests
{
    // What no decoder takes: one codestream lacks its end, the other has bytes put into its header.
    private static readonly string[] RefusedByAll =
    [
        "pydicomdata-emri_small_jpeg_2k_lossless_too_short.dcm", "pydicom-JPEG2000-embedded-sequence-delimiter.dcm",
    ];

    private static readonly Lazy<ILookup<string, string>> PathsBySyntax = new(ReadSyntaxes, LazyThreadSafetyMode.PublicationOnly);

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
        using var folder = new TemporaryFolder();
        foreach ((string path, DicomDataset dataset) in FilesOf(transferSyntaxUid))
        {
            string decoded = folder["decoded.dcm"];
            if (Peer.Run(command[0], [.. command[1..], path, decoded]).ExitCode != 0)
            {
                Assert.Equal(0, Peer.Run("gdcmconv", "--raw", path, decoded).ExitCode);  // where DCMTK fails, GDCM may not
            }

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
            "pydicom-JPEG2000-embedded-sequence-delimiter.dcm: Damaged", "pydicom-liver_1frame.dcm: Unsupported", "pydicom-meta_missing_tsyntax.dcm: HeaderIncomplete",
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

    private static IEnumerable<(string Path, DicomDataset Dataset)> FilesOf(string transferSyntaxUid) => PathsBySyntax.Value[transferSyntaxUid]
        .Where(path => !RefusedByAll.Contains(Path.GetFileName(path)))
        .Select(path => (path, DicomFile.Open(path).Dataset));

    private static ILookup<string, string> ReadSyntaxes() => RealDicom.Files()
        .Select(path => (Path: path, Dataset: TryOpen(path)))
        .Where(file => file.Dataset?.Contains(DicomTag.PixelData) == true)
        .ToLookup(file => file.Dataset!.InternalTransferSyntax.UID.UID, file => file.Path);

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
