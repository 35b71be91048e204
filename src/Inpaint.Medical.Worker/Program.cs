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

return await WorkerCommand.Create().Parse(args).InvokeAsync();
