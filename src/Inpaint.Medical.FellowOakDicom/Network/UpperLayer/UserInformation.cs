using System.Text;

namespace FellowOakDicom.Network.UpperLayer;

/// <summary>The user information item of an association PDU, PS3.7 D.3.3; unknown sub-items are ignored as PS3.8 9.3.1 demands.</summary>
internal sealed class UserInformation
{
    private readonly Dictionary<string, (bool User, bool Provider)> _roles = [];
    private int _items;

    internal bool HasAsyncOps { get; private set; }

    internal string IdentityResponse { get; private set; }

    internal void Read(PduSpanReader items, DicomAssociation association, UpperLayerLimits limits)
    {
        while (!items.IsAtEnd)
        {
            if (++_items > limits.UserInformationItems)
            {
                throw new InvalidPduException(
                    DicomAbortReason.InvalidPDUParameter, $"More than {limits.UserInformationItems} user information items.");
            }

            PduSpanReader item = items.Item(out byte type);
            ReadItem(type, item, association);
        }
    }

    /// <summary>Copies the negotiated roles to the contexts of their SOP class.</summary>
    internal void ApplyRoles(DicomAssociation association)
    {
        foreach (DicomPresentationContext context in association.PresentationContexts)
        {
            if (_roles.TryGetValue(context.AbstractSyntax.UID, out (bool User, bool Provider) roles))
            {
                context.UserRole = roles.User;
                context.ProviderRole = roles.Provider;
            }
        }
    }

    private void ReadItem(byte type, PduSpanReader item, DicomAssociation association)
    {
        switch (type)
        {
            case 0x51:
                association.MaximumPDULength = item.UInt32();
                break;
            case 0x52:
                association.RemoteImplementationClassUID = item.IsAtEnd
                    ? null
                    : new DicomUID(PduSpanReader.Uid(item.TakeRest()), "Implementation Class UID", DicomUidType.Unknown);
                break;
            case 0x53:
                association.MaxAsyncOpsInvoked = item.UInt16();
                association.MaxAsyncOpsPerformed = item.UInt16();
                HasAsyncOps = true;
                break;
            case 0x54:
                string sopClass = PduSpanReader.Uid(item.Counted());
                _roles[sopClass] = (item.Byte() == 1, item.Byte() == 1);
                break;
            case 0x55:
                association.RemoteImplementationVersion = PduSpanReader.Text(item.TakeRest());
                break;
            case 0x56:
                DicomUID extended = DicomUID.Parse(PduSpanReader.Uid(item.Counted()));
                association.ExtendedNegotiations.AddOrUpdate(
                    extended, new DicomServiceApplicationInfo(item.TakeRest().ToArray()), null);
                break;
            case 0x57:
                ReadCommonExtended(item, association);
                break;
            case 0x58:
                ReadIdentity(item, association);
                break;
            case 0x59:
                IdentityResponse = Encoding.UTF8.GetString(item.Counted());
                break;
        }
    }

    private static void ReadCommonExtended(PduSpanReader item, DicomAssociation association)
    {
        DicomUID sopClass = DicomUID.Parse(PduSpanReader.Uid(item.Counted()));
        DicomUID serviceClass = DicomUID.Parse(PduSpanReader.Uid(item.Counted()));
        var related = new List<DicomUID>();
        if (!item.IsAtEnd)
        {
            var list = new PduSpanReader(item.Counted());
            while (!list.IsAtEnd)
            {
                related.Add(DicomUID.Parse(PduSpanReader.Uid(list.Counted())));
            }
        }

        association.ExtendedNegotiations.AddOrUpdate(sopClass, null, serviceClass, [.. related]);
    }

    private static void ReadIdentity(PduSpanReader item, DicomAssociation association)
    {
        association.UserIdentityNegotiation = new DicomUserIdentityNegotiation
        {
            UserIdentityType = (DicomUserIdentityType)item.Byte(),
            PositiveResponseRequested = item.Byte() == 1,
            PrimaryField = Encoding.UTF8.GetString(item.Counted()),
            SecondaryField = Encoding.UTF8.GetString(item.Counted()),
        };
    }
}
