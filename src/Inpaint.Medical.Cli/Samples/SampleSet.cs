using System.Security.Cryptography;
using System.Text.Json;
using Inpaint.Medical.Cli.Commands;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Provenance;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Cli.Samples;

/// <summary>The series of sample-data: one synthetic head, whole and damaged in the ways that matter, with what is expected of each.</summary>
internal static class SampleSet
{
    private const int Slices = 20;
    private const int Size = 48;

    private static readonly Sample[] Samples =
    [
        new("mr-complete", Damage.None, null, ErrorCode.None, 0),
        new("mr-one-missing", new Damage([9], [], []), null, ErrorCode.None, 0),
        new("mr-run-of-3-missing", new Damage([8, 9, 10], [], []), null, ErrorCode.None, 0),
        new("mr-run-of-6-missing", new Damage([7, 8, 9, 10, 11, 12], [], []), null, ErrorCode.GapTooLong, 3),
        new("mr-spoiled", new Damage([4], [9], [14]), null, ErrorCode.None, 0),
        new("ct-two-missing", new Damage([5, 13], [], []), "CT", ErrorCode.None, 0),
    ];

    public static async Task WriteAsync(string folder, IUidFactory uids, CancellationToken cancellation)
    {
        var entries = new List<object>();
        foreach (Sample sample in Samples)
        {
            string modality = sample.Modality ?? "MR";
            Volume volume = SamplePhantom.Make(Slices, Size, 3, 4, modality == "CT", seed: 1);
            string series = Path.Combine(folder, sample.Name);
            await SampleCommand.WriteSeriesAsync(
                volume, series, SampleCommand.PhantomSettings(modality, sample.Name), sample.Damage, uids, cancellation).ConfigureAwait(false);
            entries.Add(new
            {
                sample.Name,
                Modality = modality,
                Slices,
                sample.Damage.Dropped,
                sample.Damage.Truncated,
                sample.Damage.Blank,
                ExpectedExitCode = sample.ExitCode,
                ExpectedError = sample.Error == ErrorCode.None ? null : sample.Error.ToString(),
                ExpectedRebuilt = sample.Error == ErrorCode.None ? sample.Damage.All : [],
                Files = Directory.GetFiles(series).Order(StringComparer.Ordinal).ToDictionary(file => Path.GetFileName(file), Digest),
            });
        }

        var manifest = new
        {
            Schema = "inpaint.medical/sample-data/1",
            Source = "Synthetic head phantom, made by 'inpaint sample set -o DIR'; shows nobody.",
            Licence = "CC0-1.0",
            Series = entries,
        };
        await File.WriteAllTextAsync(
            Path.Combine(folder, "manifest.json"), JsonSerializer.Serialize(manifest, RunRecordJson.Options) + "\n", cancellation).ConfigureAwait(false);
    }

    private static string Digest(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));

    private sealed record Sample(string Name, Damage Damage, string? Modality, ErrorCode Error, int ExitCode);
}
