using System.CommandLine;
using Inpaint.Medical.Cli.Output;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Dicom.Reading;
using Inpaint.Medical.Storage;

namespace Inpaint.Medical.Cli.Commands;

/// <summary>protocol list|check|test: which protocols there are, whether files are valid, which one is for a series.</summary>
internal static class ProtocolCommand
{
    public static Command Create() => new("protocol", "Lists, checks and tests protocols (docs/protocols.md).") { List(), Check(), Test() };

    private static Command List()
    {
        Option<string?> folder = SharedOptions.ProtocolFolder();
        Option<bool> json = SharedOptions.Json();
        Command command = new("list", "Lists the protocols in the order in which they are considered.") { folder, json };
        command.SetAction(parsed =>
        {
            using var host = new Host(parsed.GetValue(folder));
            Protocol[] protocols = [.. host.Protocols.OrderByDescending(protocol => protocol.Priority).ThenBy(protocol => protocol.Name, StringComparer.Ordinal)];
            if (parsed.GetValue(json))
            {
                JsonDocuments.Print(new
                {
                    Schema = "inpaint.medical/protocols/1",
                    Protocols = protocols.Select(protocol => new
                    {
                        protocol.Name, protocol.Version, protocol.Priority, protocol.Method, protocol.Description, protocol.Sha256,
                    }),
                });
                return ExitCode.Done;
            }

            foreach (Protocol protocol in protocols)
            {
                Console.Out.WriteLine($"{protocol.Name} {protocol.Version} (priority {protocol.Priority}, method {protocol.Method}): {protocol.Description}");
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Check()
    {
        Argument<string[]> files = new("FILE") { Description = "Protocol files.", Arity = ArgumentArity.OneOrMore };
        Command command = new("check", "Checks protocol files; every mistake is one line with file and line number.") { files };
        command.SetAction(parsed =>
        {
            int exit = ExitCode.Done;
            foreach (string file in parsed.GetRequiredValue(files))
            {
                try
                {
                    Protocol protocol = ProtocolFolder.LoadFile(file);
                    Console.Out.WriteLine($"{file}: valid, {protocol.Name} {protocol.Version}, sha256 {protocol.Sha256}");
                }
                catch (InpaintException mistake)
                {
                    Messages.Error(mistake.Code, mistake.Message);
                    exit = ExitCode.InputRejected;
                }
            }

            return exit;
        });
        return command;
    }

    private static Command Test()
    {
        Argument<string> file = new("FILE") { Description = "A DICOM file; the rest of its series is looked for in its folder. Or a folder." };
        Option<string?> folder = SharedOptions.ProtocolFolder();
        Command command = new("test", "Says which protocol is for the series of this file, and why the others are not.") { file, folder };
        command.SetAction((parsed, cancellation) => TestAsync(parsed.GetRequiredValue(file), parsed.GetValue(folder), cancellation));
        return command;
    }

    private static async Task<int> TestAsync(string path, string? protocolFolder, CancellationToken cancellation)
    {
        using var host = new Host(protocolFolder);
        if (!Path.Exists(path))
        {
            throw new InpaintException(ErrorCode.PathNotFound, $"'{path}' does not exist.");
        }

        string wanted = Path.GetFullPath(path);
        bool isFile = File.Exists(wanted);
        using DicomInstanceSource source = host.Source([isFile ? Path.GetDirectoryName(wanted)! : wanted]);
        InstanceSet received = await ReceiveStage.RunAsync(source, cancellation).ConfigureAwait(false);
        SeriesSet grouped = GroupStage.Run(received);
        ImageSeries[] series = [.. grouped.Series.Where(one => !isFile || one.Instances.Any(instance => instance.Source == wanted))];
        if (series.Length == 0)
        {
            Finding? reason = grouped.SetAside.FirstOrDefault(image => image.Instance.Source == wanted)?.Reason
                ?? received.Findings.FirstOrDefault(finding => finding.Sources.Contains(wanted));
            throw new InpaintException(reason?.Code ?? ErrorCode.NoInstances, reason?.Message ?? $"'{path}' belongs to no series.");
        }

        return series.All(one => Show(one, host.Protocols)) ? ExitCode.Done : ExitCode.InputRejected;
    }

    private static bool Show(ImageSeries series, IReadOnlyList<Protocol> protocols)
    {
        SeriesTraits traits = SeriesTraits.Of(series);
        Console.Out.WriteLine(FormattableString.Invariant(
            $"series {series.Instances[0].SeriesNumber} {traits.Modality}, {traits.SliceCount} slices, spacing {traits.SliceSpacingMm?.ToString("0.###", null) ?? "unknown"} mm"));
        bool isChosen = false;
        foreach (ProtocolVerdict verdict in ProtocolMatcher.Judge(protocols, traits))
        {
            string answer = !verdict.Matches ? $"no: {string.Join("; ", verdict.Objections)}" : isChosen ? "matches, but another has priority" : "chosen";
            Console.Out.WriteLine($"  {verdict.Protocol.Name} {verdict.Protocol.Version} (priority {verdict.Protocol.Priority}): {answer}");
            isChosen |= verdict.Matches;
        }

        return isChosen;
    }
}
