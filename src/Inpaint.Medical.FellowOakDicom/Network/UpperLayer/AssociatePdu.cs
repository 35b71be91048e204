using System.Text;

namespace FellowOakDicom.Network.UpperLayer;

/// <summary>Why an association request is refused before its user sees it.</summary>
internal readonly record struct AssociateRefusal(DicomRejectResult Result, DicomRejectSource Source, DicomRejectReason Reason);

/// <summary>A-ASSOCIATE-RQ and -AC, PS3.8 9.3.2 and 9.3.3 with the user information of PS3.7 D.3.3.</summary>
internal static class AssociatePdu
{
    private const string ApplicationContext = "1.2.840.10008.3.1.1.1";
    private const ushort ProtocolVersion = 1;

    internal static byte[] WriteRequest(DicomAssociation association, uint maximumPduLength)
    {
        PduBuilder pdu = Head(association);
        foreach (DicomPresentationContext context in association.PresentationContexts)
        {
            pdu.Item(0x20, item =>
            {
                item.Byte(context.ID).Byte(0).Byte(0).Byte(0);
                item.Item(0x30, abstractSyntax => abstractSyntax.Text(context.AbstractSyntax.UID));
                foreach (DicomTransferSyntax syntax in context.GetTransferSyntaxes())
                {
                    item.Item(0x40, transferSyntax => transferSyntax.Text(syntax.UID.UID));
                }
            });
        }

        bool hasAsyncOps = association.MaxAsyncOpsInvoked != 1 || association.MaxAsyncOpsPerformed != 1;
        pdu.Item(0x50, user =>
        {
            Implementation(user, maximumPduLength, association, hasAsyncOps);
            Roles(user, association);
            ExtendedNegotiationRequests(user, association);
            if (association.UserIdentityNegotiation is { } identity)
            {
                UserIdentity(user, identity);
            }
        });
        return pdu.ToPdu(PduType.AssociateRequest);
    }

    internal static byte[] WriteAccept(DicomAssociation association, uint maximumPduLength, bool hasAsyncOps)
    {
        PduBuilder pdu = Head(association);
        foreach (DicomPresentationContext context in association.PresentationContexts)
        {
            // Of a rejected context the transfer syntax is there, but not significant.
            DicomTransferSyntax syntax = context.AcceptedTransferSyntax
                ?? context.GetTransferSyntaxes().FirstOrDefault()
                ?? DicomTransferSyntax.ImplicitVRLittleEndian;
            pdu.Item(0x21, item => item
                .Byte(context.ID).Byte(0).Byte((byte)context.Result).Byte(0)
                .Item(0x40, transferSyntax => transferSyntax.Text(syntax.UID.UID)));
        }

        pdu.Item(0x50, user =>
        {
            Implementation(user, maximumPduLength, association, hasAsyncOps);
            Roles(user, association);
            foreach (DicomExtendedNegotiation negotiation in association.ExtendedNegotiations)
            {
                if (negotiation.AcceptedApplicationInfo is { Count: > 0 } accepted)
                {
                    user.Item(0x56, item => item.CountedText(negotiation.SopClassUid.UID).Bytes(accepted.GetValues()));
                }
            }

            if (association.UserIdentityNegotiation is { PositiveResponseRequested: true, ServerResponse: { } response })
            {
                byte[] bytes = Encoding.UTF8.GetBytes(response);
                user.Item(0x59, item => item.UInt16((ushort)bytes.Length).Bytes(bytes));
            }
        });
        return pdu.ToPdu(PduType.AssociateAccept);
    }

    /// <summary>Reads an A-ASSOCIATE-RQ into a new association.</summary>
    /// <param name="body">The PDU without its header.</param>
    /// <param name="limits">Largest numbers of items.</param>
    /// <param name="refusal">Set when the request is well formed, but not acceptable (PS3.8 AE-6).</param>
    /// <param name="hasAsyncOps">The requestor negotiates an asynchronous operations window, so it gets an answer to that.</param>
    /// <exception cref="InvalidPduException">The PDU is malformed.</exception>
    internal static DicomAssociation ReadRequest(
        ReadOnlySpan<byte> body, UpperLayerLimits limits, out AssociateRefusal? refusal, out bool hasAsyncOps)
    {
        var association = new DicomAssociation();
        var pdu = new PduSpanReader(body);
        refusal = ReadHead(ref pdu, association, out ReadOnlySpan<byte> called, out ReadOnlySpan<byte> calling);
        if (refusal == null && !IsAeTitle(called))
        {
            refusal = new(DicomRejectResult.Permanent, DicomRejectSource.ServiceUser, DicomRejectReason.CalledAENotRecognized);
        }
        else if (refusal == null && !IsAeTitle(calling))
        {
            refusal = new(DicomRejectResult.Permanent, DicomRejectSource.ServiceUser, DicomRejectReason.CallingAENotRecognized);
        }

        hasAsyncOps = false;
        var user = new UserInformation();
        bool hasContext = false;
        while (!pdu.IsAtEnd)
        {
            PduSpanReader item = pdu.Item(out byte type);
            switch (type)
            {
                case 0x10:
                    hasContext = true;
                    if (PduSpanReader.Uid(item.TakeRest()) != ApplicationContext)
                    {
                        refusal ??= new(
                            DicomRejectResult.Permanent, DicomRejectSource.ServiceUser, DicomRejectReason.ApplicationContextNotSupported);
                    }

                    break;
                case 0x20:
                    ReadProposedContext(item, association);
                    break;
                case 0x50:
                    user.Read(item, association, limits);
                    break;
            }
        }

        if (!hasContext)
        {
            refusal ??= new(
                DicomRejectResult.Permanent, DicomRejectSource.ServiceUser, DicomRejectReason.ApplicationContextNotSupported);
        }

        user.ApplyRoles(association);
        hasAsyncOps = user.HasAsyncOps;
        return association;
    }

