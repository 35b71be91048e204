using System.Security.Cryptography;
using System.Text;
using Inpaint.Medical.Storage.Ledger;
using Microsoft.EntityFrameworkCore;

namespace Inpaint.Medical.Worker.Http;

/// <summary>Jobs as JSON: list, detail, and an operator's commands.</summary>
internal static class JobEndpoints
{
    private const int PageSize = 200;

    public static void Map(WebApplication app)
    {
        RouteGroupBuilder jobs = app.MapGroup("/jobs");
        jobs.MapGet("/", ListAsync);
        jobs.MapGet("/{id:long}", ShowAsync);
        jobs.MapPost("/{id:long}/{command}", async (long id, string command, QueueOperations queue, CancellationToken cancellationToken) =>
        {
            try
            {
                LedgerJob? job = await queue.RunAsync(id, command, cancellationToken);
                return job is null ? Results.NotFound() : Results.Json(job);
            }
            catch (InvalidOperationException refusal)
            {
                return Results.Problem(refusal.Message, statusCode: StatusCodes.Status409Conflict);
            }
        });
    }

    /// <summary>Everything but liveness needs the key, where one is set.</summary>
    public static void RequireKey(WebApplication app, string? apiKey)
    {
        if (apiKey is null)
        {
            return;
        }

        byte[] expected = SHA256.HashData(Encoding.UTF8.GetBytes(apiKey));
        app.Use(async (context, next) =>
        {
            byte[] given = SHA256.HashData(Encoding.UTF8.GetBytes(context.Request.Headers["X-Api-Key"].ToString()));
            if (context.Request.Path != "/health/live" && !CryptographicOperations.FixedTimeEquals(given, expected))
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return;
            }

            await next(context);
        });
    }

    private static async Task<IResult> ListAsync(LedgerDatabase database, JobState? state, long? after, CancellationToken cancellationToken)
    {
        await using LedgerContext ledger = database.Open();
        return Results.Json(await ledger.Jobs.AsNoTracking()
            .Where(job => (state == null || job.State == state) && job.Id > (after ?? 0))
            .OrderBy(job => job.Id).Take(PageSize).ToListAsync(cancellationToken));
    }

    private static async Task<IResult> ShowAsync(LedgerDatabase database, long id, CancellationToken cancellationToken)
    {
        await using LedgerContext ledger = database.Open();
        LedgerJob? job = await ledger.Jobs.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        return job is null
            ? Results.NotFound()
            : Results.Json(new
            {
                job,
                deliveries = await ledger.Deliveries.AsNoTracking().Where(row => row.JobId == id).ToListAsync(cancellationToken),
                events = await ledger.Events.AsNoTracking().Where(row => row.JobId == id)
                    .OrderBy(row => row.Sequence).ToListAsync(cancellationToken),
            });
    }
}
