using System.Globalization;

namespace FellowOakDicom.Network;

/// <summary>A DIMSE message: a command set and, for some, a data set (PS3.7 6.3).</summary>
public class DicomMessage
{
    internal const ushort NoDataset = 0x0101;
    private const ushort SomeDataset = 0x0202;
    private DicomDataset _dataset;

    public DicomMessage()
        : this(new DicomDataset())
    {
    }

    public DicomMessage(DicomDataset command)
    {
        // Values of a peer are echoed as they came; whether they are valid is for the handler to judge.
        Command = command.NotValidated();
    }

    public DicomCommandField Type
    {
        get => (DicomCommandField)Command.GetSingleValueOrDefault<ushort>(DicomTag.CommandField, 0);
        protected set => Command.AddOrUpdate(DicomTag.CommandField, (ushort)value);
    }

    /// <summary>Affected SOP Class UID, or the requested one of N-GET, N-SET, N-ACTION and N-DELETE.</summary>
    public DicomUID SOPClassUID
    {
        get => GetUid(DicomTag.AffectedSOPClassUID) ?? GetUid(DicomTag.RequestedSOPClassUID);
        protected set => Command.AddOrUpdate(NamesRequested ? DicomTag.RequestedSOPClassUID : DicomTag.AffectedSOPClassUID, value);
    }

    public bool HasDataset => Command.GetSingleValueOrDefault(DicomTag.CommandDataSetType, NoDataset) != NoDataset;

    public DicomPresentationContext PresentationContext { get; set; }

    public DicomDataset Command { get; set; }

    public DicomDataset Dataset
    {
        get => _dataset;
        set
        {
            _dataset = value;
            Command.AddOrUpdate(DicomTag.CommandDataSetType, value == null ? NoDataset : SomeDataset);
        }
    }

    public object UserState { get; set; }

    /// <summary>When the request was handed to the network; null before.</summary>
    public DateTime? PendingSince { get; internal set; }

    public DateTime? LastPendingResponseReceived { get; internal set; }

    /// <summary>Monotonic time of the last sign of life, for time-outs.</summary>
    internal long LastActivity { get; set; }

    /// <summary>Whether the identifying UIDs of the command are the requested ones (PS3.7 annex E), not the affected ones.</summary>
    private bool NamesRequested => Type is DicomCommandField.NGetRequest or DicomCommandField.NSetRequest
        or DicomCommandField.NActionRequest or DicomCommandField.NDeleteRequest;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Type} [{Command.GetSingleValueOrDefault<ushort>(IdTag, 0)}]");

    public string ToString(bool printDatasets)
    {
        if (!printDatasets)
        {
            return ToString();
        }

        IEnumerable<DicomItem> items = _dataset == null ? Command : Command.Concat(_dataset);
        return ToString() + string.Concat(items.Select(item => $"{Environment.NewLine}{item}"));
    }

    /// <summary>Takes a data set that came with the command, whose type element is right already.</summary>
    internal void SetReceivedDataset(DicomDataset dataset) => _dataset = dataset;

    private protected DicomUID SopInstanceUid
    {
        get => GetUid(DicomTag.AffectedSOPInstanceUID) ?? GetUid(DicomTag.RequestedSOPInstanceUID);
        set => Command.AddOrUpdate(NamesRequested ? DicomTag.RequestedSOPInstanceUID : DicomTag.AffectedSOPInstanceUID, value);
    }

    private DicomTag IdTag => ((ushort)Type & 0x8000) == 0 ? DicomTag.MessageID : DicomTag.MessageIDBeingRespondedTo;

    private DicomUID GetUid(DicomTag tag) =>
        Command.TryGetSingleValue(tag, out string uid) && uid.Length > 0 ? DicomUID.Parse(uid) : null;
}
