using System.Collections.Immutable;
using Inpaint.Medical.Cli.Output;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Provenance;
using Inpaint.Medical.Dicom.Reading;
using Inpaint.Medical.Hosting;

namespace Inpaint.Medical.Cli.Commands;

/// <summary>reconstruct on DICOM images.</summary>
internal static class DicomReconstruction
{
    // More slices than any series has: a list beyond it is a slip of the keyboard.
    private const int MostSlices = 100_000;

    public static async Task<int> RunAsync(ReconstructArguments arguments, CancellationToken cancellation)
    {
        using var host = new Host(arguments.ProtocolFolder, arguments.RecordFolder, arguments.Model, arguments.Device);
        using DicomInstanceSource source = host.Source(arguments.Paths);
        using OutputFolder? folder = arguments.IsDryRun ? null : new OutputFolder(arguments.Output!);
        RunOptions options = await OptionsAsync(arguments, host, cancellation).ConfigureAwait(false);
        var request = new RunRequest(arguments.IsDryRun ? RunExtent.DryRun : RunExtent.Reconstruct, arguments.Protocol, options);

        PipelineResult result = await ProgressLine.RunAsync(progress => host.Pipeline.RunAsync(
            source, folder is null ? null : host.Sink(source, folder), request, progress, cancellation)).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        bool isWritten = folder?.Commit() ?? false;

        string? FolderOf(SeriesResult series) => isWritten && series.Delivery is { } delivery ? folder!.FinalOf(delivery.Destination) : null;
        Report(result, arguments, isWritten, FolderOf);
        return ExitCodeOf(result);
    }

    private static async Task<RunOptions> OptionsAsync(ReconstructArguments arguments, Host host, CancellationToken cancellation) => new(
        arguments.Method,
        arguments.Mode,
        arguments.Slices is null ? default : SliceNumbers.Parse(arguments.Slices, MostSlices),
        arguments.Mask is null ? null : await RegionsAsync(arguments, host, cancellation).ConfigureAwait(false),
        arguments.WithUncertainty,
        arguments.AdaptSeconds);

    /// <summary>The mask's voxels on the grid of the one series in the input.</summary>
    private static async Task<ImmutableDictionary<int, RegionMask>> RegionsAsync(
        ReconstructArguments arguments, Host host, CancellationToken cancellation)
    {
        using DicomInstanceSource source = host.Source(arguments.Paths);
        var request = new RunRequest(RunExtent.Inspect, arguments.Protocol, new RunOptions());
        PipelineResult found = await host.Pipeline.RunAsync(source, null, request, null, cancellation).ConfigureAwait(false);
        return found.Series is [{ Geometry: { } geometry }]
            ? MaskOnGrid.Read(arguments.Mask!, geometry)
            : throw new InpaintException(
                ErrorCode.UsageInvalid, $"--mask needs an input with exactly one series that has a slice grid; found {found.Series.Length} series.");
    }

    private static void Report(PipelineResult result, ReconstructArguments arguments, bool isWritten, Func<SeriesResult, string?> folderOf)
    {
        foreach (Finding finding in result.Findings.Concat(result.Series.SelectMany(series => series.Findings)))
        {
            Messages.Show(finding);
        }

        foreach (SeriesResult series in result.Series.Where(series => series.Record.Error != ErrorCode.None))
        {
            Messages.Error(series.Record.Error, series.ErrorMessage ?? string.Empty);
        }

        if (result.Series.IsEmpty)
        {
            ReportNoSeries(result);
        }
        else if (result.Series.All(series => series.Record.Outcome == RunOutcome.NothingToDo))
        {
            Messages.Note("Nothing is missing or spoiled; no series was written.");
        }

        if (arguments.IsJson)
        {
            JsonDocuments.Print(JsonDocuments.Reconstruction(result, isWritten ? Path.GetFullPath(arguments.Output!) : null, folderOf));
            return;
        }

        foreach (SeriesResult series in result.Series)
        {
            TextReports.Reconstruction(series, folderOf(series));
        }
    }

    private static void ReportNoSeries(PipelineResult result)
    {
        foreach (var group in result.SetAside.GroupBy(image => (image.Reason.Code, image.Reason.Message)))
        {
            Messages.Error(group.Key.Code, $"{group.Key.Message} ({group.Count()} image(s) set aside)");
        }
    }

    private static int ExitCodeOf(PipelineResult result)
    {
        ErrorCode[] errors = [.. result.Series.Select(series => series.Record.Error).Where(code => code != ErrorCode.None)];
        if (errors.Length == 0)
        {
            return result.Series.IsEmpty ? ExitCode.InputRejected : ExitCode.Done;
        }

        int[] codes = [.. errors.Select(ExitCode.Of)];
        return codes.Contains(ExitCode.Internal) ? ExitCode.Internal
            : errors.Length < result.Series.Length ? ExitCode.SomeSeriesRejected
            : codes.Distinct().Count() == 1 ? codes[0]
            : ExitCode.InputRejected;
    }
}
