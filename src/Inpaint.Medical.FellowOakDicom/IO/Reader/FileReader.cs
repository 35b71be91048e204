using System.Buffers.Binary;
using System.Text;

namespace FellowOakDicom.IO.Reader;

/// <summary>Reads files as PS3.10 §7 describes them, and those that lack the preamble or the meta information.</summary>
internal static class FileReader
{
    public sealed record Result(DicomFileFormat Format, DicomFileMetaInformation MetaInfo, DicomDataset Dataset, ReadEnd End);

    /// <exception cref="DicomReaderException">The bytes are not DICOM.</exception>
    public static Result Read(ByteSource source, Encoding fallback, Func<ParseState, bool> stop, FileReadOption option, int largeObjectSize)
    {
        bool hasPreamble = source.TryPeek(FileHeader.DatasetOffset, out ReadOnlySpan<byte> start) && FileHeader.HasPreamble(start);
        if (hasPreamble)
        {
            source.Advance(FileHeader.DatasetOffset);
        }
        else if (source.TryPeek(4, out start) && start.SequenceEqual("DICM"u8))
        {
            source.Advance(4);
        }

        var meta = new DicomFileMetaInformation();
        DicomFileFormat format = DicomFileFormat.DICOM3NoFileMetaInfo;
        if (source.TryPeek(8, out start) && BinaryPrimitives.ReadUInt16LittleEndian(start) == 0x0002)
        {
            format = hasPreamble ? DicomFileFormat.DICOM3 : DicomFileFormat.DICOM3NoPreamble;
            bool isExplicit = DicomVR.FromLetters(start[4], start[5]) is not null;
            ReadEnd metaEnd = new DatasetReader(source, FileReadOption.ReadAll, stop: stop).Read(meta, isExplicit, isBigEndian: false, null, onlyGroup: 0x0002);
            if (metaEnd != ReadEnd.Complete)
            {
                return new Result(format, meta, new DicomDataset(), metaEnd);
            }
        }

        DicomTransferSyntax syntax = meta.TransferSyntax ?? Guess(source, hasPreamble || format != DicomFileFormat.DICOM3NoFileMetaInfo);
        var dataset = new DicomDataset(syntax);
        ReadEnd end = new DatasetReader(source, option, largeObjectSize, stop).Read(dataset, syntax, fallback);
        return new Result(format == DicomFileFormat.DICOM3NoFileMetaInfo ? OldFormat(dataset) ?? format : format, meta, dataset, end);
    }

    private static DicomTransferSyntax Guess(ByteSource source, bool isSurelyDicom)
    {
        bool hasElement = source.TryPeek(8, out ReadOnlySpan<byte> start);
        DicomTransferSyntax guess = hasElement ? FileHeader.GuessSyntax(start, source.Remaining) : null;
        return guess ?? (isSurelyDicom ? DicomTransferSyntax.ImplicitVRLittleEndian
            : throw new DicomReaderException("Neither \"DICM\" at byte 128 nor a data element at byte 0: not a DICOM file."));
    }

    private static DicomFileFormat? OldFormat(DicomDataset dataset) =>
        dataset.GetSingleValueOrDefault(DicomTag.RecognitionCodeRETIRED, "") switch
        {
            "ACR-NEMA 1.0" => DicomFileFormat.ACRNEMA1,
            "ACR-NEMA 2.0" or "ACRNEMALIBR1.0" => DicomFileFormat.ACRNEMA2,
            _ => null,
        };
}
