using System.CommandLine;
using Inpaint.Medical.Core.Provenance;
using Inpaint.Medical.Hosting;

namespace Inpaint.Medical.Cli.Commands;

/// <summary>inpaint version: what runs here.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        Command command = new("version", "Prints the versions of the program and of the libraries in it.");
        command.SetAction(_ => Run());
        return command;
    }

    private static int Run()
    {
        foreach (Component component in SoftwareInventory.Components)
        {
            Console.Out.WriteLine($"{component.Name} {component.Version}");
        }

        return ExitCode.Done;
    }
}
