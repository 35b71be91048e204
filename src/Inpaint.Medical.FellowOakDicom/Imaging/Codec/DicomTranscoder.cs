using System.Globalization;
using FellowOakDicom.IO.Buffer;
using FellowOakDicom.IO.Writer;

namespace FellowOakDicom.Imaging.Codec;

/// <summary>Changes the transfer syntax with the codecs of the registered <see cref="ITranscoderManager"/>.</summary>
public class DicomTranscoder : IDicomTranscoder
{
    public DicomTranscoder(
        DicomTransferSyntax inputSyntax,
        DicomTransferSyntax outputSyntax,
        DicomCodecParams inputCodecParams = null,
        DicomCodecParams outputCodecParams = null)
    {
        InputSyntax = inputSyntax;
        OutputSyntax = outputSyntax;
        InputCodecParams = inputCodecParams;
        OutputCodecParams = outputCodecParams;
    }

    public DicomTransferSyntax InputSyntax { get; }

    public DicomCodecParams InputCodecParams { get; }

    public DicomTransferSyntax OutputSyntax { get; }

    public DicomCodecParams OutputCodecParams { get; }

    public DicomFile Transcode(DicomFile file)
    {
        var result = new DicomFile();
        using var unvalidated = new UnvalidatedScope(result.Dataset);
        result.FileMetaInfo.Add(file.FileMetaInfo);
        result.FileMetaInfo.TransferSyntax = OutputSyntax;
        result.Dataset.InternalTransferSyntax = OutputSyntax;
        result.Dataset.Add(Transcode(file.Dataset));
        return result;
    }

    /// <summary>A copy in the output syntax; without pixel data only the syntax changes.</summary>
    /// <exception cref="DicomCodecException">A codec is missing, or a frame cannot be coded or decoded.</exception>
    public DicomDataset Transcode(DicomDataset dataset)
    {
        DicomDataset source = dataset;
        if (InputSyntax.IsEncapsulated && OutputSyntax.IsEncapsulated && dataset.Contains(DicomTag.PixelData))
        {
            source = Decode(dataset, DicomTransferSyntax.ExplicitVRLittleEndian);
        }

        DicomDataset result = !source.Contains(DicomTag.PixelData) || IsBitPacked(source) ? Relabelled(source, OutputSyntax)
            : OutputSyntax.IsEncapsulated ? Encode(source)
            : InputSyntax.IsEncapsulated ? Decode(source, OutputSyntax)
            : CopyFrames(source);
        result.RecalculateGroupLengths(false);
        return result;
    }

    /// <exception cref="DicomCodecException">There is no codec, or the frame cannot be decoded.</exception>
    public IByteBuffer DecodeFrame(DicomDataset dataset, int frame)
    {
        IByteBuffer stored = DicomPixelData.Create(dataset).GetFrame(frame);
        if (!dataset.InternalTransferSyntax.IsEncapsulated)
        {
            return stored;
        }

        DicomDataset single = dataset.Clone();
        DicomPixelData.Create(single, newPixelData: true).AddFrame(stored);
        return DicomPixelData.Create(Decode(single, OutputSyntax)).GetFrame(0);
    }

    private static IDicomCodec Codec(DicomTransferSyntax syntax) =>
        ((ITranscoderManager)Setup.ServiceProvider.GetService(typeof(ITranscoderManager))).GetCodec(syntax);

    private static DicomDataset Relabelled(DicomDataset dataset, DicomTransferSyntax syntax)
    {
        DicomDataset copy = dataset.Clone();
        copy.InternalTransferSyntax = syntax;
        return copy;
    }

    // Frames of one bit per pixel need not begin at a byte.
    private bool IsBitPacked(DicomDataset dataset) =>
        !InputSyntax.IsEncapsulated && !OutputSyntax.IsEncapsulated && dataset.GetSingleValueOrDefault(DicomTag.BitsAllocated, (ushort)0) == 1;

    private DicomDataset CopyFrames(DicomDataset dataset)
    {
        DicomDataset copy = Relabelled(dataset, OutputSyntax);
        DicomPixelData source = DicomPixelData.Create(dataset);
        DicomPixelData target = DicomPixelData.Create(copy, newPixelData: true);
        for (int frame = 0; frame < source.NumberOfFrames; frame++)
        {
            target.AddFrame(source.GetFrame(frame));
        }

        return copy;
    }

    private DicomDataset Decode(DicomDataset dataset, DicomTransferSyntax syntax)
    {
        DicomDataset decoded = Relabelled(dataset, syntax);
        DicomPixelData source = DicomPixelData.Create(dataset);
        Codec(InputSyntax).Decode(source, DicomPixelData.Create(decoded, newPixelData: true), InputCodecParams);
        return decoded;
    }

    private DicomDataset Encode(DicomDataset dataset)
    {
        DicomDataset encoded = Relabelled(dataset, OutputSyntax);
        DicomPixelData source = DicomPixelData.Create(dataset);
        DicomPixelData target = DicomPixelData.Create(encoded, newPixelData: true);
        Codec(OutputSyntax).Encode(source, target, OutputCodecParams);
        if (OutputSyntax.IsLossy && target.NumberOfFrames > 0)
        {
            RecordLoss(encoded, (double)source.GetFrame(0).Size / target.GetFrame(0).Size);
        }

        return encoded;
    }

    /// <summary>PS3.3 §C.7.6.1.1.5.</summary>
    private void RecordLoss(DicomDataset encoded, double ratio)
    {
        string[] earlier = encoded.TryGetValues(DicomTag.LossyImageCompressionMethod, out string[] methods) ? methods : [];
        encoded.AddOrUpdate(new DicomCodeString(DicomTag.LossyImageCompression, "01"));
        encoded.AddOrUpdate(new DicomCodeString(DicomTag.LossyImageCompressionMethod, [.. earlier, OutputSyntax.LossyCompressionMethod]));
        encoded.AddOrUpdate(new DicomDecimalString(
            DicomTag.LossyImageCompressionRatio, ratio.ToString("0.000", CultureInfo.InvariantCulture)));
    }
}
