using System.CommandLine;
using Inpaint.Medical.Cli.Output;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Hosting;
using Inpaint.Medical.Torch;
using Inpaint.Medical.Torch.Training;

namespace Inpaint.Medical.Cli.Commands;

/// <summary>model list|show|verify|calibrate: the models behind the method transformer.</summary>
internal static class ModelCommand
{
    public static Command Create() => new("model", "Lists, shows, verifies and calibrates models.") { List(), Show(), Verify(), Calibrate() };

    private static Command List()
    {
        Option<string?> folder = Folder();
        Option<bool> json = SharedOptions.Json();
        Command command = new("list", "Lists the models there are.") { folder, json };
        command.SetAction(parsed => Guard(() =>
        {
            IReadOnlyList<ModelFolder> models = Models(parsed.GetValue(folder));
            if (parsed.GetValue(json))
            {
                JsonDocuments.Print(new { Schema = "inpaint.medical/models/1", Models = models.Select(model => model.Manifest) });
                return ExitCode.Done;
            }

            foreach (ModelFolder model in models)
            {
                Console.Out.WriteLine($"{model.Manifest.Name} {model.Manifest.Version}: {string.Join(", ", model.Manifest.Modalities)}, weights sha256 {model.Manifest.WeightsSha256}");
            }

            if (models.Count == 0)
            {
                Messages.Note("There is no model; the classical methods need none.");
            }

            return ExitCode.Done;
        }));
        return command;
    }

    private static Command Show()
    {
        Argument<string> name = Name();
        Option<string?> folder = Folder();
        Command command = new("show", "Prints the card of a model.") { name, folder };
        command.SetAction(parsed => Guard(() =>
        {
            ModelFolder model = Find(parsed.GetRequiredValue(name), parsed.GetValue(folder));
            string card = Path.Combine(model.Path, ModelFolder.CardFile);
            Console.Out.WriteLine(File.Exists(card) ? File.ReadAllText(card).TrimEnd() : model.Manifest.ToJson());
            return ExitCode.Done;
        }));
        return command;
    }

    private static Command Verify()
    {
        Argument<string> name = Name();
        Option<string?> folder = Folder();
        Command command = new("verify", "Checks the weights of a model against its manifest.") { name, folder };
        command.SetAction(parsed => Guard(() =>
        {
            ModelFolder model = Find(parsed.GetRequiredValue(name), parsed.GetValue(folder));
            model.Verify();
            Console.Out.WriteLine($"{model.Manifest.Name} {model.Manifest.Version}: weights are as pinned, sha256 {model.Manifest.WeightsSha256}");
            return ExitCode.Done;
        }));
        return command;
    }

    private static Command Calibrate()
    {
        Argument<string> folder = new("DIR") { Description = "Folder of a model; its model.json is rewritten." };
        Option<string[]> data = new("--data") { Description = "The scans that the model was trained on.", HelpName = "PATH", Required = true, AllowMultipleArgumentsPerToken = true };
        Option<bool> dryRun = new("--dry-run") { Description = "Only print the factors." };
        Command command = new("calibrate", "Scales the predicted standard errors so that 90 % intervals hold (docs/model.md).") { folder, data, dryRun };
        command.SetAction((parsed, cancellation) => CalibrateAsync(parsed.GetRequiredValue(folder), parsed.GetRequiredValue(data), parsed.GetValue(dryRun), cancellation));
        return command;
    }

    private static async Task<int> CalibrateAsync(string folder, string[] data, bool isDryRun, CancellationToken cancellation)
    {
        TrainingVolume[] volumes = await TrainingData.LoadAsync(data, cancellation).ConfigureAwait(false);
        return Guard(() =>
        {
            ModelFolder model = ModelFolder.Open(folder);
            var factors = new List<SigmaFactor>();
            foreach (SigmaFactor factor in SigmaCalibration.Measure(model, volumes, new InferenceOptions(), cancellation))
            {
                factors.Add(factor);
                Console.Out.WriteLine($"{factor.Volume}: {Text([(factor.Gap, factor.Factor)])}");
            }

            ModelManifest calibrated = model.Manifest with { SigmaScale = SigmaCalibration.Combine(factors) };
            Console.Out.WriteLine($"all: {Text(calibrated.SigmaScale.Select(scale => (scale.Key, scale.Value)))}");
            if (!isDryRun)
            {
                model.Write(calibrated);
            }

            return ExitCode.Done;
        });
    }

    private static string Text(IEnumerable<(string Gap, double Factor)> factors) =>
        string.Join(", ", factors.Select(one => FormattableString.Invariant($"gap {one.Gap} {one.Factor:0.000}")));

    private static Argument<string> Name() => new("NAME") { Description = "Name of a model." };

    private static Option<string?> Folder() => new("--models") { Description = "Folder of models instead of those that travel with the program.", HelpName = "DIR" };

    private static IReadOnlyList<ModelFolder> Models(string? folder) => ModelFolder.List(folder ?? new InpaintOptions().ModelFolder);

    private static ModelFolder Find(string name, string? folder)
    {
        IReadOnlyList<ModelFolder> models = Models(folder);
        return models.FirstOrDefault(model => model.Manifest.Name == name) ?? throw new InpaintException(
            ErrorCode.ModelRefused, $"There is no model '{name}'; there are: {(models.Count == 0 ? "none" : string.Join(", ", models.Select(model => model.Manifest.Name)))}.");
    }

    private static int Guard(Func<int> run)
    {
        try
        {
            return run();
        }
        catch (ModelFileException refusal)
        {
            throw new InpaintException(ErrorCode.ModelRefused, refusal.Message, refusal);
        }
    }
}