    /// <summary>Reads an A-ASSOCIATE-AC into the association that was requested.</summary>
    /// <exception cref="InvalidPduException">The PDU is malformed, or accepts what was not proposed.</exception>
    internal static void ReadAccept(ReadOnlySpan<byte> body, UpperLayerLimits limits, DicomAssociation association)
    {
        var answered = new DicomAssociation();
        var pdu = new PduSpanReader(body);
        ReadHead(ref pdu, answered, out _, out _);
        var user = new UserInformation();
        while (!pdu.IsAtEnd)
        {
            PduSpanReader item = pdu.Item(out byte type);
            switch (type)
            {
                case 0x21:
                    ReadAnsweredContext(item, association);
                    break;
                case 0x50:
                    user.Read(item, answered, limits);
                    break;
            }
        }

        association.MaximumPDULength = answered.MaximumPDULength;
        association.RemoteImplementationClassUID = answered.RemoteImplementationClassUID;
        association.RemoteImplementationVersion = answered.RemoteImplementationVersion;
        association.MaxAsyncOpsInvoked = user.HasAsyncOps ? answered.MaxAsyncOpsInvoked : 1;
        association.MaxAsyncOpsPerformed = user.HasAsyncOps ? answered.MaxAsyncOpsPerformed : 1;
        user.ApplyRoles(association);
        foreach (DicomExtendedNegotiation negotiation in answered.ExtendedNegotiations)
        {
            association.ExtendedNegotiations.AcceptApplicationInfo(negotiation.SopClassUid, negotiation.RequestedApplicationInfo);
        }

        if (association.UserIdentityNegotiation is { } identity)
        {
            identity.ServerResponse = user.IdentityResponse;
        }

        foreach (DicomPresentationContext context in association.PresentationContexts)
        {
            if (context.Result == DicomPresentationContextResult.Proposed)
            {
                context.SetResult(DicomPresentationContextResult.RejectNoReason);
            }
        }
    }

    private static PduBuilder Head(DicomAssociation association) => new PduBuilder()
        .UInt16(ProtocolVersion)
        .UInt16(0)
        .AeTitle(association.CalledAE)
        .AeTitle(association.CallingAE)
        .Bytes(new byte[32])
        .Item(0x10, item => item.Text(ApplicationContext));

    private static void Implementation(PduBuilder user, uint maximumPduLength, DicomAssociation association, bool hasAsyncOps)
    {
        user.Item(0x51, item => item.UInt32(maximumPduLength));
        user.Item(0x52, item => item.Text(DicomImplementation.ClassUID.UID));
        if (hasAsyncOps)
        {
            user.Item(0x53, item => item.UInt16((ushort)association.MaxAsyncOpsInvoked).UInt16((ushort)association.MaxAsyncOpsPerformed));
        }

        string version = DicomImplementation.Version;
        user.Item(0x55, item => item.Text(version[..Math.Min(version.Length, 16)]));
    }

    private static void Roles(PduBuilder user, DicomAssociation association)
    {
        foreach (DicomPresentationContext context in association.PresentationContexts
            .Where(context => context.UserRole.HasValue || context.ProviderRole.HasValue)
            .DistinctBy(context => context.AbstractSyntax))
        {
            user.Item(0x54, item => item
                .CountedText(context.AbstractSyntax.UID)
                .Byte(context.UserRole == true ? (byte)1 : (byte)0)
                .Byte(context.ProviderRole == true ? (byte)1 : (byte)0));
        }
    }

    private static void ExtendedNegotiationRequests(PduBuilder user, DicomAssociation association)
    {
        foreach (DicomExtendedNegotiation negotiation in association.ExtendedNegotiations)
        {
            if (negotiation.RequestedApplicationInfo is { } info)
            {
                user.Item(0x56, item => item.CountedText(negotiation.SopClassUid.UID).Bytes(info.GetValues()));
            }

            if (negotiation.ServiceClassUid is { } serviceClass)
            {
                var related = new PduBuilder();
                foreach (DicomUID uid in negotiation.RelatedGeneralSopClasses)
                {
                    related.CountedText(uid.UID);
                }

                user.Item(0x57, item => item
                    .CountedText(negotiation.SopClassUid.UID)
                    .CountedText(serviceClass.UID)
                    .UInt16((ushort)related.Written.Length)
                    .Bytes(related.Written));
            }
        }
    }

