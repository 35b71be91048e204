using System.CommandLine;
using Inpaint.Medical.Cli.Output;
using Inpaint.Medical.Core.Provenance;
using Inpaint.Medical.Hosting;

namespace Inpaint.Medical.Cli.Commands;

/// <summary>version: what runs here. Loads none of the libraries it names, unless --devices asks libtorch itself.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        Option<bool> devices = new("--devices") { Description = "Load libtorch and the codecs, and say what they can use." };
        Option<bool> json = SharedOptions.Json();
        Command command = new("version", "Prints the versions of the program and of the libraries in it.") { devices, json };
        command.SetAction(parsed =>
        {
            IReadOnlyList<Component> found = parsed.GetValue(devices) ? DeviceInventory.Components() : [];
            if (parsed.GetValue(json))
            {
                PrintJson(found);
            }
            else
            {
                Print([.. SoftwareInventory.Components, .. found]);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(IEnumerable<Component> components)
    {
        foreach (Component component in components)
        {
            Console.Out.WriteLine($"{component.Name} {component.Version}");
        }
    }

    private static void PrintJson(IReadOnlyList<Component> devices) => JsonDocuments.Print(new
    {
        Schema = "inpaint.medical/version/1",
        SoftwareInventory.Components,
        Devices = devices.Count == 0 ? null : devices,
    });
}
