using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>A peer that writes bytes as a test wants them, from a loopback address of its own.</summary>
internal sealed class RawPeer : IDisposable
{
    private const string CtImage = "1.2.840.10008.5.1.4.1.1.2";
    private readonly TcpClient _client;

    private RawPeer(TcpClient client) => _client = client;

    private NetworkStream Stream => _client.GetStream();

    public static async Task<RawPeer> ConnectAsync(int port, string from = "127.0.0.2")
    {
        var client = new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0)) { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port);
        return new RawPeer(client);
    }

    /// <summary>Connects and asks for one context: CT images, Explicit VR Little Endian.</summary>
    /// <returns>The peer and the type of the answer: 2 accepted, 3 rejected, 7 aborted, 0 closed.</returns>
    public static async Task<(RawPeer Peer, byte Answer)> AssociateAsync(int port, string calling = "RAW", string called = "INPAINT", string from = "127.0.0.2")
    {
        RawPeer peer = await ConnectAsync(port, from);
        await peer.WriteAsync(Request(calling, called));
        return (peer, await peer.ReadTypeAsync());
    }

    public static byte[] Request(string calling, string called) => Pdu(
        1, [0, 1, 0, 0, .. Title(called), .. Title(calling), .. new byte[32],
            .. Item(0x10, Text("1.2.840.10008.3.1.1.1")),
            .. Item(0x20, [1, 0, 0, 0, .. Item(0x30, Text(CtImage)), .. Item(0x40, Text("1.2.840.10008.1.2.1"))]),
            .. Item(0x50, [.. Item(0x51, [0, 0, 0x40, 0]), .. Item(0x52, Text("1.2.3.4"))])]);

    /// <summary>A C-STORE request, command and data set in one PDU each.</summary>
    /// <param name="isWhole">Whether the last fragment of the data set is marked.</param>
    public static byte[] Store(string instance, byte[] dataset, bool isWhole = true)
    {
        byte[] command =
        [
            .. Element(0x0002, Even(CtImage)), .. Element(0x0100, [1, 0]), .. Element(0x0110, [1, 0]), .. Element(0x0700, [0, 0]),
            .. Element(0x0800, [2, 2]), .. Element(0x1000, Even(instance)),
        ];
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, command.Length);
        return [.. Data(3, [.. Element(0, length), .. command]), .. Data(isWhole ? (byte)2 : (byte)0, dataset)];
    }

    public static byte[] Release { get; } = Pdu(5, [0, 0, 0, 0]);

    public static byte[] Abort { get; } = Pdu(7, [0, 0, 0, 0]);

    public ValueTask WriteAsync(byte[] bytes) => Stream.WriteAsync(bytes);

    /// <summary>Type of the next PDU; 0 when the connection ends.</summary>
    public async Task<byte> ReadTypeAsync() => (await ReadAsync()).Type;

    /// <summary>Status of the next response; null when there is none any more.</summary>
    public async Task<int?> ReadStatusAsync()
    {
        (byte type, byte[] body) = await ReadAsync();
        int at = body.AsSpan().IndexOf(new byte[] { 0, 0, 0, 9, 2, 0, 0, 0 });
        return type == 4 && at >= 0 ? BinaryPrimitives.ReadUInt16LittleEndian(body.AsSpan(at + 8)) : null;
    }

    /// <summary>Reads until the other side closes.</summary>
    public async Task EndAsync()
    {
        try
        {
            await Stream.CopyToAsync(System.IO.Stream.Null).WaitAsync(TimeSpan.FromMinutes(2));
        }
        catch (IOException)
        {
            // Reset: an end as well.
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<(byte Type, byte[] Body)> ReadAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        byte[] header = new byte[6];
        try
        {
            await Stream.ReadExactlyAsync(header, limit.Token);
            byte[] body = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(2))];
            await Stream.ReadExactlyAsync(body, limit.Token);
            return (header[0], body);
        }
        catch (IOException)
        {
            return (0, []);
        }
    }

    private static byte[] Pdu(byte type, byte[] body)
    {
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, body.Length);
        return [type, 0, .. length, .. body];
    }

    private static byte[] Data(byte flags, byte[] fragment)
    {
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, fragment.Length + 2);
        return Pdu(4, [.. length, 1, flags, .. fragment]);
    }

    private static byte[] Item(byte type, byte[] content) => [type, 0, (byte)(content.Length >> 8), (byte)content.Length, .. content];

    private static byte[] Element(ushort number, byte[] value) =>
        [0, 0, (byte)number, (byte)(number >> 8), (byte)value.Length, (byte)(value.Length >> 8), 0, 0, .. value];

    private static byte[] Title(string title) => Text(title.PadRight(16)[..16]);

    private static byte[] Even(string text) => Text(text.Length % 2 == 0 ? text : text + '\0');

    private static byte[] Text(string text) => Encoding.Latin1.GetBytes(text);
}
