using Inpaint.Medical.Dicom.Network;

namespace Inpaint.Medical.Worker.Receive;

/// <summary>Listens for associations while the service runs; on stop accepts nothing new and lets running ones end.</summary>
internal sealed class AssociationService(Intake intake, WorkerOptions options, ILoggerFactory loggers, ILogger<AssociationService> logger)
    : IHostedService, IDisposable
{
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(2);
    private readonly List<StoreListener> _listeners = [];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Microsoft.Extensions.Logging.ILogger network = loggers.CreateLogger("FellowOakDicom.Network");
        _listeners.Add(Listener(options.Port, null, network));
        if (options.TlsPort is { } tlsPort)
        {
            _listeners.Add(Listener(tlsPort, options.Tls(), network));
        }

        logger.LogInformation(
            "Listening on port {Port}, mode {Mode}, {Receivers} AE titles, {Destinations} destinations",
            options.Port, options.Mode, options.Receivers().Count, options.Deliver.Count);
        return Task.CompletedTask;
    }

    private StoreListener Listener(int port, DicomTls? tls, Microsoft.Extensions.Logging.ILogger network) => new(
        options.Address, port, tls, options.MostAssociations, TimeSpan.FromSeconds(options.LongestSilenceSeconds),
        TimeSpan.FromSeconds(options.LongestAssociationSeconds), intake, network);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (StoreListener listener in _listeners)
        {
            listener.Stop();
        }

        await Task.Delay(Drain, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        intake.Close();
    }

    public void Dispose() => _listeners.ForEach(listener => listener.Dispose());
}