    private static void UserIdentity(PduBuilder user, DicomUserIdentityNegotiation identity)
    {
        byte[] primary = Encoding.UTF8.GetBytes(identity.PrimaryField ?? string.Empty);
        byte[] secondary = identity.UserIdentityType == DicomUserIdentityType.UsernameAndPasscode
            ? Encoding.UTF8.GetBytes(identity.SecondaryField ?? string.Empty)
            : [];
        user.Item(0x58, item => item
            .Byte((byte)identity.UserIdentityType)
            .Byte(identity.PositiveResponseRequested ? (byte)1 : (byte)0)
            .UInt16((ushort)primary.Length).Bytes(primary)
            .UInt16((ushort)secondary.Length).Bytes(secondary));
    }

    private static AssociateRefusal? ReadHead(
        ref PduSpanReader pdu, DicomAssociation association, out ReadOnlySpan<byte> called, out ReadOnlySpan<byte> calling)
    {
        ushort version = pdu.UInt16();
        pdu.Take(2);
        called = pdu.Take(16);
        calling = pdu.Take(16);
        pdu.Take(32);
        association.CalledAE = PduSpanReader.Text(called);
        association.CallingAE = PduSpanReader.Text(calling);
        return (version & ProtocolVersion) != 0
            ? null
            : new(DicomRejectResult.Permanent, DicomRejectSource.ServiceProviderACSE, DicomRejectReason.ProtocolVersionNotSupported);
    }

    /// <summary>PS3.5 table 6.2-1, AE: the default repertoire without backslash and control characters, not only spaces.</summary>
    private static bool IsAeTitle(ReadOnlySpan<byte> title)
    {
        ReadOnlySpan<byte> text = title.TrimEnd((byte)0);
        bool hasCharacter = false;
        foreach (byte character in text)
        {
            if (character is < 0x20 or > 0x7E or (byte)'\\')
            {
                return false;
            }

            hasCharacter |= character != (byte)' ';
        }

        return hasCharacter;
    }

    private static void ReadProposedContext(PduSpanReader item, DicomAssociation association)
    {
        byte id = item.Byte();
        item.Take(3);
        if (id % 2 == 0 || association.PresentationContexts.TryGet(id, out _))
        {
            throw new InvalidPduException(
                DicomAbortReason.InvalidPDUParameter, $"Presentation context number {id} is even or used twice.");
        }

        DicomUID abstractSyntax = null;
        var syntaxes = new List<DicomTransferSyntax>();
        while (!item.IsAtEnd)
        {
            PduSpanReader inner = item.Item(out byte type);
            switch (type)
            {
                case 0x30:
                    abstractSyntax = DicomUID.Parse(PduSpanReader.Uid(inner.TakeRest()));
                    break;
                case 0x40:
                    syntaxes.Add(KnownSyntax(PduSpanReader.Uid(inner.TakeRest())));
                    break;
            }
        }

        if (abstractSyntax == null || syntaxes.Count == 0)
        {
            throw new InvalidPduException(
                DicomAbortReason.InvalidPDUParameter, $"Presentation context {id} has no abstract or no transfer syntax.");
        }

        var context = new DicomPresentationContext(id, abstractSyntax);
        syntaxes.ForEach(context.AddTransferSyntax);
        association.PresentationContexts.Add(context);
    }

    /// <summary>The registered syntax, or null: a peer must not be able to fill the registry.</summary>
    private static DicomTransferSyntax KnownSyntax(string uid) =>
        DicomTransferSyntax.Query(new DicomUID(uid, "Unknown", DicomUidType.TransferSyntax));

    private static void ReadAnsweredContext(PduSpanReader item, DicomAssociation association)
    {
        byte id = item.Byte();
        item.Take(1);
        var result = (DicomPresentationContextResult)item.Byte();
        item.Take(1);
        if (!association.PresentationContexts.TryGet(id, out DicomPresentationContext context))
        {
            throw new InvalidPduException(
                DicomAbortReason.InvalidPDUParameter, $"Presentation context {id} is answered, but was not proposed.");
        }

        if (result != DicomPresentationContextResult.Accept)
        {
            context.SetResult(result, null);
            return;
        }

        string uid = PduSpanReader.Uid(item.Item(out _).TakeRest());
        DicomTransferSyntax accepted = context.GetTransferSyntaxes().FirstOrDefault(syntax => syntax.UID.UID == uid)
            ?? throw new InvalidPduException(
                DicomAbortReason.InvalidPDUParameter, $"Presentation context {id} is accepted with a transfer syntax that was not proposed.");
        context.SetResult(DicomPresentationContextResult.Accept, accepted);
    }
}
