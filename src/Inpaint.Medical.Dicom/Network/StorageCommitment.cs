using FellowOakDicom;

namespace Inpaint.Medical.Dicom.Network;

/// <summary>Data sets of the Storage Commitment Push Model (PS3.4 J.3.2, J.3.3).</summary>
internal static class StorageCommitment
{
    /// <summary>Action Type 1: request storage commitment.</summary>
    public static DicomDataset Request(string transactionUid, IEnumerable<SentInstance> instances) => new DicomDataset
    {
        { DicomTag.TransactionUID, transactionUid },
    }.AddOrUpdate(new DicomSequence(DicomTag.ReferencedSOPSequence, [.. instances.Select(instance => new DicomDataset
    {
        { DicomTag.ReferencedSOPClassUID, instance.SopClassUid },
        { DicomTag.ReferencedSOPInstanceUID, instance.SopInstanceUid },
    })]));

    public static StorageCommitmentReport Read(DicomDataset report) => new(
        report.GetSingleValueOrDefault(DicomTag.TransactionUID, ""),
        References(report, DicomTag.ReferencedSOPSequence),
        References(report, DicomTag.FailedSOPSequence));

    private static string[] References(DicomDataset report, DicomTag tag) =>
        report.TryGetSequence(tag, out DicomSequence sequence)
            ? [.. sequence.Items.Select(item => item.GetSingleValueOrDefault(DicomTag.ReferencedSOPInstanceUID, ""))]
            : [];
}
