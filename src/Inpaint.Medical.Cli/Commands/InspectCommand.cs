using System.CommandLine;
using Inpaint.Medical.Cli.Output;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Dicom.Reading;

namespace Inpaint.Medical.Cli.Commands;

/// <summary>inspect PATH…: what is there, what is missing, what is irregular. Changes nothing.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        Argument<string[]> paths = SharedOptions.Paths();
        Option<bool> json = SharedOptions.Json();
        Option<string?> protocol = SharedOptions.Protocol(), protocolFolder = SharedOptions.ProtocolFolder();
        Command command = new("inspect", "Reports the geometry of every series, its missing and spoiled slices and all that is irregular.")
        {
            paths, json, protocol, protocolFolder,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetRequiredValue(paths),
            parsed.GetValue(json),
            parsed.GetValue(protocol),
            parsed.GetValue(protocolFolder),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string[] paths, bool json, string? protocol, string? protocolFolder, CancellationToken cancellation)
    {
        using var host = new Host(protocolFolder);
        using DicomInstanceSource source = host.Source(paths);
        var request = new RunRequest(RunExtent.Inspect, protocol, new RunOptions());
        PipelineResult result = await ProgressLine.RunAsync(
            progress => host.Pipeline.RunAsync(source, null, request, progress, cancellation)).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();

        foreach (Finding finding in result.Findings)
        {
            Messages.Show(finding);
        }

        if (json)
        {
            JsonDocuments.Print(JsonDocuments.Inspection(result));
        }
        else
        {
            TextReports.Inspection(result);
        }

        return result.Series.Any(series => series.Record.Error == ErrorCode.Internal) ? ExitCode.Internal : ExitCode.Done;
    }
}
