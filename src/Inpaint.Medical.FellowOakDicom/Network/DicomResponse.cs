using System.Globalization;

namespace FellowOakDicom.Network;

/// <summary>A response to a request.</summary>
public abstract class DicomResponse : DicomMessage
{
    private const int MaximumComment = 64;

    /// <summary>The receiving side.</summary>
    protected DicomResponse(DicomDataset command)
        : base(command)
    {
    }

    protected DicomResponse(DicomRequest request, DicomStatus status)
    {
        PresentationContext = request.PresentationContext;
        Type = (DicomCommandField)((ushort)request.Type | 0x8000);
        if (request.SOPClassUID is { } sopClass)
        {
            SOPClassUID = sopClass;
        }

        RequestMessageID = request.MessageID;
        Dataset = null;
        Status = status;
    }

    public ushort RequestMessageID
    {
        get => Command.GetSingleValueOrDefault<ushort>(DicomTag.MessageIDBeingRespondedTo, 0);
        protected set => Command.AddOrUpdate(DicomTag.MessageIDBeingRespondedTo, value);
    }

    /// <summary>The status; its comment travels as Error Comment (0000,0902).</summary>
    public DicomStatus Status
    {
        get
        {
            DicomStatus status = DicomStatus.Lookup(
                Command.GetSingleValueOrDefault(DicomTag.Status, DicomStatus.ProcessingFailure.Code));
            return Command.TryGetSingleValue(DicomTag.ErrorComment, out string comment) ? new DicomStatus(status, comment) : status;
        }

        set
        {
            Command.AddOrUpdate(DicomTag.Status, value.Code);
            if (string.IsNullOrEmpty(value.ErrorComment))
            {
                Command.Remove(DicomTag.ErrorComment);
            }
            else
            {
                string comment = value.ErrorComment;
                Command.AddOrUpdate(DicomTag.ErrorComment, comment[..Math.Min(comment.Length, MaximumComment)]);
            }
        }
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Type} [{RequestMessageID}]: {Status.Description}");
}

/// <summary>Answer to a request of an unknown kind.</summary>
internal sealed class DicomUnknownResponse : DicomResponse
{
    internal DicomUnknownResponse(DicomRequest request, DicomStatus status)
        : base(request, status)
    {
    }
}

/// <summary>A request with a command field that PS3.7 annex E does not list.</summary>
internal sealed class DicomUnknownRequest : DicomRequest
{
    internal DicomUnknownRequest(DicomDataset command)
        : base(command)
    {
    }

    protected internal override void PostResponse(DicomService service, DicomResponse response) =>
        throw new NotSupportedException("Requests of an unknown kind are received only.");

    internal override DicomResponse CreateResponse(DicomStatus status) => new DicomUnknownResponse(this, status);
}
