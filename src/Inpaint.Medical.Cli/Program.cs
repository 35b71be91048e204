using System.CommandLine;
using Inpaint.Medical.Cli.Commands;

namespace Inpaint.Medical.Cli;

/// <summary>Entry point: results on stdout, progress and messages on stderr, exit codes by <see cref="ExitCode"/>.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        RootCommand root = new("Completes DICOM and NIfTI series that have missing or spoiled slices. Not for diagnosis.")
        {
            VersionCommand.Create(),
        };

        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync($"error {(int)Core.Errors.ErrorCode.UsageInvalid} UsageInvalid: {error.Message}").ConfigureAwait(false);
            }

            return ExitCode.Usage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }).ConfigureAwait(false);
    }
}
