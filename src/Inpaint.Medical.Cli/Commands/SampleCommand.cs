using System.CommandLine;
using Inpaint.Medical.Cli.Output;
using Inpaint.Medical.Cli.Samples;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Dicom.Writing;
using Inpaint.Medical.Nifti;

namespace Inpaint.Medical.Cli.Commands;

/// <summary>sample phantom|from-nifti|set: DICOM series to try the program on, whole or damaged on purpose.</summary>
internal static class SampleCommand
{
    public static Command Create() =>
        new("sample", "Makes DICOM series to try the program on, whole or damaged on purpose.") { Phantom(), FromNifti(), Set() };

    private static Command Phantom()
    {
        Option<string> output = Output();
        Option<string> modality = Modality();
        Option<int> slices = new("--count") { Description = "Slices.", DefaultValueFactory = _ => 40 };
        Option<int> size = new("--size") { Description = "Rows and columns.", DefaultValueFactory = _ => 128 };
        DamageOptions damage = new();
        Command command = new("phantom", "Makes a synthetic head; it shows nobody.") { output, modality, slices, size };
        damage.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            (int count, int side) = (parsed.GetValue(slices), parsed.GetValue(size));
            if (count is < 1 or > 2000 || side is < 8 or > 2048)
            {
                throw new InpaintException(ErrorCode.UsageInvalid, $"A phantom has 1 to 2000 slices of 8 to 2048 rows; asked were {count} of {side}.");
            }

            string kind = parsed.GetRequiredValue(modality);
            Volume volume = SamplePhantom.Make(count, side, 3, 200.0 / side, kind == "CT", seed: 1);
            return WriteAsync(volume, parsed.GetRequiredValue(output), PhantomSettings(kind, $"{kind}{count}x{side}"), damage.Read(parsed, count), cancellation);
        });
        return command;
    }

    private static Command FromNifti()
    {
        Argument<string> input = new("IN") { Description = "A NIfTI file." };
        Option<string> output = Output();
        Option<string> modality = Modality();
        DamageOptions damage = new();
        Command command = new("from-nifti", "Writes a NIfTI volume as the series that a scanner would have made of it.") { input, output, modality };
        damage.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            NiftiSeries series = NiftiSeries.Open(parsed.GetRequiredValue(input));
            Volume volume = series.ReadVolume(0);
            DicomExportSettings settings = Settings(parsed.GetRequiredValue(modality), series.Name) with
            {
                SeriesDescription = parsed.GetRequiredValue(modality) == "MR" ? "T1 volume" : "Volume",
            };
            return WriteAsync(volume, parsed.GetRequiredValue(output), settings, damage.Read(parsed, volume.SliceCount), cancellation);
        });
        return command;
    }

    private static Command Set()
    {
        Option<string> output = Output();
        Command command = new("set", "Makes the series of sample-data with their manifest.") { output };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var host = new Host();
            await SampleSet.WriteAsync(parsed.GetRequiredValue(output), host.Uids, cancellation).ConfigureAwait(false);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>An anonymous series of a fixed day, so that the same volume gives the same bytes.</summary>
    internal static DicomExportSettings Settings(string modality, string key) => new()
    {
        Modality = modality,
        Key = key,
        AcquiredAt = new DateTimeOffset(2020, 1, 2, 3, 4, 5, TimeSpan.Zero),
    };

    internal static DicomExportSettings PhantomSettings(string modality, string key) => Settings(modality, $"phantom-{key}") with
    {
        SeriesDescription = "Synthetic head",
        PatientId = "PHANTOM",
        PatientName = "PHANTOM^SYNTHETIC",
        IsPhantom = true,
    };

    /// <summary>Writes the series and damages it.</summary>
    internal static async Task<Delivery> WriteSeriesAsync(
        Volume volume, string folder, DicomExportSettings settings, Damage damage, IUidFactory uids, CancellationToken cancellation)
    {
        Delivery delivery = await DicomSeriesExporter.WriteAsync(damage.ApplyTo(volume), folder, settings, uids, cancellation).ConfigureAwait(false);
        damage.TruncateFiles(folder);
        return delivery;
    }

    private static async Task<int> WriteAsync(
        Volume volume, string folder, DicomExportSettings settings, Damage damage, CancellationToken cancellation)
    {
        using var host = new Host();
        Delivery delivery = await WriteSeriesAsync(volume, folder, settings, damage, host.Uids, cancellation).ConfigureAwait(false);
        Console.Out.WriteLine($"{Path.GetFullPath(folder)}: {delivery.Instances.Length} images, {damage.All.Length} of {volume.SliceCount} slices damaged");
        return ExitCode.Done;
    }

    private static Option<string> Output() =>
        new("--output", "-o") { Description = "Folder to be made.", HelpName = "DIR", Required = true };

    private static Option<string> Modality()
    {
        Option<string> modality = new("--modality") { Description = "MR or CT.", DefaultValueFactory = _ => "MR" };
        modality.AcceptOnlyFromAmong("MR", "CT");
        return modality;
    }

    private sealed class DamageOptions
    {
        private readonly Option<string?> _drop = new("--drop") { Description = "Slices without a file: 10,20-23.", HelpName = "LIST" };
        private readonly Option<string?> _truncate = new("--truncate") { Description = "Slices whose file is cut short.", HelpName = "LIST" };
        private readonly Option<string?> _blank = new("--blank") { Description = "Slices whose pixels are all 0.", HelpName = "LIST" };

        public void AddTo(Command command)
        {
            command.Add(_drop);
            command.Add(_truncate);
            command.Add(_blank);
        }

        public Damage Read(ParseResult parsed, int sliceCount) =>
            Damage.Parse(parsed.GetValue(_drop), parsed.GetValue(_truncate), parsed.GetValue(_blank), sliceCount);
    }
}
