using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.Imaging.Codec;

/// <summary>Changes the transfer syntax of files and data sets.</summary>
public interface IDicomTranscoder
{
    DicomTransferSyntax InputSyntax { get; }

    DicomCodecParams InputCodecParams { get; }

    DicomTransferSyntax OutputSyntax { get; }

    DicomCodecParams OutputCodecParams { get; }

    DicomFile Transcode(DicomFile file);

    DicomDataset Transcode(DicomDataset dataset);

    /// <summary>One frame, uncompressed.</summary>
    IByteBuffer DecodeFrame(DicomDataset dataset, int frame);
}
