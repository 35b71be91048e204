using System.CommandLine;
using System.Globalization;
using Inpaint.Medical.Cli.Output;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Interpolation;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Selection;
using Inpaint.Medical.Hosting;
using Inpaint.Medical.Hosting.Validation;
using Inpaint.Medical.Nifti;
using Inpaint.Medical.Validation;
using Inpaint.Medical.Validation.Acceptance;
using Inpaint.Medical.Validation.Drops;
using Inpaint.Medical.Validation.Report;
using Inpaint.Medical.Validation.Running;

namespace Inpaint.Medical.Cli.Commands;

/// <summary>validate: hides slices of complete scans, rebuilds them by every method, compares; validate merge joins shards.</summary>
internal static class ValidateCommand
{
    private const string ReportName = "report.html";

    public static Command Create()
    {
        Argument<string[]> inputs = new("INPUT")
        {
            Description = "DICOM series, NIfTI files, folders of either, or list files (PATH[,SPLIT[,MODALITY]] a line).",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string[]> drops = new("--drop")
        {
            Description = "What to hide: every:K, run:N, runs:N@COUNT, index:LIST, random:P, ends:N, region:band@N, region:block@N. Several are crossed with the inputs.",
            HelpName = "SPEC",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        Option<string?> methods = new("--method") { Description = "Methods, separated by commas; auto, the choice between them, only where it is named; all others by default.", HelpName = "NAMES" };
        Option<string> output = Output();
        Option<bool> json = SharedOptions.Json();
        Option<ulong> seed = new("--seed") { Description = "Seed of drawn slices and of the bootstrap.", HelpName = "S" };
        Option<bool> resume = new("--resume") { Description = "Go on where a stopped run of the same plan in the same folder ended." };
        Option<string?> shard = new("--shard") { Description = "Work on part I of N of the inputs; join the folders by 'validate merge'.", HelpName = "I/N" };
        Option<string?> accept = Accept();
        Option<string> axis = new("--axis") { Description = "Slice axis of NIfTI files.", DefaultValueFactory = _ => "auto" };
        axis.AcceptOnlyFromAmong("auto", "x", "y", "z");
        Option<string?> modality = new("--modality")
        {
            Description = "Modality of NIfTI inputs that neither a list file nor a sidecar names; learned methods need it.", HelpName = "MR|CT|…",
        };
        Option<string?> model = new("--model") { Description = "Model behind the method transformer.", HelpName = "NAME" };
        Option<string> device = new("--device") { Description = "Device of learned methods.", DefaultValueFactory = _ => "auto" };
        Option<int> adapt = SharedOptions.Adapt();

        Command command = new("validate", "Hides slices of complete scans, rebuilds them by every method and compares (docs/validation.md).")
        {
            inputs, drops, methods, output, json, seed, resume, shard, accept, axis, modality, model, device, adapt, Merge(),
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            new Request(
                parsed.GetRequiredValue(inputs),
                parsed.GetRequiredValue(drops),
                parsed.GetValue(methods),
                parsed.GetRequiredValue(output),
                parsed.GetValue(json),
                parsed.GetValue(seed),
                parsed.GetValue(resume),
                ParseShard(parsed.GetValue(shard)),
                parsed.GetValue(accept),
                parsed.GetValue(axis) switch { "x" => SliceAxis.X, "y" => SliceAxis.Y, "z" => SliceAxis.Z, _ => null },
                parsed.GetValue(modality),
                parsed.GetValue(model),
                parsed.GetValue(device) ?? "auto",
                parsed.GetValue(adapt)),
            cancellation));
        return command;
    }

    private static Command Merge()
    {
        Argument<string[]> folders = new("DIR") { Description = "Output folders of the shards.", Arity = ArgumentArity.OneOrMore };
        Option<string> output = Output();
        Option<bool> json = SharedOptions.Json();
        Option<string?> accept = Accept();
        Command command = new("merge", "Joins the results of shards: the same summary, rows and page as one run over everything.")
        {
            folders, output, json, accept,
        };
        command.SetAction(parsed =>
        {
            AcceptanceGate? gate = LoadGate(parsed.GetValue(accept));
            ValidationResult result = ValidationMerge.Combine(parsed.GetRequiredValue(folders));
            return Conclude(result, parsed.GetRequiredValue(output), new KeptPictures(parsed.GetRequiredValue(folders)), parsed.GetValue(json), gate);
        });
        return command;
    }

    private static async Task<int> RunAsync(Request request, CancellationToken cancellation)
    {
        // All that can be wrong with the command line is said before the first voxel is read.
        AcceptanceGate? gate = LoadGate(request.Accept);
        DropSpec[] drops = [.. request.Drops.Select(DropSpec.Parse)];
        using var host = new Host(model: request.Model, device: request.Device);
        IVolumeReconstructor[] adapted = request.AdaptSeconds == 0
            ? []
            : [.. host.Methods.OfType<IAdaptableReconstructor>().Select(method => new AdaptingReconstructor(method, request.AdaptSeconds))];
        IVolumeReconstructor[] single = [.. host.Methods, .. adapted, new RegistrationInterpolator()];
        IVolumeReconstructor[] methods = request.Methods is null ? single : Choose([.. single, new AutoReconstructor(host.Methods)], request.Methods);
        using ValidationInputs inputs = await ValidationInputs.FindAsync(request.Inputs, new NiftiReading(request.Axis, request.Modality), cancellation).ConfigureAwait(false);
        var settings = new ValidationSettings
        {
            Drops = [.. drops],
            Methods = [.. methods],
            Baselines = [.. methods.Where(method => !method.Identity.IsLearned).Select(method => method.Identity.Name)],
            Seed = request.Seed,
            Shard = request.Shard,
            Resume = request.Resume,
            Version = SoftwareInventory.ProductVersion,
        };
        ValidationResult result = ValidationRun.Run(inputs.All, settings, request.Output, new Progress(), cancellation);
        var pictures = new RebuiltPictures(result, inputs.All, methods, cancellation);
        if (request.Shard != Shard.Whole)
        {
            KeptPictures.Keep(result.Summary, pictures, request.Output);
            Messages.Note($"Shard {request.Shard.Index}/{request.Shard.Count} is finished; 'inpaint validate merge' joins the folders of all shards.");
            return ExitCode.Done;
        }

        return Conclude(result, request.Output, pictures, request.Json, gate);
    }

    private static int Conclude(ValidationResult result, string folder, IPictureSource pictures, bool json, AcceptanceGate? gate)
    {
        SummaryFiles.Write(result, folder);
        ReportModel report = ReportBuilder.Build(result, pictures);
        SummaryFiles.WriteText(Path.Combine(folder, ReportName), page => ReportWriter.Write(report, page));
        if (json)
        {
            Console.Out.WriteLine(File.ReadAllText(Path.Combine(folder, SummaryFiles.SummaryName)).TrimEnd('\n'));
        }
        else
        {
            Console.Out.WriteLine(report.Verdict);
            Console.Out.WriteLine(Path.Combine(folder, ReportName));
        }

        foreach (RefusedInput refused in result.Summary.Refused)
        {
            Messages.Error((ErrorCode)refused.Code, refused.Message);
        }

        FailedCriterion[] failed = gate is null ? [] : [.. gate.Judge(result.Summary)];
        foreach (FailedCriterion criterion in failed)
        {
            Messages.Note(criterion.ToString());
        }

        return failed.Length > 0 ? AcceptanceGate.ExitCode : ExitCode.Done;
    }

    private static IVolumeReconstructor[] Choose(IVolumeReconstructor[] all, string names) =>
        [.. names.Split(',', StringSplitOptions.TrimEntries).Select(name =>
            all.FirstOrDefault(method => method.Identity.Name == name)
            ?? throw new InpaintException(ErrorCode.MethodUnknown, $"There is no method '{name}'; there are {string.Join(", ", all.Select(method => method.Identity.Name))}."))];

    private static Shard ParseShard(string? text)
    {
        if (text is null)
        {
            return Shard.Whole;
        }

        string[] parts = text.Split('/');
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            ? new Shard(index, count)
            : throw new InpaintException(ErrorCode.UsageInvalid, $"'{text}' is no shard; write I/N, for example 1/4.");
    }

    private static AcceptanceGate? LoadGate(string? path) => path is null ? null : AcceptanceGate.Load(path);

    private static Option<string> Output() => new("-o", "--output") { Description = "Folder of the results.", HelpName = "DIR", Required = true };

    private static Option<string?> Accept() => new("--accept")
    {
        Description = "Acceptance file; exit 4 with the failing lines where it is not met.",
        HelpName = "FILE",
    };

    private sealed record Request(
        string[] Inputs,
        string[] Drops,
        string? Methods,
        string Output,
        bool Json,
        ulong Seed,
        bool Resume,
        Shard Shard,
        string? Accept,
        SliceAxis? Axis,
        string? Modality,
        string? Model,
        string Device,
        int AdaptSeconds);

    private sealed class Progress : IProgress<ValidationProgress>
    {
        public void Report(ValidationProgress value) => Messages.Note(FormattableString.Invariant(
            $"{value.Finished} of {value.Total}: {value.Volume} {value.Drop}"));
    }
}
