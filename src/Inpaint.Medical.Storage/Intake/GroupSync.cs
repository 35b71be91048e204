namespace Inpaint.Medical.Storage.Intake;

/// <summary>
/// One sync for all who wait for one: whoever comes while a sync runs shares the next. The first caller syncs on its own thread, so that
/// a single one is not slowed by a hand-over.
/// </summary>
/// <param name="sync">Makes everything written so far durable, or throws.</param>
internal sealed class GroupSync(Action sync)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _next;
    private bool _isRunning;

    /// <summary>Returns when a sync that began after this call has succeeded; throws what it threw.</summary>
    public Task SyncAsync()
    {
        TaskCompletionSource mine;
        bool leads;
        lock (_lock)
        {
            mine = _next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            leads = !_isRunning;
            _isRunning = true;
        }

        if (leads)
        {
            Lead();
        }

        return mine.Task;
    }

    private void Lead()
    {
        TaskCompletionSource group;
        lock (_lock)
        {
            group = _next!;
            _next = null;
        }

        try
        {
            sync();
            group.SetResult();
        }
        catch (IOException failure)
        {
            group.SetException(failure);
        }

        bool goesOn;
        lock (_lock)
        {
            goesOn = _isRunning = _next is not null;
        }

        if (goesOn)
        {
            // Others came meanwhile; their sync must not delay this caller's answer.
            ThreadPool.UnsafeQueueUserWorkItem(_ => Lead(), null);
        }
    }
}
