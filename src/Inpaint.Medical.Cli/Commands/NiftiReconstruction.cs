using Inpaint.Medical.Cli.Output;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Core.Provenance;
using Inpaint.Medical.Hosting;
using Inpaint.Medical.Nifti;

namespace Inpaint.Medical.Cli.Commands;

/// <summary>reconstruct on a NIfTI file: header and untouched voxels stay bit-identical.</summary>
internal static class NiftiReconstruction
{
    /// <summary>Limits and method where no protocol is named: a NIfTI file does not say what it shows.</summary>
    private const string DefaultProtocol = "nifti-volume";

    public static Task<int> RunAsync(ReconstructArguments arguments, CancellationToken cancellation)
    {
        using var host = new Host(arguments.ProtocolFolder, arguments.RecordFolder, arguments.Model, arguments.Device);
        if (arguments.Mode is not null)
        {
            throw new InpaintException(ErrorCode.UsageInvalid, "--mode is for DICOM series; a NIfTI file is always written whole.");
        }

        string name = arguments.Protocol ?? DefaultProtocol;
        Protocol protocol = host.Protocols.FirstOrDefault(one => one.Name == name)
            ?? throw new InpaintException(ErrorCode.UsageInvalid, $"There is no protocol '{name}'; 'inpaint protocol list' shows what there is.");
        NiftiSeries series = NiftiSeries.Open(arguments.Paths[0], new NiftiSelection
        {
            Axis = arguments.Axis switch { "x" => SliceAxis.X, "y" => SliceAxis.Y, "z" => SliceAxis.Z, _ => null },
            Missing = arguments.Slices,
            MaskPath = arguments.Mask,
        });

        var run = new NiftiRun(series, arguments.Paths[0], protocol, new RunOptions(arguments.Method, WithUncertainty: arguments.WithUncertainty, AdaptSeconds: arguments.AdaptSeconds), arguments.Modality, host.Methods, host.Time);
        RunRecord record = run.Reconstruct(cancellation);
        bool isWritten = record.Outcome == RunOutcome.Reconstructed && !arguments.IsDryRun;
        if (isWritten)
        {
            record = NiftiOutput.Write(series, run.Sigma is { } sigma ? series.Uncertainty(sigma) : null, record, arguments.Output!);
        }

        Report(record, series, arguments, isWritten);
        return Task.FromResult(ExitCode.Done);
    }

    private static void Report(RunRecord record, NiftiSeries series, ReconstructArguments arguments, bool isWritten)
    {
        string? output = isWritten ? Path.GetFullPath(arguments.Output!) : null;
        foreach (Finding finding in record.Findings)
        {
            Messages.Show(finding);
        }

        if (record.Outcome == RunOutcome.NothingToDo)
        {
            Messages.Note("Nothing is missing or masked; nothing was written.");
        }

        if (arguments.IsJson)
        {
            JsonDocuments.Print(new
            {
                Schema = "inpaint.medical/reconstruct-nifti/1",
                Version = SoftwareInventory.ProductVersion,
                Output = output,
                RecordFile = output is null ? null : NiftiOutput.RecordFileOf(output),
                Axis = series.Grid.Axis.ToString().ToLowerInvariant(),
                Slices = series.Geometry.SliceCount,
                Record = record,
            });
            return;
        }

        Console.Out.WriteLine($"{series.Name}: {series.Geometry.SliceCount} slices along {series.Grid.Axis}, {record.Outcome}");
        foreach (MethodChoice choice in record.Choices)
        {
            Console.Out.WriteLine($"  slices {TextReports.Ranges(choice.Targets)}: {choice.Method.Name}; {choice.Reason}");
        }

        if (output is not null)
        {
            Console.Out.WriteLine($"  volume {output}");
            Console.Out.WriteLine($"  record {NiftiOutput.RecordFileOf(output)}");
            if (record.Uncertainty is not null)
            {
                Console.Out.WriteLine($"  uncertainty {NiftiOutput.UncertaintyFileOf(output)}");
            }
        }
    }
}
