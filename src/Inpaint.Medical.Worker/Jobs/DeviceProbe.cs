using System.Diagnostics;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Hosting;

namespace Inpaint.Medical.Worker.Jobs;

/// <summary>Whether learned methods find a device. Asked in a process of its own, as reconstructions run in one: the worker never loads libtorch.</summary>
internal sealed class DeviceProbe(TimeProvider clock)
{
    /// <summary>A device can be lost while the worker runs; loading libtorch takes a second.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private Task<string?>? _answer;
    private DateTimeOffset _asked;

    /// <summary>The device that reconstructions run on, such as <c>cpu</c> or <c>cuda:0</c>; null when libtorch finds none, or has not answered before the token.</summary>
    public async Task<string?> DeviceAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Current().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>The child's side: one line with the device.</summary>
    /// <returns>0, or 5 when there is none.</returns>
    public static int Print()
    {
        try
        {
            string[] devices = [.. DeviceInventory.Components().Where(component => component.Name.StartsWith("device ", StringComparison.Ordinal))
                .Select(component => component.Name["device ".Length..])];
            Console.WriteLine(devices.FirstOrDefault(name => name.StartsWith("cuda", StringComparison.Ordinal), devices[0]));
            return 0;
        }
        catch (InpaintException)
        {
            return 5;
        }
    }

    private Task<string?> Current()
    {
        lock (_gate)
        {
            bool isFresh = _answer is not null && clock.GetUtcNow() - _asked < Lasting && (!_answer.IsCompleted || _answer.Result is not null);
            if (!isFresh)
            {
                (_answer, _asked) = (AskAsync(), clock.GetUtcNow());
            }

            return _answer!;
        }
    }

    private static async Task<string?> AskAsync()
    {
        using Process process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["device"]) { RedirectStandardOutput = true })!;
        string line = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? line.Trim() : null;
    }
}
