using System.Security.Cryptography;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Storage.Intake;
using Inpaint.Medical.Storage.Ledger;
using Inpaint.Medical.Storage.Objects;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Inpaint.Medical.Storage.Tests.Intake;

public sealed class IntakeRecorderTests : IAsyncLifetime
{
    private const int HeaderLength = 200;
    private const int LogBytes = 16 << 20;
    private readonly string _folder = Directory.CreateTempSubdirectory("intake").FullName;
    private readonly LedgerDatabase _database;
    private readonly SeriesLedger _ledger;
    private readonly ObjectStore _store;

    public IntakeRecorderTests()
    {
        _database = new LedgerDatabase(Path.Combine(_folder, "ledger.db"));
        _ledger = new SeriesLedger(_database, TimeProvider.System);
        _store = new ObjectStore(_folder);
    }

    public async ValueTask InitializeAsync() => await _database.MigrateAsync(CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task GivenArrivals_WhenSettled_ThenFilesAndRowsAreThere()
    {
        await using IntakeRecorder recorder = await StartedAsync();

        IntakeOutcome[] outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => SendAsync(recorder, $"1.{i}", 100_000 + i))));
        await recorder.SettledAsync();

        Assert.All(outcomes, outcome => Assert.Equal(IntakeOutcome.Recorded, outcome));
        await AssertHeldAsync(40);
    }

    [Fact]
    public async Task GivenOneInstanceFromManyAtOnce_WhenRecorded_ThenItIsRecordedOnce()
    {
        await using IntakeRecorder recorder = await StartedAsync();

        IntakeOutcome[] outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => SendAsync(recorder, "1.1", 5000))));

        Assert.Equal(1, outcomes.Count(outcome => outcome == IntakeOutcome.Recorded));
        Assert.Equal(15, outcomes.Count(outcome => outcome == IntakeOutcome.Duplicate));
        await AssertHeldAsync(1);
    }

    [Fact]
    public async Task GivenAnotherDataSetUnderAHeldUid_WhenRecorded_ThenTheFirstStays()
    {
        await using IntakeRecorder recorder = await StartedAsync();
        await SendAsync(recorder, "1.1", 5000);

        Assert.Equal(IntakeOutcome.Different, await SendAsync(recorder, "1.1", 6000));
        await AssertHeldAsync(1);
    }

    [Fact]
    public async Task GivenMoreThanTheLogHolds_WhenRecorded_ThenNothingIsLost()
    {
        await using IntakeRecorder recorder = await StartedAsync();

        foreach (int i in Enumerable.Range(0, 9))
        {
            Assert.Equal(IntakeOutcome.Recorded, await SendAsync(recorder, $"1.{i}", (LogBytes / 6) + i));
        }

        Assert.Equal(IntakeOutcome.Recorded, await SendAsync(recorder, "1.100", LogBytes + 1));
        await recorder.SettledAsync();
        await AssertHeldAsync(10);
    }

    [Fact]
    public async Task GivenACrashAfterTheAcknowledgement_WhenStartedAgain_ThenTheLogBringsObjectsAndRowsBack()
    {
        await FillLogAsync(3);

        IntakeRecorder recorder = Recorder();
        Assert.Equal(3, await recorder.StartAsync(CancellationToken.None));

        await recorder.DisposeAsync();
        await AssertHeldAsync(3);
        recorder = Recorder();
        Assert.Equal(0, await recorder.StartAsync(CancellationToken.None));
        await recorder.DisposeAsync();
    }

    [Theory]
    [InlineData(40)]
    [InlineData(100)]
    [InlineData(200)]
    [InlineData(4096 + 100)]
    [InlineData(4096 + 4000)]
    public async Task GivenARecordThatIsTorn_WhenStartedAgain_ThenItWasNeverAcknowledgedAndTheOthersAreWhole(int at)
    {
        await FillLogAsync(3);
        await using (FileStream log = new(Path.Combine(_folder, "arrivals.log"), FileMode.Open))
        {
            // The first record begins on the second block.
            log.Position = 4096 + at;
            int old = log.ReadByte();
            log.Position = 4096 + at;
            log.WriteByte((byte)~old);
        }

        await using IntakeRecorder recorder = Recorder();

        Assert.Equal(2, await recorder.StartAsync(CancellationToken.None));
        await AssertHeldAsync(2);
    }

    [Fact]
    public async Task GivenObjectsThatNeverBecameWhole_WhenOthersAreRecorded_ThenTheirPlacesAreFree()
    {
        await using IntakeRecorder recorder = await StartedAsync();

        // Together four times what the log holds.
        foreach (int _ in Enumerable.Range(0, 32))
        {
            using StagedObject abandoned = recorder.Stage(1 << 30);
            abandoned.Write(new byte[LogBytes / 8]);
        }

        Assert.Equal(IntakeOutcome.Recorded, await SendAsync(recorder, "1.1", LogBytes / 8));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder, "staging")));
        await recorder.SettledAsync();
        await AssertHeldAsync(1);
    }

    [Fact]
    public async Task GivenManyThatArriveInPiecesAtOnce_WhenACrashFollows_ThenTheLogBringsEachBackWhole()
    {
        await FillLogAsync(12, 700_000, pieces: 37);

        await using IntakeRecorder recorder = Recorder();

        Assert.Equal(12, await recorder.StartAsync(CancellationToken.None));
        await AssertHeldAsync(12);
    }

    [Fact]
    public async Task GivenAnAcknowledgedObjectThatCannotGetItsFile_WhenItCanAgain_ThenItIsRecordedAndMeanwhileNothingIsTaken()
    {
        await using IntakeRecorder recorder = await StartedAsync();
        Directory.Move(Path.Combine(_folder, "objects"), Path.Combine(_folder, "away"));
        Assert.Equal(IntakeOutcome.Recorded, await SendAsync(recorder, "1.1", 5000));

        int others = 2;
        while (await SendAsync(recorder, $"1.{others}", 5000) != IntakeOutcome.Unavailable)
        {
            others++;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Directory.Move(Path.Combine(_folder, "away"), Path.Combine(_folder, "objects"));
        await recorder.SettledAsync();
        await AssertHeldAsync(others - 1);
    }

    [Fact]
    public async Task GivenAcknowledgedObjectsThatCannotGetTheirFiles_WhenStartedAgain_ThenItIsRefusedAndTheLogKeepsThem()
    {
        await FillLogAsync(3);
        IntakeRecorder recorder = Recorder();
        Directory.Move(Path.Combine(_folder, "objects"), Path.Combine(_folder, "away"));

        InpaintException refusal = await Assert.ThrowsAsync<InpaintException>(() => recorder.StartAsync(CancellationToken.None));
        await recorder.DisposeAsync();
        Assert.Equal(ErrorCode.OutputNotWritable, refusal.Code);

        Directory.Move(Path.Combine(_folder, "away"), Path.Combine(_folder, "objects"));
        recorder = Recorder();
        Assert.Equal(3, await recorder.StartAsync(CancellationToken.None));
        await recorder.DisposeAsync();
        await AssertHeldAsync(3);
    }

    [Fact]
    public async Task GivenALogOfAnotherVersion_WhenStarted_ThenItIsRefusedBecauseItMayHoldObjects()
    {
        await File.WriteAllBytesAsync(Path.Combine(_folder, "arrivals.log"), new byte[1 << 20]);
        await using IntakeRecorder recorder = Recorder();

        InpaintException refusal = await Assert.ThrowsAsync<InpaintException>(() => recorder.StartAsync(CancellationToken.None));

        Assert.Equal(ErrorCode.OutputNotWritable, refusal.Code);
    }

    /// <summary>A log with records whose rows and files are lost, as after a crash before the group was recorded.</summary>
    private async Task FillLogAsync(int count, int length = 5000, int pieces = 1)
    {
        IntakeRecorder recorder = await StartedAsync();
        if (pieces == 1)
        {
            for (int i = 0; i < count; i++)
            {
                await SendAsync(recorder, $"1.{i}", length + i);
            }
        }
        else
        {
            await Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(() => SendAsync(recorder, $"1.{i}", length + i, pieces))));
        }

        await recorder.DisposeAsync();
        await using LedgerContext context = _database.Open();
        await context.Instances.ExecuteDeleteAsync();
        await context.Jobs.ExecuteDeleteAsync();
        foreach (string file in Objects())
        {
            File.Delete(file);
        }
    }

    private IntakeRecorder Recorder() => new(_store, _database, _ledger, LogBytes);

    private async Task<IntakeRecorder> StartedAsync()
    {
        IntakeRecorder recorder = Recorder();
        await recorder.StartAsync(CancellationToken.None);
        return recorder;
    }

    private static async Task<IntakeOutcome> SendAsync(IntakeRecorder recorder, string uid, int length, int pieces = 1)
    {
        using StagedObject staged = recorder.Stage(1 << 30);
        staged.Write(new byte[HeaderLength]);
        staged.BeginDataset();
        byte[] bytes = new byte[length];
        new Random(uid.GetHashCode(StringComparison.Ordinal) + length).NextBytes(bytes);
        foreach (byte[] piece in bytes.Chunk((bytes.Length / pieces) + 1))
        {
            staged.Write(piece);
            await Task.Yield();
        }

        staged.Flush();
        return await recorder.RecordAsync(staged, new ArrivedInstance
        {
            SopInstanceUid = uid,
            SopClassUid = "1.2.840.10008.5.1.4.1.1.4",
            StudyInstanceUid = "2",
            SeriesInstanceUid = "2.1",
            ReceivedUtc = DateTime.UtcNow,
            Channel = "association",
            Receiver = "INPAINT",
        });
    }

    private string[] Objects() => Directory.GetFiles(Path.Combine(_folder, "objects"), "*.dcm", SearchOption.AllDirectories);

    /// <summary>Rows and files are the same, one each, and every file is what its name says.</summary>
    private async Task AssertHeldAsync(int count)
    {
        await using LedgerContext context = _database.Open();
        LedgerInstance[] rows = await context.Instances.ToArrayAsync();
        Assert.Equal(count, rows.Length);
        Assert.Equal(count, (await context.Jobs.SingleAsync()).InstanceCount);
        Assert.Equal(rows.Select(row => _store.FullPath(row.RelativePath)).Order(), Objects().Order());
        foreach (LedgerInstance row in rows)
        {
            byte[] file = await File.ReadAllBytesAsync(_store.FullPath(row.RelativePath));
            Assert.Equal(row.Length, file.Length);
            Assert.Equal(row.ContentSha256, Convert.ToHexStringLower(SHA256.HashData(file.AsSpan(HeaderLength))));
        }
    }
}
