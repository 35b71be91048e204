using System.Text.Json;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Core.Provenance;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Dicom.Reading;
using Inpaint.Medical.Dicom.Writing;
using Inpaint.Medical.Hosting;

namespace Inpaint.Medical.Worker.Jobs;

/// <summary>The child's side: runs the pipeline over one series and writes the answer.</summary>
internal static class TaskRunner
{
    /// <returns>0: the answer is written, whatever it says.</returns>
    public static async Task<int> RunAsync(string requestFile, string answerFile)
    {
        new Thread(EndWithParent) { IsBackground = true }.Start();
        ReconstructionTask task = JsonSerializer.Deserialize<ReconstructionTask>(await File.ReadAllTextAsync(requestFile))!;
        TaskResult result;
        try
        {
            result = await RunAsync(task);
        }
        catch (InpaintException refusal)
        {
            result = new TaskResult(RunOutcome.Refused, refusal.Code, refusal.Message, null, 0, []);
        }

        string temporary = answerFile + ".part";
        await File.WriteAllTextAsync(temporary, JsonSerializer.Serialize(result));
        File.Move(temporary, answerFile, overwrite: true);
        return 0;
    }

    /// <summary>A child whose worker was killed must not go on writing beside the child of the next one.</summary>
    private static void EndWithParent()
    {
        using Stream held = Console.OpenStandardInput();
        held.ReadByte();
        Environment.Exit(1);
    }

    private static async Task<TaskResult> RunAsync(ReconstructionTask task)
    {
        var options = InpaintOptions.FromEnvironment();
        options = options with
        {
            SiteSecret = task.SiteSecret.Length > 0 ? task.SiteSecret : options.SiteSecret,
            ProtocolFolder = task.ProtocolFolder ?? options.ProtocolFolder,
        };
        await using ServiceProvider services = new ServiceCollection().AddInpaint(options).AddSingleton<IReadOnlyList<Protocol>>(
            _ => Applicable(Storage.ProtocolFolder.Load(options.ProtocolFolder), task.Protocols)).BuildServiceProvider();
        using var source = new DicomInstanceSource(task.Files, services.GetRequiredService<DicomSourceSettings>());
        var sink = new DerivedSeriesWriter(
            source, series => FolderOf(task, series), services.GetRequiredService<IUidFactory>(), services.GetRequiredService<DerivedSeriesSettings>());
        var request = new RunRequest(
            task.Reconstruct ? RunExtent.Reconstruct : RunExtent.Inspect, null, new RunOptions(task.Method));
        PipelineResult pipeline = await services.GetRequiredService<ReconstructionPipeline>()
            .RunAsync(source, task.Reconstruct ? sink : null, request, null, CancellationToken.None);
        return Summarise(pipeline);
    }

    private static IReadOnlyList<Protocol> Applicable(IReadOnlyList<Protocol> all, IReadOnlyList<string> names) =>
        names.Count == 0 ? all : [.. all.Where(protocol => names.Contains(protocol.Name))];

    // A series that falls into parts (echoes, orientations) gives one folder a part.
    private static string FolderOf(ReconstructionTask task, DerivedSeries series) =>
        Path.Combine(task.OutputFolder, series.SeriesInstanceUid);

    private static TaskResult Summarise(PipelineResult pipeline)
    {
        RunOutcome[] gravity = [RunOutcome.Reconstructed, RunOutcome.Failed, RunOutcome.Refused, RunOutcome.Reported, RunOutcome.NothingToDo];
        SeriesResult? decisive = pipeline.Series.OrderBy(result => Array.IndexOf(gravity, result.Record.Outcome)).FirstOrDefault();
        if (decisive is null)
        {
            Finding? reason = pipeline.SetAside.Select(aside => aside.Reason).Concat(pipeline.Findings).FirstOrDefault();
            return new TaskResult(RunOutcome.Refused, reason?.Code ?? ErrorCode.NoInstances, reason?.Message ?? "No images.", null, 0, []);
        }

        return new TaskResult(
            decisive.Record.Outcome,
            decisive.Record.Error,
            decisive.Record.ErrorMessage ?? decisive.Record.Findings.FirstOrDefault(finding => finding.Severity != FindingSeverity.Info)?.Message,
            decisive.Record.RunId,
            pipeline.Series.Sum(result => result.Mask?.Decisions.Length ?? 0),
            [.. pipeline.Series.Where(result => result.Delivery is not null).SelectMany(Outputs)]);
    }

    private static IEnumerable<TaskOutput> Outputs(SeriesResult result) => result.Delivery!.Instances.Select(instance => new TaskOutput(
        result.Series.Instances[0].SopClassUid,
        instance.SopInstanceUid,
        result.Record.DerivedSeriesInstanceUid!,
        Path.Combine(result.Delivery.Destination, instance.Location),
        instance.Sha256));
}
