using Microsoft.Extensions.Logging;

namespace FellowOakDicom.Network;

/// <content>What is done with a whole message.</content>
public abstract partial class DicomService
{
    private const int MaximumWaiting = 16;

    private static readonly DicomStatus Unreadable = new(DicomStatus.ProcessingFailure, "Data set could not be read");

    private Task _work = Task.CompletedTask;
    private Task _reports = Task.CompletedTask;
    private int _waiting;

    /// <summary>Answers N-EVENT-REPORT requests; null where the service does not.</summary>
    private protected virtual Task<DicomNEventReportResponse> PerformNEventReportAsync(DicomNEventReportRequest request) =>
        this is IDicomNServiceProvider provider ? provider.OnNEventReportRequestAsync(request) : null;

    /// <summary>Told of each response after the callback of its request.</summary>
    private protected virtual void OnResponse(DicomRequest request, DicomResponse response)
    {
    }

    private async Task PerformAsync(DicomMessage message)
    {
        Logger.LogDebug("Received {Message}", message);
        if (Options.LogDimseDatasets && Logger.IsEnabled(LogLevel.Debug))
        {
            Logger.LogDebug("Data set: {Dataset}", message.ToString(true));
        }

        switch (message)
        {
            case DicomResponse response:
                await OnResponseAsync(response).ConfigureAwait(false);
                break;
            case DicomRequest request when IsQuery(request) || (!_work.IsCompleted && request is not DicomCStoreRequest):
                if (Interlocked.Increment(ref _waiting) > MaximumWaiting)
                {
                    await _work.ConfigureAwait(false);
                }

                _work = WorkAsync(_work, request);
                break;
            case DicomRequest request:
                await _work.ConfigureAwait(false);
                await HandleAsync(() => AnswerAsync(request)).ConfigureAwait(false);
                break;
            default:
                // C-CANCEL: has no response, and the operation ends by itself.
                break;
        }
    }

    private static bool IsQuery(DicomRequest request) =>
        request is DicomCFindRequest or DicomCMoveRequest or DicomCGetRequest;

    private async Task OnResponseAsync(DicomResponse response)
    {
        if (!_pending.TryGetValue(response.RequestMessageID, out DicomRequest request))
        {
            Logger.LogWarning("A response to no request, or to one that timed out, is ignored: {Message}", response);
            return;
        }

        bool isFinal = response.Status.State != DicomState.Pending;
        if (isFinal)
        {
            _pending.TryRemove(response.RequestMessageID, out _);
        }
        else
        {
            request.LastActivity = Environment.TickCount64;
            request.LastPendingResponseReceived = DateTime.Now;
        }

        Post(request, response);
        if (isFinal)
        {
            ReleaseSlot();
            await NotifyIfQueueEmptyAsync().ConfigureAwait(false);
        }
    }

    private void Post(DicomRequest request, DicomResponse response)
    {
        try
        {
            request.PostResponse(this, response);
        }
        catch (Exception exception)
        {
            Logger.LogError("OnResponseReceived threw {Kind}", exception.GetType().Name);
        }

        OnResponse(request, response);
    }

    private async Task NotifyIfQueueEmptyAsync()
    {
        if (IsSendQueueEmpty)
        {
            await OnSendQueueEmptyAsync().ConfigureAwait(false);
        }
    }

    private async Task WorkAsync(Task previous, DicomRequest request)
    {
        await previous.ConfigureAwait(false);
        await Task.Yield();
        try
        {
            await AnswerAsync(request).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
        finally
        {
            _reader.Touch();
            Interlocked.Decrement(ref _waiting);
        }
    }

    private Task AnswerAsync(DicomRequest request) => request switch
    {
        DicomCFindRequest find when this is IDicomCFindProvider provider => AnswerAllAsync(find, provider.OnCFindRequestAsync(find)),
        DicomCMoveRequest move when this is IDicomCMoveProvider provider => AnswerAllAsync(move, provider.OnCMoveRequestAsync(move)),
        DicomCGetRequest get when this is IDicomCGetProvider provider => AnswerAllAsync(get, provider.OnCGetRequestAsync(get)),
        _ => AnswerOneAsync(request),
    };

    private async Task AnswerOneAsync(DicomRequest request)
    {
        DicomResponse response = await ResponseToAsync(request).ConfigureAwait(false);
        await SendResponseAsync(response ?? request.CreateResponse(DicomStatus.ProcessingFailure)).ConfigureAwait(false);
        if (request is DicomNActionRequest action && this is IDicomNEventReportRequestProvider reporter)
        {
            // Beside the reader: the report may have to wait for the response to an earlier one.
            _reports = ReportAsync(_reports, reporter, action);
        }
    }

    private async Task ReportAsync(Task previous, IDicomNEventReportRequestProvider reporter, DicomNActionRequest action)
    {
        await previous.ConfigureAwait(false);
        await Task.Yield();
        try
        {
            await reporter.OnSendNEventReportRequestAsync(action).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    private async Task<DicomResponse> ResponseToAsync(DicomRequest request)
    {
        var services = this as IDicomNServiceProvider;
        return request switch
        {
            DicomCEchoRequest echo when this is IDicomCEchoProvider provider => await provider.OnCEchoRequestAsync(echo).ConfigureAwait(false),
            DicomCStoreRequest store when this is IDicomCStoreProvider provider => await provider.OnCStoreRequestAsync(store).ConfigureAwait(false),
            DicomNEventReportRequest report when PerformNEventReportAsync(report) is { } task => await task.ConfigureAwait(false),
            DicomNActionRequest action when services != null => await services.OnNActionRequestAsync(action).ConfigureAwait(false),
            DicomNCreateRequest create when services != null => await services.OnNCreateRequestAsync(create).ConfigureAwait(false),
            DicomNDeleteRequest delete when services != null => await services.OnNDeleteRequestAsync(delete).ConfigureAwait(false),
            DicomNGetRequest get when services != null => await services.OnNGetRequestAsync(get).ConfigureAwait(false),
            DicomNSetRequest set when services != null => await services.OnNSetRequestAsync(set).ConfigureAwait(false),
            _ => request.CreateResponse(DicomStatus.UnrecognizedOperation),
        };
    }

    /// <summary>Sends the responses of a query; one without a final status gets one.</summary>
    private async Task AnswerAllAsync<T>(DicomRequest request, IAsyncEnumerable<T> responses)
        where T : DicomResponse
    {
        bool isFinal = false;
        await foreach (T response in responses.ConfigureAwait(false))
        {
            if (isFinal)
            {
                throw new DicomNetworkException("A handler gave a response after the final one.");
            }

            isFinal = response.Status.State != DicomState.Pending;
            await SendResponseAsync(response).ConfigureAwait(false);
        }

        if (!isFinal)
        {
            await SendResponseAsync(request.CreateResponse(DicomStatus.ProcessingFailure)).ConfigureAwait(false);
        }
    }
}
