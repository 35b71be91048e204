using System.Buffers.Binary;
using System.Net.Sockets;
using FellowOakDicom.Network;
using FellowOakDicom.Network.UpperLayer;

namespace FellowOakDicom.Tests.Network;

/// <summary>A peer that writes bytes as a test wants them.</summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };
    private DicomUID _sopClass = DicomUID.Verification;
    private ushort _messageId;

    private RawPeer()
    {
    }

    internal NetworkStream Stream => _client.GetStream();

    internal static async Task<RawPeer> ConnectAsync(int port)
    {
        var peer = new RawPeer();
        await peer._client.ConnectAsync("127.0.0.1", port);
        return peer;
    }

    /// <summary>Connects and associates with one context, number 1, Explicit VR Little Endian.</summary>
    internal static async Task<RawPeer> AssociateAsync(int port, DicomUID sopClass)
    {
        RawPeer peer = await ConnectAsync(port);
        peer._sopClass = sopClass;
        await peer.WriteAsync(Request(sopClass));
        (byte type, _) = await peer.ReadAsync();
        Assert.Equal(2, type);
        return peer;
    }

    /// <summary>A well-formed A-ASSOCIATE-RQ.</summary>
    internal static byte[] Request(DicomUID sopClass, string calling = "RAW", string called = "SCP", uint pduLength = 16384)
    {
        var association = new DicomAssociation(calling, called);
        association.PresentationContexts.Add(sopClass, DicomTransferSyntax.ExplicitVRLittleEndian);
        return AssociatePdu.WriteRequest(association, pduLength);
    }

    internal static byte[] Pdu(byte type, params byte[] body)
    {
        var pdu = new byte[6 + body.Length];
        pdu[0] = type;
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(2), (uint)body.Length);
        body.CopyTo(pdu, 6);
        return pdu;
    }

    internal static byte[] Pdv(byte context, byte flags, params byte[] fragment)
    {
        var pdv = new byte[6 + fragment.Length];
        BinaryPrimitives.WriteUInt32BigEndian(pdv, (uint)(fragment.Length + 2));
        pdv[4] = context;
        pdv[5] = flags;
        fragment.CopyTo(pdv, 6);
        return pdv;
    }

    internal ValueTask WriteAsync(params byte[] bytes) => Stream.WriteAsync(bytes);

    /// <summary>A C-STORE request, command and data set in one PDU each.</summary>
    internal static byte[] Store(DicomUID sopClass, ushort messageId, string instance, byte[] dataset, bool isLast = true)
    {
        DicomDataset command = new DicomDataset().NotValidated();
        command.Add(DicomTag.AffectedSOPClassUID, sopClass);
        command.Add(DicomTag.CommandField, (ushort)1);
        command.Add(DicomTag.MessageID, messageId);
        command.Add(DicomTag.Priority, (ushort)0);
        command.Add(DicomTag.CommandDataSetType, (ushort)0x0202);
        command.Add(DicomTag.AffectedSOPInstanceUID, instance);
        return [.. Pdu(4, Pdv(1, 3, CommandSet.Write(command))), .. Pdu(4, Pdv(1, isLast ? (byte)2 : (byte)0, dataset))];
    }

    internal ValueTask SendStoreAsync(byte[] dataset, bool isLast = true) =>
        WriteAsync(Store(_sopClass, ++_messageId, "1.2.3.4.5.6", dataset, isLast));

    /// <summary>Reads one PDU; type 0 is the end of the connection.</summary>
    internal async Task<(byte Type, byte[] Body)> ReadAsync(int seconds = 10)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var header = new byte[6];
        try
        {
            await Stream.ReadExactlyAsync(header, limit.Token);
            var body = new byte[BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(2))];
            await Stream.ReadExactlyAsync(body, limit.Token);
            return (header[0], body);
        }
        catch (IOException)
        {
            return (0, []);
        }
    }

    /// <summary>Reads a response and gives its status.</summary>
    internal async Task<ushort> ReadStatusAsync()
    {
        (byte type, byte[] body) = await ReadAsync();
        Assert.Equal(4, type);
        return CommandSet.Read(body.AsSpan(6)).GetSingleValue<ushort>(DicomTag.Status);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
