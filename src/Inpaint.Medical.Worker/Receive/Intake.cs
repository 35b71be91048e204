using System.Net;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Dicom.Network;
using Inpaint.Medical.Storage.Intake;
using Inpaint.Medical.Storage.Ledger;
using Inpaint.Medical.Storage.Objects;
using Inpaint.Medical.Worker.Deliver;

namespace Inpaint.Medical.Worker.Receive;

/// <summary>
/// The one way in, whatever the channel: staged bytes are checked, made durable and recorded in the ledger, and only then
/// acknowledged.
/// </summary>
internal sealed class Intake(
    ObjectStore store,
    IntakeRecorder recorder,
    SeriesLedger ledger,
    WorkerOptions options,
    CommitmentBook commitments,
    AddressLimits limits,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<Intake> logger) : IStoreIntake
{
    private readonly HashSet<string> _ours = [.. options.Receivers().Select(receiver => receiver.AeTitle)];
    private readonly IReadOnlyList<AllowRule> _rules = options.AllowRules();
    private volatile bool _isClosed;

    public Admission Admit(AssociationPeer peer)
    {
        Admission admission = Judge(peer);
        WorkerMetrics.Association(admission.ToString());
        if (admission != Admission.Accepted)
        {
            logger.LogWarning("Association refused: {Admission}", admission);
        }

        return admission;
    }

    private Admission Judge(AssociationPeer peer) =>
        !_ours.Contains(peer.CalledAe) ? Admission.CalledAeUnknown
        : !(_rules.Count == 0 ? IPAddress.IsLoopback(peer.Address) : _rules.Any(rule => rule.Matches(peer))) ? Admission.CallingAeUnknown
        : _isClosed || store.UsedFraction() > options.HighWatermark || !limits.TryEnter(peer.Address) ? Admission.Congested
        : Admission.Accepted;

    public void Ended(AssociationPeer peer) => limits.Leave(peer.Address);

    public IIncomingObject Begin(AssociationPeer peer) => new Incoming(recorder.Stage(options.LargestObjectBytes));

    public async Task<StoreAnswer> CompleteAsync(
        AssociationPeer peer, IIncomingObject incoming, string announcedSopInstanceUid, CancellationToken cancellationToken) =>
        (await AcceptAsync((StagedObject)incoming.Stream, announcedSopInstanceUid, "association", peer.CalledAe, cancellationToken)).Answer;

    public Task CommittedAsync(StorageCommitmentReport report, CancellationToken cancellationToken)
    {
        commitments.Report(report);
        return Task.CompletedTask;
    }

    /// <summary>Takes one object that comes as a whole Part 10 file, for the first of our AE titles.</summary>
    /// <param name="write">Writes the file.</param>
    /// <param name="announcedSopInstanceUid">What the sender said it is; null where nobody said.</param>
    public async Task<Acceptance> TakeAsync(
        Func<Stream, Task> write, string? announcedSopInstanceUid, string channel, CancellationToken cancellationToken)
    {
        using StagedObject staged = recorder.Stage(options.LargestObjectBytes);
        staged.BeginDataset();
        await write(staged);
        return await AcceptAsync(staged, announcedSopInstanceUid, channel, options.Receivers()[0].AeTitle, cancellationToken);
    }

    /// <summary>Checks, stores and records one staged object.</summary>
    private async Task<Acceptance> AcceptAsync(
        StagedObject staged, string? announcedSopInstanceUid, string channel, string receiver, CancellationToken cancellationToken)
    {
        Acceptance acceptance = await JudgeAsync(staged, announcedSopInstanceUid, channel, receiver, cancellationToken);
        WorkerMetrics.Received(channel, acceptance.Answer.ToString());
        return acceptance;
    }

    private async Task<Acceptance> JudgeAsync(
        StagedObject staged, string? announced, string channel, string receiver, CancellationToken cancellationToken)
    {
        staged.Flush();
        if (_isClosed || staged.IsTooLarge || staged.IsDiskFull)
        {
            logger.LogError("Object refused: {Reason}", staged.IsTooLarge ? "larger than the limit" : "no room, or closing");
            return new Acceptance(StoreAnswer.OutOfResources, null);
        }

        ReceivedInstance instance;
        try
        {
            using Stream content = staged.OpenRead();
            instance = ReceivedInstance.Read(content);
        }
        catch (InpaintException refusal)
        {
            logger.LogWarning("Object refused with code {Code}: {Reason}", (int)refusal.Code, refusal.Message);
            await QuarantineAsync(staged, refusal.Code, cancellationToken);
            return new Acceptance(refusal.Code == ErrorCode.AttributeInvalid ? StoreAnswer.DoesNotMatch : StoreAnswer.Unreadable, null);
        }

        if (announced is not null && announced != instance.SopInstanceUid)
        {
            await QuarantineAsync(staged, ErrorCode.AttributeInvalid, cancellationToken);
            return new Acceptance(StoreAnswer.DoesNotMatch, instance);
        }

        if (instance.IsOwnOutput)
        {
            // An archive that forwards all it receives sends our output back: it is safe there, and never an input here.
            logger.LogInformation("Own output came back and was not taken in");
            return new Acceptance(StoreAnswer.Success, instance);
        }

        return new Acceptance(await KeepAsync(staged, instance, channel, receiver), instance);
    }

    private async Task<StoreAnswer> KeepAsync(
        StagedObject staged, ReceivedInstance instance, string channel, string receiver)
    {
        var arrived = new ArrivedInstance
        {
            SopInstanceUid = instance.SopInstanceUid,
            SopClassUid = instance.SopClassUid,
            StudyInstanceUid = instance.StudyInstanceUid,
            SeriesInstanceUid = instance.SeriesInstanceUid,
            ReceivedUtc = time.GetUtcNow().UtcDateTime,
            Channel = channel,
            Receiver = receiver,
            ExpectedCount = instance.ImagesInAcquisition,
        };
        IntakeOutcome recorded;
        try
        {
            recorded = await recorder.RecordAsync(staged, arrived);
        }
        catch (IOException failure)
        {
            Fail(failure);
            return StoreAnswer.OutOfResources;
        }

        switch (recorded)
        {
            case IntakeOutcome.Different:
                return await CompareAsync(staged, arrived);
            case IntakeOutcome.Unavailable:
                logger.LogError("Object refused: disk or ledger cannot take it now");
                return StoreAnswer.OutOfResources;
            default:
                return StoreAnswer.Success;
        }
    }

    /// <summary>Another data set is held under the object's UID: the same image, encoded or described differently, or another one?</summary>
    private async Task<StoreAnswer> CompareAsync(StagedObject staged, ArrivedInstance arrived)
    {
        LedgerInstance held = await ledger.InstanceAsync(arrived.SopInstanceUid, CancellationToken.None);
        using (Stream first = File.OpenRead(store.FullPath(held.RelativePath)))
        using (Stream second = staged.OpenRead())
        {
            if (held.SeriesInstanceUid == arrived.SeriesInstanceUid && ReceivedInstance.HaveSamePixels(first, second))
            {
                return StoreAnswer.Success;
            }
        }

        logger.LogWarning("Object refused: other pixels are held under its UID");
        await ledger.NoteAsync(
            "instance-conflict", $"held {held.ContentSha256[..12]}, received {staged.ContentSha256()[..12]}", CancellationToken.None);
        return StoreAnswer.Conflict;
    }

    /// <summary>A failed sync may have dropped the pages; the only honest answer is to stop acknowledging and to verify at start.</summary>
    public void Fail(Exception failure)
    {
        _isClosed = true;
        logger.LogCritical("The disk refused to make an object durable: {Type}; the worker stops", failure.GetType().Name);
        Environment.ExitCode = 5;
        lifetime.StopApplication();
    }

    private async Task QuarantineAsync(StagedObject staged, ErrorCode code, CancellationToken cancellationToken)
    {
        string kept = Path.GetFileName(store.Quarantine(staged)) ?? "not kept: no room";
        await ledger.NoteAsync("quarantined", $"code {(int)code}, {kept}", cancellationToken);
    }

    /// <summary>No acknowledgement from here on: the worker is stopping.</summary>
    public void Close() => _isClosed = true;

    private sealed class Incoming(StagedObject staged) : IIncomingObject
    {
        public Stream Stream => staged;

        public void BeginDataset() => staged.BeginDataset();

        public void Dispose() => staged.Dispose();
    }
}

/// <summary>The answer to an object, and what it is where it could be read.</summary>
internal sealed record Acceptance(StoreAnswer Answer, ReceivedInstance? Instance);
