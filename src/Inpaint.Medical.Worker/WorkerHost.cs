using System.Security.Cryptography.X509Certificates;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Dicom.Network;
using Inpaint.Medical.Storage.Intake;
using Inpaint.Medical.Storage.Ledger;
using Inpaint.Medical.Storage.Objects;
using Inpaint.Medical.Worker.Archive;
using Inpaint.Medical.Worker.Deliver;
using Inpaint.Medical.Worker.Http;
using Inpaint.Medical.Worker.Jobs;
using Inpaint.Medical.Worker.Receive;
using Quartz;
using Serilog;
using Serilog.Formatting.Compact;

namespace Inpaint.Medical.Worker;

/// <summary>The composition root of the service.</summary>
internal static class WorkerHost
{
    private const int BadSettings = 2;
    private const int DiskFailed = 5;

    // By name, so that its clock stays its own: that of an unnamed one would be everybody's.
    private const string Scheduler = "worker";

    /// <param name="commandLine">Settings that win over appsettings.json and the environment.</param>
    /// <returns>0 after a clean stop, 2 for settings that cannot work, 5 when the disk failed.</returns>
    public static async Task<int> RunAsync(IReadOnlyDictionary<string, string?> commandLine, CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddEnvironmentVariables("INPAINT_").AddInMemoryCollection(commandLine);
        WorkerOptions options;
        try
        {
            options = builder.Configuration.GetSection("Worker").Get<WorkerOptions>() ?? new WorkerOptions();
        }
        catch (InvalidOperationException malformed)
        {
            await Console.Error.WriteLineAsync($"Settings: {malformed.Message}");
            return BadSettings;
        }

        IReadOnlyList<string> problems = options.Problems();
        foreach (string problem in problems)
        {
            await Console.Error.WriteLineAsync(problem);
        }

        if (problems.Count > 0)
        {
            return BadSettings;
        }

        Directory.CreateDirectory(options.Data);
        var database = new LedgerDatabase(options.Ledger ?? Path.Combine(options.Data, "ledger.db"));
        using FileStream? hold = database.IsPostgres ? null : TryHold(options.Data);
        if (hold is null && !database.IsPostgres)
        {
            await Console.Error.WriteLineAsync($"--data {options.Data}: another worker uses this folder; sharing it takes a --ledger on PostgreSQL.");
            return BadSettings;
        }

        await using WebApplication app = await BuildAsync(builder, options, database, cancellationToken);
        try
        {
            await app.RunAsync(cancellationToken);
        }
        catch (InpaintException cannotStart)
        {
            await Console.Error.WriteLineAsync($"{(int)cannotStart.Code} {cannotStart.Message}");
            return DiskFailed;
        }
        finally
        {
            await Log.CloseAndFlushAsync();
        }

        return Environment.ExitCode;
    }

    /// <summary>The data folder for this process alone, until it ends, however it ends. Null: another process has it.</summary>
    private static FileStream? TryHold(string folder)
    {
        string path = Path.Combine(folder, "worker.lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    private static async Task<WebApplication> BuildAsync(
        WebApplicationBuilder builder, WorkerOptions options, LedgerDatabase database, CancellationToken cancellationToken)
    {
        Log.Logger = Logs(options);
        builder.Services.AddSerilog();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.Limits.MaxRequestBodySize = null;
            server.Listen(options.HttpEndPoint(), endpoint => Secure(endpoint, options));
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));

