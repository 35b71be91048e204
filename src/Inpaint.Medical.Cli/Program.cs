using System.CommandLine;
using Inpaint.Medical.Cli.Commands;
using Inpaint.Medical.Cli.Output;
using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Cli;

/// <summary>Entry point: results on stdout, progress and messages on stderr, exit codes by <see cref="ExitCode"/>.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        RootCommand root = new("Completes DICOM and NIfTI series that have missing or spoiled slices. Not for diagnosis.")
        {
            InspectCommand.Create(),
            ReconstructCommand.Create(),
            ValidateCommand.Create(),
            ProtocolCommand.Create(),
            ModelCommand.Create(),
            TrainCommand.Create(),
            SampleCommand.Create(),
            DemoCommand.Create(),
            QueueCommand.Create(),
            VersionCommand.Create(),
        };

        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                Messages.Error(ErrorCode.UsageInvalid, error.Message);
            }

            return ExitCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TimeSpan.FromSeconds(20),
            }).ConfigureAwait(false);
        }
        catch (InpaintException refusal)
        {
            Messages.Error(refusal.Code, refusal.Message);
            return ExitCode.Of(refusal.Code);
        }
        catch (OperationCanceledException)
        {
            Messages.Error(ErrorCode.Cancelled, "Cancelled; nothing was written.");
            return ExitCode.Cancelled;
        }
#pragma warning disable CA1031 // The operator gets one line, never a stack trace.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Messages.Error(ErrorCode.Internal, $"{failure.GetType().Name}: {failure.Message}");
            return ExitCode.Internal;
        }
    }
}
