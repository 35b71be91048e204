namespace FellowOakDicom;

/// <summary>Group 0002 of a file (PS3.10 §7.1).</summary>
public class DicomFileMetaInformation : DicomDataset
{
    public DicomFileMetaInformation() => ValidateItems = false;

    /// <summary>For a new file with this dataset.</summary>
    /// <exception cref="DicomDataException">SOP Class UID or SOP Instance UID is absent.</exception>
    public DicomFileMetaInformation(DicomDataset dataset) : this()
    {
        ArgumentNullException.ThrowIfNull(dataset);
        MediaStorageSOPClassUID = dataset.GetSingleValue<DicomUID>(DicomTag.SOPClassUID);
        MediaStorageSOPInstanceUID = dataset.GetSingleValue<DicomUID>(DicomTag.SOPInstanceUID);
        TransferSyntax = dataset.InternalTransferSyntax;
        NameImplementation();
    }

    /// <summary>A copy that names this implementation.</summary>
    public DicomFileMetaInformation(DicomFileMetaInformation metaInfo) : this()
    {
        ArgumentNullException.ThrowIfNull(metaInfo);
        foreach (DicomItem item in metaInfo)
        {
            Append(item);
        }

        NameImplementation();
    }

    public byte[] Version
    {
        get => TryGetValues(DicomTag.FileMetaInformationVersion, out byte[] version) ? version : null;
        set => AddOrUpdate(new DicomOtherByte(DicomTag.FileMetaInformationVersion, value));
    }

    public DicomUID MediaStorageSOPClassUID
    {
        get => Uid(DicomTag.MediaStorageSOPClassUID);
        set => AddOrUpdate(DicomTag.MediaStorageSOPClassUID, value);
    }

    public DicomUID MediaStorageSOPInstanceUID
    {
        get => Uid(DicomTag.MediaStorageSOPInstanceUID);
        set => AddOrUpdate(DicomTag.MediaStorageSOPInstanceUID, value);
    }

    /// <summary>How the dataset after this group is encoded; a syntax that nobody registered is printed as "Unknown".</summary>
    public DicomTransferSyntax TransferSyntax
    {
        get => Uid(DicomTag.TransferSyntaxUID) is { } uid ? DicomTransferSyntax.Unregistered(uid) : null;
        set => AddOrUpdate(DicomTag.TransferSyntaxUID, value);
    }

    public DicomUID ImplementationClassUID
    {
        get => Uid(DicomTag.ImplementationClassUID);
        set => AddOrUpdate(DicomTag.ImplementationClassUID, value);
    }

    public string ImplementationVersionName
    {
        get => Text(DicomTag.ImplementationVersionName);
        set => AddOrUpdate(DicomTag.ImplementationVersionName, value);
    }

    public string SourceApplicationEntityTitle
    {
        get => Text(DicomTag.SourceApplicationEntityTitle);
        set => AddOrUpdate(DicomTag.SourceApplicationEntityTitle, value);
    }

    public string SendingApplicationEntityTitle
    {
        get => Text(DicomTag.SendingApplicationEntityTitle);
        set => AddOrUpdate(DicomTag.SendingApplicationEntityTitle, value);
    }

    public string ReceivingApplicationEntityTitle
    {
        get => Text(DicomTag.ReceivingApplicationEntityTitle);
        set => AddOrUpdate(DicomTag.ReceivingApplicationEntityTitle, value);
    }

    public DicomUID PrivateInformationCreatorUID
    {
        get => Uid(DicomTag.PrivateInformationCreatorUID);
        set => AddOrUpdate(DicomTag.PrivateInformationCreatorUID, value);
    }

    public byte[] PrivateInformation
    {
        get => TryGetValues(DicomTag.PrivateInformation, out byte[] bytes) ? bytes : null;
        set => AddOrUpdate(new DicomOtherByte(DicomTag.PrivateInformation, value));
    }

    public override string ToString() => "DICOM File Meta Info";

    /// <exception cref="DicomDataException">The tag is not of group 0002.</exception>
    protected override void ValidateTag(DicomTag tag)
    {
        if (tag.Group != 0x0002)
        {
            throw new DicomDataException($"Tag {tag} can't be added to the file meta information, which holds group 0002 only.");
        }
    }

    private void NameImplementation()
    {
        Version = [0x00, 0x01];
        ImplementationClassUID = DicomImplementation.ClassUID;
        ImplementationVersionName = DicomImplementation.Version;
    }

    private DicomUID Uid(DicomTag tag) => TryGetSingleValue(tag, out DicomUID uid) ? uid : null;

    private string Text(DicomTag tag) => TryGetString(tag, out string text) ? text : null;
}
