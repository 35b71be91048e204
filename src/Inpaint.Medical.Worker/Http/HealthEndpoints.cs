using Inpaint.Medical.Dicom.Network;
using Inpaint.Medical.Storage.Ledger;
using Inpaint.Medical.Storage.Objects;
using Inpaint.Medical.Worker.Jobs;
using Microsoft.EntityFrameworkCore;
using Prometheus;

namespace Inpaint.Medical.Worker.Http;

/// <summary>Whether the process lives, whether it can work, and its numbers.</summary>
internal static class HealthEndpoints
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/health/live", () => Results.Json(new { status = "live" }));
        app.MapGet("/health/ready", ReadyAsync);
        app.MapGet("/metrics", async (HttpContext context, CancellationToken cancellationToken) =>
        {
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            await Metrics.DefaultRegistry.CollectAndExportAsTextAsync(context.Response.Body, cancellationToken);
        });
    }

    private static async Task<IResult> ReadyAsync(
        WorkerOptions options, ObjectStore store, LedgerDatabase database, DeviceProbe probe, CancellationToken cancellationToken)
    {
        string us = options.Receivers()[0].AeTitle;
        string host = options.Address is "0.0.0.0" or "" ? "127.0.0.1" : options.Address;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(5));

        bool echo = await new InstanceSender(us, new DicomPeer(us, host, options.Port), null).EchoAsync(patience.Token);
        bool disk = store.UsedFraction() <= options.HighWatermark;
        (bool queue, int dead) = await QueueAsync(database, patience.Token);
        string? device = await probe.DeviceAsync(patience.Token);
        bool ready = echo && disk && queue && device is not null;
        return Results.Json(
            new { status = ready ? "ready" : "not ready", echo, disk, queue, device, deadJobs = dead },
            statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<(bool Works, int Dead)> QueueAsync(LedgerDatabase database, CancellationToken cancellationToken)
    {
        try
        {
            await using LedgerContext ledger = database.Open();
            return (true, await ledger.Jobs.CountAsync(job => job.State == JobState.Dead, cancellationToken));
        }
        catch (Exception failure) when (failure is System.Data.Common.DbException or InvalidOperationException or OperationCanceledException)
        {
            return (false, 0);
        }
    }
}
