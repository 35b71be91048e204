using System.CommandLine;
using System.Globalization;
using Inpaint.Medical.Cli.Output;
using Inpaint.Medical.Cli.Samples;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Dicom.Reading;
using Inpaint.Medical.Hosting;
using Inpaint.Medical.Nifti;

namespace Inpaint.Medical.Cli.Commands;

/// <summary>
/// demo: takes a whole volume, writes it as a series, damages it, runs the real pipeline on that folder by every method and compares
/// what was rebuilt with the truth. Behind ./build.sh demo.
/// </summary>
internal static class DemoCommand
{
    // Debian package mricron-data.
    private const string RealVolume = "/usr/share/mricron/templates/ch2.nii.gz";

    public static Command Create()
    {
        Option<string> output = new("--output", "-o") { Description = "Folder for all that the demo makes; replaced.", DefaultValueFactory = _ => Path.Combine("out", "demo") };
        Command command = new("demo", "Damages a whole series, rebuilds it and compares with the truth.") { output };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetRequiredValue(output), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string folder, CancellationToken cancellation)
    {
        using var host = new Host();
        (Volume truth, string name) = await TruthAsync(host, cancellation).ConfigureAwait(false);
        Clear(folder);
        string input = Path.Combine(folder, "damaged");
        Damage damage = DamageOf(truth.SliceCount);
        var settings = SampleCommand.Settings("MR", name) with { SeriesDescription = "T1 head" };
        await SampleCommand.WriteSeriesAsync(truth, input, settings, damage, host.Uids, cancellation).ConfigureAwait(false);
        Messages.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {truth.SliceCount} slices; missing {TextReports.Ranges(damage.Dropped)}, truncated {TextReports.Ranges(damage.Truncated)}, blank {TextReports.Ranges(damage.Blank)}"));

        var comparison = new DemoComparison(truth, damage);
        string[] methods = [.. host.Methods.Select(method => method.Identity.Name), "auto"];
        foreach (string method in methods)
        {
            string series = await ReconstructAsync(host, input, Path.Combine(folder, method), method, cancellation).ConfigureAwait(false);
            comparison.Add(method, series, await ReadAsync(host, series, cancellation).ConfigureAwait(false));
        }

        comparison.PrintTable();
        Volume damaged = await ReadAsync(host, input, cancellation).ConfigureAwait(false);
        string picture = Path.Combine(folder, "montage.png");
        comparison.WriteMontage(picture, damaged);
        comparison.PrintPaths(picture);
        return ExitCode.Done;
    }

    /// <summary>The real volume where its package is installed, else the phantom of the repository.</summary>
    private static async Task<(Volume Truth, string Name)> TruthAsync(Host host, CancellationToken cancellation)
    {
        if (File.Exists(RealVolume))
        {
            return (NiftiSeries.Open(RealVolume).ReadVolume(0), "ch2 (Debian mricron-data)");
        }

        string phantom = Path.Combine("sample-data", "mr-complete");
        if (!Directory.Exists(phantom))
        {
            throw new InpaintException(ErrorCode.PathNotFound, "Neither Debian's mricron-data nor sample-data is here; run the demo from the root of the repository.");
        }

        Messages.Note("The real volume (Debian package mricron-data) is not here; using the synthetic phantom of sample-data instead.");
        return (await ReadAsync(host, phantom, cancellation).ConfigureAwait(false), "phantom (sample-data)");
    }

    /// <summary>A single slice, a run of two and a run of three missing; one file cut short, one blank. By place in the series.</summary>
    private static Damage DamageOf(int slices)
    {
        int At(double part) => (int)(part * slices);
        return new Damage([At(0.3), At(0.4), At(0.4) + 1, At(0.55), At(0.55) + 1, At(0.55) + 2], [At(0.7)], [At(0.8)]);
    }

    private static async Task<string> ReconstructAsync(Host host, string input, string output, string method, CancellationToken cancellation)
    {
        using DicomInstanceSource source = host.Source([input]);
        using var folder = new OutputFolder(output);
        var request = new RunRequest(RunExtent.Reconstruct, null, new RunOptions(method));
        PipelineResult result = await host.Pipeline.RunAsync(source, host.Sink(source, folder), request, null, cancellation).ConfigureAwait(false);
        SeriesResult series = result.Series.Single();
        if (series.Delivery is not { } delivery)
        {
            throw new InpaintException(series.Record.Error, series.ErrorMessage ?? $"The series was not rebuilt ({series.Record.Outcome}).");
        }

        folder.Commit();
        return folder.FinalOf(delivery.Destination);
    }

    /// <summary>The volume of the one series in a folder, as anyone reads it.</summary>
    private static async Task<Volume> ReadAsync(Host host, string folder, CancellationToken cancellation)
    {
        using DicomInstanceSource source = host.Source([folder]);
        InstanceSet received = await ReceiveStage.RunAsync(source, cancellation).ConfigureAwait(false);

        // A synthetic series is never rebuilt again, so grouping sets it aside; here it is only looked at.
        SeriesSet grouped = GroupStage.Run(received with { Instances = [.. received.Instances.Select(instance => instance with { IsSynthetic = false })] });
        return BuildVolumeStage.Run(grouped.Series.Single(), source, cancellation).Volume;
    }

    private static void Clear(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
