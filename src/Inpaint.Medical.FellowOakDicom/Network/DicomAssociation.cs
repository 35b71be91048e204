using System.Globalization;
using System.Text;

namespace FellowOakDicom.Network;

/// <summary>What two application entities agree on before they exchange messages, PS3.7 annex D.</summary>
public sealed class DicomAssociation
{
    public DicomAssociation()
        : this(null, null)
    {
    }

    public DicomAssociation(string callingAe, string calledAe)
    {
        CallingAE = callingAe;
        CalledAE = calledAe;
        MaxAsyncOpsInvoked = 1;
        MaxAsyncOpsPerformed = 1;
        PresentationContexts = [];
        ExtendedNegotiations = [];
    }

    public string CallingAE { get; set; }

    public string CalledAE { get; set; }

    /// <summary>Most operations that the requestor may have outstanding; 0 is unlimited.</summary>
    public int MaxAsyncOpsInvoked { get; set; }

    /// <summary>Most operations that the requestor will perform at a time; 0 is unlimited.</summary>
    public int MaxAsyncOpsPerformed { get; set; }

    public string RemoteHost { get; set; }

    public int RemotePort { get; set; }

    public DicomUID RemoteImplementationClassUID { get; set; }

    public string RemoteImplementationVersion { get; set; }

    /// <summary>Largest P-DATA-TF PDU that the peer takes, bytes; 0 is unlimited.</summary>
    public uint MaximumPDULength { get; set; }

    public DicomPresentationContextCollection PresentationContexts { get; }

    public DicomExtendedNegotiationCollection ExtendedNegotiations { get; }

    public DicomServiceOptions Options { get; set; }

    public DicomUserIdentityNegotiation UserIdentityNegotiation { get; set; }

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"Calling AE Title:       {CallingAE}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Called AE Title:        {CalledAE}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Remote host:            {RemoteHost}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Remote port:            {RemotePort}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Implementation Class:   {RemoteImplementationClassUID?.UID ?? "Unknown"}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Implementation Version: {RemoteImplementationVersion ?? "Unknown"}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Maximum PDU Length:     {MaximumPDULength}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Async Ops Invoked:      {MaxAsyncOpsInvoked}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Async Ops Performed:    {MaxAsyncOpsPerformed}");
        foreach (DicomPresentationContext context in PresentationContexts)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"Presentation Context:   {context.ID} [{context.GetResultDescription()}] {context.AbstractSyntax}");
            foreach (DicomTransferSyntax syntax in context.GetTransferSyntaxes())
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"      Transfer Syntax:  {syntax}{(syntax == context.AcceptedTransferSyntax ? " [accepted]" : string.Empty)}");
            }
        }

        return text.ToString();
    }
}
