using System.Text;
using FellowOakDicom.Imaging.Codec;
using FellowOakDicom.IO.Reader;
using FellowOakDicom.IO.Writer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FellowOakDicom.Network;

/// <summary>Data sets of messages, in and out.</summary>
internal static class DatasetCodec
{
    /// <exception cref="DicomReaderException">The bytes are not a data set in this syntax.</exception>
    internal static DicomDataset Read(Stream stream, DicomTransferSyntax syntax, Encoding fallbackEncoding) =>
        DatasetReader.ReadAll(stream, syntax, fallbackEncoding);

    /// <summary>Makes a data set ready for a context; nothing is on the wire yet when that fails.</summary>
    /// <param name="dataset">The data set; not changed.</param>
    /// <param name="accepted">Transfer syntax of the context.</param>
    /// <param name="options">Whether another syntax may be sent as it is.</param>
    /// <param name="logger">Told when a codec fails.</param>
    /// <param name="refusal">Set when the pixel data cannot be had in the accepted syntax; never sent without it.</param>
    internal static Outgoing Prepare(
        DicomDataset dataset, DicomTransferSyntax accepted, DicomServiceOptions options, ILogger logger, out DicomStatus refusal)
    {
        refusal = null;
        DicomTransferSyntax own = dataset.InternalTransferSyntax;
        if (own == accepted || !(own.IsEncapsulated || accepted.IsEncapsulated) || !dataset.Contains(DicomTag.PixelData))
        {
            return new Outgoing(dataset, accepted);
        }

        if (Setup.ServiceProvider.GetRequiredService<ITranscoderManager>().CanTranscode(own, accepted))
        {
            try
            {
                return new Outgoing(dataset.Clone(accepted), accepted);
            }
            catch (DicomException exception)
            {
                logger.LogWarning("Transcoding from {Own} to {Accepted} failed: {Kind}", own, accepted, exception.GetType().Name);
            }
        }

        if (options.IgnoreUnsupportedTransferSyntaxChange)
        {
            return new Outgoing(dataset, own);
        }

        refusal = new DicomStatus(DicomStatus.SOPClassNotSupported, "Transfer syntax not accepted by the peer");
        return null;
    }

    /// <summary>A data set and the syntax it is written in; large elements are read from disk while they are sent.</summary>
    internal sealed class Outgoing
    {
        private readonly DicomDataset _dataset;
        private readonly DicomTransferSyntax _syntax;

        internal Outgoing(DicomDataset dataset, DicomTransferSyntax syntax)
        {
            _dataset = dataset;
            _syntax = syntax;
        }

        internal void Write(Stream stream) => DatasetWriter.Write(stream, _dataset, _syntax);
    }
}
