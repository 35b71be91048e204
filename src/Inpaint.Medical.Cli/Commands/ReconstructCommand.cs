using System.CommandLine;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Series;

namespace Inpaint.Medical.Cli.Commands;

/// <summary>What reconstruct was asked.</summary>
internal sealed record ReconstructArguments(
    string[] Paths,
    string? Output,
    string? Protocol,
    string? ProtocolFolder,
    string? RecordFolder,
    string? Method,
    OutputMode? Mode,
    string? Slices,
    string? Mask,
    string? Axis,
    string? Modality,
    string? Model,
    string Device,
    bool WithUncertainty,
    int AdaptSeconds,
    bool IsDryRun,
    bool IsJson);

/// <summary>reconstruct PATH… -o OUT: completes the series and writes them, with their record, to a new folder.</summary>
internal static class ReconstructCommand
{
    public static Command Create()
    {
        Argument<string[]> paths = SharedOptions.Paths();
        Option<string?> output = new("--output", "-o") { Description = "Folder to be made (DICOM), or file.nii, file.nii.gz (NIfTI).", HelpName = "OUT" };
        Option<string?> protocol = SharedOptions.Protocol(), protocolFolder = SharedOptions.ProtocolFolder();
        Option<string?> records = new("--records") { Description = "Folder that keeps the record of every run, refused ones too.", HelpName = "DIR" };
        Option<string?> method = new("--method") { Description = "How slices are predicted; auto takes what is best on the series' own visible slices.", HelpName = "auto|nearest|linear|cubic|spline|transformer" };
        Option<string?> mode = new("--mode") { Description = "The whole series, or only the rebuilt slices." };
        mode.AcceptOnlyFromAmong("complete", "sparse");
        Option<string?> slices = SharedOptions.Slices(), mask = SharedOptions.Mask();
        Option<string?> axis = new("--axis") { Description = "Slice axis of a NIfTI file." };
        axis.AcceptOnlyFromAmong("auto", "x", "y", "z");
        Option<string?> modality = new("--modality") { Description = "What a NIfTI file shows, which it does not say itself; learned methods want to know." };
        modality.AcceptOnlyFromAmong("MR", "CT");
        Option<string?> model = new("--model") { Description = "Model behind the method transformer; 'inpaint model list' shows those there are.", HelpName = "NAME" };
        Option<string> device = new("--device") { Description = "Device of learned methods.", DefaultValueFactory = _ => "auto" };
        device.AcceptOnlyFromAmong("auto", "cpu", "cuda");
        Option<bool> uncertainty = new("--uncertainty") { Description = "Write the standard error of every rebuilt voxel as a NIfTI file beside the result; learned methods give one." };
        Option<int> adapt = SharedOptions.Adapt();
        Option<bool> dryRun = new("--dry-run") { Description = "Do everything but write." };
        Option<bool> json = SharedOptions.Json();

        Command command = new("reconstruct", "Rebuilds missing and spoiled slices and writes a new, labelled series. Never changes its input.")
        {
            paths, output, protocol, method, mode, slices, mask, axis, modality, model, device, uncertainty, adapt, dryRun, json, records, protocolFolder,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            new ReconstructArguments(
                parsed.GetRequiredValue(paths),
                parsed.GetValue(output),
                parsed.GetValue(protocol),
                parsed.GetValue(protocolFolder),
                parsed.GetValue(records),
                parsed.GetValue(method),
                parsed.GetValue(mode) switch { null => null, "sparse" => OutputMode.Sparse, _ => OutputMode.Complete },
                parsed.GetValue(slices),
                parsed.GetValue(mask),
                parsed.GetValue(axis),
                parsed.GetValue(modality),
                parsed.GetValue(model),
                parsed.GetRequiredValue(device),
                parsed.GetValue(uncertainty),
                parsed.GetValue(adapt),
                parsed.GetValue(dryRun),
                parsed.GetValue(json)),
            cancellation));
        return command;
    }

    private static Task<int> RunAsync(ReconstructArguments arguments, CancellationToken cancellation)
    {
        if (arguments.Output is null && !arguments.IsDryRun)
        {
            throw new InpaintException(ErrorCode.UsageInvalid, "Say where the result goes (-o OUT), or ask for --dry-run.");
        }

        bool isNifti = arguments.Paths.Any(IsNifti);
        if (isNifti && arguments.Paths.Length > 1)
        {
            throw new InpaintException(ErrorCode.UsageInvalid, "One NIfTI file is completed at a time.");
        }

        if (!isNifti && (arguments.Axis is not null || arguments.Modality is not null))
        {
            throw new InpaintException(ErrorCode.UsageInvalid, "--axis and --modality are for NIfTI files; a DICOM series says both itself.");
        }

        return isNifti ? NiftiReconstruction.RunAsync(arguments, cancellation) : DicomReconstruction.RunAsync(arguments, cancellation);
    }

    private static bool IsNifti(string path) =>
        path.EndsWith(".nii", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".nii.gz", StringComparison.OrdinalIgnoreCase);
}
