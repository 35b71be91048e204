using System.CommandLine;
using Inpaint.Medical.Worker;
using Inpaint.Medical.Worker.Jobs;

if (args is ["task", var request, var answer])
{
    return await TaskRunner.RunAsync(request, answer);
}

if (args is ["device"])
{
    return DeviceProbe.Print();
}

// The service itself answers a signal to end; the command line would end it two seconds later, at whatever it was.
return await WorkerCommand.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
