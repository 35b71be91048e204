using System.CommandLine;
using Inpaint.Medical.Cli.Output;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Torch;
using Inpaint.Medical.Torch.Training;

namespace Inpaint.Medical.Cli.Commands;

/// <summary>train: trains the transformer on folders of complete scans, goes on where it stopped, and makes a model of the best weights.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        Option<string[]> data = new("--data") { Description = "NIfTI files, DICOM series, or folders of either to learn from.", HelpName = "PATH", Required = true, AllowMultipleArgumentsPerToken = true };
        Option<string[]> held = new("--held-out") { Description = "The same, of other people, to choose the best weights by.", HelpName = "PATH", AllowMultipleArgumentsPerToken = true };
        Option<string?> config = new("--config") { Description = "JSON file (docs/model.md); the settings of 'tiny' by default.", HelpName = "FILE" };
        Option<string> output = new("-o", "--output") { Description = "Folder of checkpoints and curves.", HelpName = "DIR", Required = true };
        Option<bool> resume = new("--resume") { Description = "Go on from the checkpoint in the output folder, bit for bit on a CPU." };
        Option<string?> initial = new("--initial") { Description = "Weights to start from.", HelpName = "FILE" };
        Option<string> device = new("--device") { Description = "Where to train.", DefaultValueFactory = _ => "auto" };
        device.AcceptOnlyFromAmong("auto", "cpu", "cuda");
        Option<string?> export = new("--export") { Description = "Model folder to write in the end.", HelpName = "DIR" };
        Command command = new("train", "Trains the transformer on complete scans (docs/model.md).") { data, held, config, output, resume, initial, device, export };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetRequiredValue(data), parsed.GetValue(held) ?? [], parsed.GetValue(config), parsed.GetRequiredValue(output), parsed.GetValue(resume),
            parsed.GetValue(initial), parsed.GetRequiredValue(device), parsed.GetValue(export), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        string[] data, string[] held, string? configPath, string output, bool resume, string? initial, string device, string? export, CancellationToken cancellation)
    {
        try
        {
            TrainingConfig config = configPath is null ? new TrainingConfig() : TrainingConfig.Read(configPath);
            TrainingVolume[] train = await TrainingData.LoadAsync(data, cancellation).ConfigureAwait(false);
            TrainingVolume[] judges = held.Length == 0 ? [] : await TrainingData.LoadAsync(held, cancellation).ConfigureAwait(false);
            Write(output, () => new Trainer(config, output, train, judges, new Progress(), device).Run(resume, initial, cancellation));
            cancellation.ThrowIfCancellationRequested();
            string best = Path.Combine(output, "best.safetensors");
            if (export is not null && File.Exists(best))
            {
                string training = FormattableString.Invariant($"{train.Length} volumes, {config.Steps} steps, seed {config.Seed}.");
                Write(export, () => Console.Out.WriteLine($"{export}: weights sha256 {ModelExport.Write(best, config.Size, export, "1.0.0", training, train).Manifest.WeightsSha256}"));
            }

            return ExitCode.Done;
        }
        catch (ModelFileException refusal)
        {
            throw new InpaintException(ErrorCode.ModelRefused, refusal.Message, refusal);
        }
    }

    private static void Write(string folder, Action work)
    {
        try
        {
            work();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InpaintException(ErrorCode.OutputNotWritable, $"{folder}: cannot be written: {error.Message}", error);
        }
    }

    private sealed class Progress : IProgress<TrainingProgress>
    {
        private const int Every = 50;

        public void Report(TrainingProgress value)
        {
            if (value.Message is not null) Messages.Note(value.Message);
            else if (value.Step % Every == 0)
                Messages.Note(FormattableString.Invariant($"step {value.Step} of {value.Steps}: {-value.LossDb:0.00} dB above the best classical method, {value.Remaining:hh\\:mm\\:ss} left"));
        }
    }
}
