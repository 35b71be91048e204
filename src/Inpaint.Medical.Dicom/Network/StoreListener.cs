using System.Text;
using FellowOakDicom.Network;
using Microsoft.Extensions.Logging;

namespace Inpaint.Medical.Dicom.Network;

/// <summary>Listens for associations on one port, with or without TLS.</summary>
public sealed partial class StoreListener : IDisposable
{
    private const uint LongestPdu = 262_144;
    private readonly IDicomServer _server;

    /// <param name="mostAssociations">At once; further ones are refused or wait.</param>
    /// <param name="longestSilence">After which an association is aborted; the fo-dicom package knows no such bound.</param>
    /// <param name="longestLife">After which it is aborted whatever it does; likewise.</param>
    public StoreListener(
        string address, int port, DicomTls? tls, int mostAssociations, TimeSpan longestSilence, TimeSpan longestLife, IStoreIntake intake, ILogger logger)
    {
        _server = DicomServerFactory.Create<StoreService>(
            address, port, tls?.Acceptor(), Encoding.Latin1, logger, intake, options => options.MaxClientsAllowed = mostAssociations);
        Bound(_server, longestSilence, longestLife);
        _server.Options.MaxPDULength = LongestPdu;
        _server.Options.LogDimseDatasets = false;
    }

    public bool IsListening => _server.IsListening;

    /// <summary>Accepts nothing new; associations that run go on.</summary>
    public void Stop() => _server.Stop();

    public void Dispose() => _server.Dispose();

    static partial void Bound(IDicomServer server, TimeSpan longestSilence, TimeSpan longestLife);
}
