using System.Text;
using FellowOakDicom.Network;
using Microsoft.Extensions.Logging;

namespace Inpaint.Medical.Dicom.Network;

/// <summary>Listens for associations on one port, with or without TLS.</summary>
public sealed class StoreListener : IDisposable
{
    private const uint LongestPdu = 262_144;
    private readonly IDicomServer _server;

    /// <param name="mostAssociations">At once; further ones are refused or wait.</param>
    public StoreListener(string address, int port, DicomTls? tls, int mostAssociations, IStoreIntake intake, ILogger logger)
    {
        _server = DicomServerFactory.Create<StoreService>(
            address, port, tls?.Acceptor(), Encoding.Latin1, logger, intake, options => options.MaxClientsAllowed = mostAssociations);
        _server.Options.MaxPDULength = LongestPdu;
        _server.Options.LogDimseDatasets = false;
    }

    public bool IsListening => _server.IsListening;

    /// <summary>Accepts nothing new; associations that run go on.</summary>
    public void Stop() => _server.Stop();

    public void Dispose() => _server.Dispose();
}
