using System.Net;
using System.Net.Sockets;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>Stands before a peer and cuts the first connections after a number of bytes towards it, wherever in a PDU that is.</summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly int _afterBytes;
    private int _cuts;

    public CuttingProxy(int target, int cuts, int afterBytes)
    {
        (_target, _cuts, _afterBytes) = (target, cuts, afterBytes);
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int CutsLeft => Math.Max(0, _cuts);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync();
                _ = ServeAsync(client);
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var peer = new TcpClient { NoDelay = true })
        {
            client.NoDelay = true;
            try
            {
                await peer.ConnectAsync(IPAddress.Loopback, _target);
                Task back = peer.GetStream().CopyToAsync(client.GetStream());
                await ForwardAsync(client.GetStream(), peer.GetStream());
                await Task.WhenAny(back, Task.Delay(TimeSpan.FromSeconds(1)));
            }
            catch (Exception broken) when (broken is IOException or SocketException)
            {
                // One side has gone; so does the other.
            }
        }
    }

    private async Task ForwardAsync(NetworkStream from, NetworkStream to)
    {
        byte[] buffer = new byte[1024];
        int sent = 0;
        while (await from.ReadAsync(buffer) is var count and > 0)
        {
            if (sent + count > _afterBytes && Interlocked.Decrement(ref _cuts) >= 0)
            {
                await to.WriteAsync(buffer.AsMemory(0, Math.Max(0, _afterBytes - sent)));
                throw new IOException("Cut.");
            }

            await to.WriteAsync(buffer.AsMemory(0, count));
            sent += count;
        }
    }
}
