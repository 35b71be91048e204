using System.Net.Security;

namespace FellowOakDicom.Network.Tls;

/// <summary>A handshake with a time limit; what fails is closed.</summary>
internal static class TlsHandshake
{
    /// <exception cref="DicomNetworkException">The handshake took too long.</exception>
    internal static async Task RunAsync(
        SslStream stream, Func<CancellationToken, Task> authenticate, TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        try
        {
            await authenticate(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw new DicomNetworkException($"The TLS handshake was not done within {timeout.TotalSeconds:0.#} s.", exception);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
