using System.CommandLine;
using System.Globalization;
using Inpaint.Medical.Cli.Output;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Storage.Ledger;
using Microsoft.EntityFrameworkCore;

namespace Inpaint.Medical.Cli.Commands;

/// <summary>queue ls|show|retry|suspend|resume|drop: what the worker's jobs are doing, and an operator's commands on them.</summary>
internal static class QueueCommand
{
    public static Command Create()
    {
        var queue = new Command("queue", "Shows and steers the worker's jobs (docs/operations.md).") { List(), Show() };
        foreach (string name in QueueOperations.Commands)
        {
            queue.Subcommands.Add(Operate(name));
        }

        return queue;
    }

    private static Command List()
    {
        Option<string?> ledger = Ledger();
        Option<bool> json = SharedOptions.Json();
        Command command = new("ls", "Lists all jobs, newest last.") { ledger, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using LedgerContext context = Open(parsed.GetValue(ledger)).Open();
            List<LedgerJob> jobs = await context.Jobs.AsNoTracking().OrderBy(job => job.Id).ToListAsync(cancellationToken);
            if (parsed.GetValue(json))
            {
                JsonDocuments.Print(new { Schema = "inpaint.medical/queue/1", Jobs = jobs });
                return ExitCode.Done;
            }

            foreach (LedgerJob job in jobs)
            {
                Console.Out.WriteLine(Line(job));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Show()
    {
        Argument<long> id = new("JOB") { Description = "Number of the job." };
        Option<string?> ledger = Ledger();
        Option<bool> json = SharedOptions.Json();
        Command command = new("show", "Shows one job with its deliveries and events.") { id, ledger, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using LedgerContext context = Open(parsed.GetValue(ledger)).Open();
            long number = parsed.GetValue(id);
            LedgerJob job = await context.Jobs.AsNoTracking().SingleOrDefaultAsync(row => row.Id == number, cancellationToken)
                ?? throw NoSuchJob(number);
            List<LedgerEvent> events = await context.Events.AsNoTracking().Where(row => row.JobId == number)
                .OrderBy(row => row.Sequence).ToListAsync(cancellationToken);
            var deliveries = await context.Deliveries.AsNoTracking().Where(row => row.JobId == number)
                .GroupBy(row => new { row.Destination, row.State })
                .Select(group => new { group.Key.Destination, group.Key.State, Count = group.Count() }).ToListAsync(cancellationToken);
            if (parsed.GetValue(json))
            {
                JsonDocuments.Print(new { Schema = "inpaint.medical/job/1", Job = job, Deliveries = deliveries, Events = events });
                return ExitCode.Done;
            }

            Console.Out.WriteLine(Line(job));
            Console.Out.WriteLine($"  archive: {job.ArchiveAnswer ?? "not asked yet"}");
            deliveries.ForEach(row => Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {row.Destination}: {row.Count} {row.State}")));
            events.ForEach(row => Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {row.Utc:u} {row.Kind}: {row.Detail}")));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Operate(string name)
    {
        Argument<long> id = new("JOB") { Description = "Number of the job." };
        Option<string?> ledger = Ledger();
        Command command = new(name, $"{char.ToUpperInvariant(name[0])}{name[1..]}s a job.") { id, ledger };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            LedgerDatabase database = Open(parsed.GetValue(ledger));
            var operations = new QueueOperations(new SeriesLedger(database, TimeProvider.System), database);
            long number = parsed.GetValue(id);
            try
            {
                LedgerJob job = await operations.RunAsync(number, name, cancellationToken) ?? throw NoSuchJob(number);
                Console.Out.WriteLine(Line(job));
                return ExitCode.Done;
            }
            catch (InvalidOperationException refusal)
            {
                throw new InpaintException(ErrorCode.UsageInvalid, refusal.Message, refusal);
            }
        });
        return command;
    }

    private static Option<string?> Ledger() => new("--ledger")
    {
        Description = "The worker's --data folder, or its PostgreSQL connection string; default: INPAINT_LEDGER.",
    };

    private static LedgerDatabase Open(string? ledger)
    {
        string where = ledger ?? Environment.GetEnvironmentVariable("INPAINT_LEDGER")
            ?? throw new InpaintException(ErrorCode.UsageInvalid, "--ledger: the worker's data folder or connection string is needed.");
        if (where.Contains("Host=", StringComparison.OrdinalIgnoreCase))
        {
            return new LedgerDatabase(where);
        }

        string file = Directory.Exists(where) ? Path.Combine(where, "ledger.db") : where;
        return File.Exists(file)
            ? new LedgerDatabase(file)
            : throw new InpaintException(ErrorCode.PathNotFound, $"{file}: there is no ledger; give the worker's --data folder.");
    }

    private static InpaintException NoSuchJob(long id) =>
        new(ErrorCode.PathNotFound, string.Create(CultureInfo.InvariantCulture, $"Job {id}: there is no such job; 'inpaint queue ls' lists them."));

    private static string Line(LedgerJob job) => string.Create(
        CultureInfo.InvariantCulture,
        $"{job.Id,5}  {job.State,-10}  generation {job.Generation}  {job.InstanceCount} instances  attempts {job.Attempts}  {job.Reason} {job.Hint}").TrimEnd();
}
