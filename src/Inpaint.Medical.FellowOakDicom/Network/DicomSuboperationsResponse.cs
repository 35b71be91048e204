namespace FellowOakDicom.Network;

/// <summary>Counts of sub-operations in the responses of C-MOVE and C-GET, PS3.7 9.1.3 and 9.1.4.</summary>
public abstract class DicomSuboperationsResponse : DicomResponse
{
    private protected DicomSuboperationsResponse(DicomDataset command)
        : base(command)
    {
    }

    private protected DicomSuboperationsResponse(DicomRequest request, DicomStatus status)
        : base(request, status)
    {
    }

    public int Remaining
    {
        get => Get(DicomTag.NumberOfRemainingSuboperations);
        set => Set(DicomTag.NumberOfRemainingSuboperations, value);
    }

    public int Completed
    {
        get => Get(DicomTag.NumberOfCompletedSuboperations);
        set => Set(DicomTag.NumberOfCompletedSuboperations, value);
    }

    public int Warnings
    {
        get => Get(DicomTag.NumberOfWarningSuboperations);
        set => Set(DicomTag.NumberOfWarningSuboperations, value);
    }

    public int Failures
    {
        get => Get(DicomTag.NumberOfFailedSuboperations);
        set => Set(DicomTag.NumberOfFailedSuboperations, value);
    }

    private int Get(DicomTag tag) => Command.GetSingleValueOrDefault<ushort>(tag, 0);

    private void Set(DicomTag tag, int value) => Command.AddOrUpdate(tag, checked((ushort)value));
}