        await database.MigrateAsync(cancellationToken);
        AddServices(builder.Services, options, database);
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(
            new System.Text.Json.Serialization.JsonStringEnumConverter(System.Text.Json.JsonNamingPolicy.CamelCase)));
        AddQuartz(builder.Services, options, database, database.IsPostgres
            ? await SteadyTime.AfterAsync(database, TimeProvider.System, cancellationToken)
            : new SteadyTime(TimeProvider.System, DateTimeOffset.MinValue));

        WebApplication app = builder.Build();
        DicomNetwork.Use(app.Services);
        JobEndpoints.RequireKey(app, options.ApiKey);
        HealthEndpoints.Map(app);
        JobEndpoints.Map(app);
        StowEndpoint.Map(app);
        return app;
    }

    private static void AddServices(IServiceCollection services, WorkerOptions options, LedgerDatabase database)
    {
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(database);
        services.AddSingleton(new ObjectStore(options.Data));
        services.AddSingleton(WorkerIdentity.Create());
        services.AddSingleton<SeriesLedger>();
        services.AddSingleton<QueueOperations>();
        services.AddSingleton<IntakeRecorder>();
        services.AddSingleton<CommitmentBook>();
        services.AddSingleton<SettleClock>();
        services.AddSingleton<DeviceProbe>();
        services.AddSingleton<AddressLimits>();
        services.AddSingleton<Intake>();
        services.AddSingleton<SeriesSteps>();
        services.AddHttpClient();
        services.AddSingleton(provider => new ArchiveOfChoice(CreateArchive(options, provider)));
        services.AddSingleton<IReadOnlyList<IDestination>>(provider => [.. options.Deliver.Select(name => CreateDestination(name, options, provider))]);
        services.AddHostedService<Recovery>();
        services.AddHostedService<AssociationService>();
        services.AddHostedService<WatchFolder>();
        DicomNetwork.Add(services);
    }

    /// <summary>One sweep for all workers on a ledger, and a job for each series that is due.</summary>
    private static void AddQuartz(IServiceCollection services, WorkerOptions options, LedgerDatabase database, SteadyTime steady)
    {
        services.AddSingleton(steady);
        services.AddQuartz(Scheduler, quartz =>
        {
            // One more than series, for the sweep.
            quartz.UseDefaultThreadPool(options.Concurrency + 1);
            quartz.UseExecutionLimits(limits => limits.ForGroup(SeriesJob.ExecutionGroup, options.Concurrency));
            quartz.UseTimeProvider(steady);
            if (database.IsPostgres)
            {
                quartz.UsePersistentStore(store =>
                {
                    store.UsePostgres(Npgsql.NpgsqlFactory.Instance, database.ConnectionString);
                    store.UseClustering(cluster => cluster.CheckinInterval = TimeSpan.FromSeconds(5));
                    store.ProvisionSchema();
                });
            }

            // A single worker keeps its schedule in memory: at start the sweep finds in the ledger all that is to be done.
            quartz.AddJob<JobSweep>(job => job.WithIdentity("sweep"));
            quartz.AddTrigger<JobSweep>(trigger => trigger.ForJob("sweep").WithIdentity("sweep")
                .WithSchedule(SimpleScheduleBuilder.Create().WithInterval(TimeSpan.FromSeconds(1)).RepeatForever()));
        });
        services.AddQuartzHostedService(Scheduler, host => host.WaitForJobsToComplete = true);
    }

    private static void Secure(Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions endpoint, WorkerOptions options)
    {
        if (options.HttpCertificate is not null && options.HttpKey is not null)
        {
            using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(options.HttpCertificate, options.HttpKey);
            endpoint.UseHttps(X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null));
        }
    }

    private static IArchive? CreateArchive(WorkerOptions options, IServiceProvider provider) =>
        options.Archive is null ? null
        : WorkerOptions.WebUrl(options.Archive) is { } url
            ? new WebArchive(Http(provider), WithSlash(url), provider.GetRequiredService<Intake>(), options)
            : CreateArchive(options, PeerSetting.Parse(options.Archive)!, provider);

    private static DicomArchive CreateArchive(WorkerOptions options, PeerSetting peer, IServiceProvider provider) =>
        new(options.Receivers()[0].AeTitle, peer.Peer, options.Tls(peer), TakeFetched(provider));

    private static InstanceTaker TakeFetched(IServiceProvider provider) => async (file, uid, cancellationToken) =>
    {
        Acceptance acceptance = await provider.GetRequiredService<Intake>().TakeAsync(
            staged => file.SaveAsync(staged), uid, "archive", cancellationToken);
        return acceptance.Answer == StoreAnswer.Success;
    };

    private static IDestination CreateDestination(string name, WorkerOptions options, IServiceProvider provider) =>
        WorkerOptions.WebUrl(name) is { } url
            ? new WebDestination(name, Http(provider), WithSlash(url))
            : CreateDestination(options, PeerSetting.Parse(name)!, provider.GetRequiredService<CommitmentBook>());

    private static DicomDestination CreateDestination(WorkerOptions options, PeerSetting peer, CommitmentBook commitments) =>
        new(options.Receivers()[0].AeTitle, peer.Peer, options.Tls(peer), commitments);

    private static HttpClient Http(IServiceProvider provider)
    {
        HttpClient client = provider.GetRequiredService<IHttpClientFactory>().CreateClient();
        client.Timeout = TimeSpan.FromSeconds(120);
        return client;
    }

    private static Uri WithSlash(Uri url) => url.AbsoluteUri.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/");

    private static Serilog.Core.Logger Logs(WorkerOptions options) => new LoggerConfiguration()
        .MinimumLevel.Information()
        .MinimumLevel.Override("Microsoft", Serilog.Events.LogEventLevel.Warning)
        .MinimumLevel.Override("System", Serilog.Events.LogEventLevel.Warning)
        .MinimumLevel.Override("Quartz", Serilog.Events.LogEventLevel.Warning)

        // At lower levels the library writes AE titles and UIDs of peers into the log.
        .MinimumLevel.Override("FellowOakDicom", Serilog.Events.LogEventLevel.Error)
        .WriteTo.Console(formatProvider: System.Globalization.CultureInfo.InvariantCulture)
        .WriteTo.File(
            new RenderedCompactJsonFormatter(), Path.Combine(options.Data, "logs", "worker-.json"),
            rollingInterval: RollingInterval.Day, retainedFileCountLimit: 31, fileSizeLimitBytes: 100 << 20, rollOnFileSizeLimit: true)
        .CreateLogger();
}
