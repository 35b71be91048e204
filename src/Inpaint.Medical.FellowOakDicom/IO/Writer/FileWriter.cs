namespace FellowOakDicom.IO.Writer;

/// <summary>Preamble, prefix, file meta information with its group length, dataset (PS3.10 §7.1).</summary>
internal static class FileWriter
{
    public static void Write(Stream stream, DicomFile file, DicomWriteOptions options)
    {
        stream.Write(new byte[128]);
        stream.Write("DICM"u8);

        DicomFileMetaInformation meta = file.FileMetaInfo;
        DicomTransferSyntax syntax = meta.TransferSyntax ?? file.Dataset.InternalTransferSyntax;
        if (meta.TransferSyntax is null)
        {
            meta.TransferSyntax = syntax;
        }

        meta.Remove(DicomTag.FileMetaInformationGroupLength);
        long length = DatasetWriter.Measure(meta, DicomTransferSyntax.ExplicitVRLittleEndian);
        meta.AddOrUpdate(new DicomUnsignedLong(DicomTag.FileMetaInformationGroupLength, (uint)length));
        DatasetWriter.Write(stream, meta, DicomTransferSyntax.ExplicitVRLittleEndian);
        DatasetWriter.Write(stream, file.Dataset, syntax, options);
    }
}
