using FellowOakDicom.Imaging.Codec;
using FellowOakDicom.IO;
using FellowOakDicom.IO.Buffer;
using FellowOakDicom.Network;
using FellowOakDicom.Network.Client;

namespace FellowOakDicom.Tests.Network;

/// <summary>C-STORE on loopback: where the object goes, and what the peer is told.</summary>
[Collection(NetworkCollection.Name)]
public sealed class StoreTests
{
    [Fact]
    public async Task ReceivedObjectIsATemporaryFileWithThePixelsSent()
    {
        DicomFile sent = Objects.Ct(256, 256);
        byte[]? pixels = null;
        string? name = null;
        bool isTemporary = false;
        bool isFileBuffer = false;
        var state = new TestScpState
        {
            OnStore = request =>
            {
                IFileReference file = request.File.File;
                name = file.Name;
                isTemporary = file.IsTempFile;
                IByteBuffer buffer = request.Dataset.GetDicomItem<DicomElement>(DicomTag.PixelData).Buffer;
                isFileBuffer = buffer is FileByteBuffer;
                pixels = buffer.Data;
                return Task.FromResult(DicomStatus.Success);
            },
        };
        using var loopback = new Loopback(state);
        DicomCStoreResponse? answer = null;

        await loopback.SendAsync(new DicomCStoreRequest(sent) { OnResponseReceived = (_, response) => answer = response });

        Assert.Equal(DicomStatus.Success, answer!.Status);
        Assert.Equal(sent.Dataset.GetString(DicomTag.SOPInstanceUID), answer.Command.GetString(DicomTag.AffectedSOPInstanceUID));
        Assert.True(isTemporary);
        Assert.True(isFileBuffer);
        Assert.StartsWith(TemporaryFile.StoragePath, name, StringComparison.Ordinal);
        Assert.Equal(sent.Dataset.GetDicomItem<DicomElement>(DicomTag.PixelData).Buffer.Data, pixels);
    }

    [Fact]
    public async Task MovedTemporaryFileStays()
    {
        string kept = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.dcm");
        var state = new TestScpState
        {
            OnStore = request =>
            {
                request.File.File.Move(kept);
                return Task.FromResult(DicomStatus.Success);
            },
        };
        using var loopback = new Loopback(state);
        try
        {
            await loopback.SendAsync(new DicomCStoreRequest(Objects.Ct()));
            GC.Collect();
            GC.WaitForPendingFinalizers();

            DicomFile file = DicomFile.Open(kept);
            Assert.Equal("NET-1", file.Dataset.GetString(DicomTag.PatientID));
            Assert.Equal(DicomTransferSyntax.ExplicitVRLittleEndian, file.FileMetaInfo.TransferSyntax);
            Assert.Equal("SCU", file.FileMetaInfo.SourceApplicationEntityTitle);
        }
        finally
        {
            File.Delete(kept);
        }
    }

    [Fact]
    public async Task InMemoryVariantHasNoFileReference()
    {
        bool hasFile = true;
        string? patient = null;
        var state = new TestScpState
        {
            Kind = StoreKind.Memory,
            OnStore = request =>
            {
                hasFile = request.File.File != null;
                patient = request.Dataset.GetString(DicomTag.PatientID);
                return Task.FromResult(DicomStatus.Success);
            },
        };
        using var loopback = new Loopback(state);

        await loopback.SendAsync(new DicomCStoreRequest(Objects.Ct()), new DicomCStoreRequest(Objects.Ct()));

        Assert.False(hasFile);
        Assert.Equal("NET-1", patient);
    }

    [Fact]
    public async Task OverrideMayLeaveTheRequestWithoutFile()
    {
        int received = 0;
        var state = new TestScpState
        {
            Kind = StoreKind.NoFile,
            OnStore = request =>
            {
                received += request.File == null && request.Dataset == null && request.SOPInstanceUID != null ? 1 : 0;
                return Task.FromResult(DicomStatus.Success);
            },
        };
        using var loopback = new Loopback(state);

        await loopback.SendAsync(new DicomCStoreRequest(Objects.Ct()), new DicomCStoreRequest(Objects.Ct()));

        Assert.Equal(2, received);
    }

    [Fact]
    public async Task ImplicitOnlyPeerGetsTheSameValues()
    {
        DicomFile sent = Objects.Ct();
        DicomDataset? received = null;
        var state = new TestScpState
        {
            Syntaxes = [DicomTransferSyntax.ImplicitVRLittleEndian],
            OnStore = request =>
            {
                received = request.Dataset;
                return Task.FromResult(DicomStatus.Success);
            },
        };
        using var loopback = new Loopback(state);

        await loopback.SendAsync(new DicomCStoreRequest(sent));

        Assert.Equal(DicomTransferSyntax.ImplicitVRLittleEndian, received!.InternalTransferSyntax);
        Assert.Equal(sent.Dataset.GetString(DicomTag.PatientName), received.GetString(DicomTag.PatientName));
        Assert.Equal(
            sent.Dataset.GetDicomItem<DicomElement>(DicomTag.PixelData).Buffer.Data,
            received.GetDicomItem<DicomElement>(DicomTag.PixelData).Buffer.Data);
    }

    [Fact]
    public async Task CompressedObjectIsNeverSentWithoutItsPixels()
    {
        DicomDataset dataset = Objects.Ct(syntax: DicomTransferSyntax.JPEG2000Lossless).Dataset;
        dataset.Remove(DicomTag.PixelData);
        var fragments = new DicomOtherByteFragment(DicomTag.PixelData);
        fragments.Fragments.Add(new MemoryByteBuffer([1, 2, 3, 4]));
        dataset.Add(fragments);
        int received = 0;
        var state = new TestScpState
        {
            OnStore = _ =>
            {
                received++;
                return Task.FromResult(DicomStatus.Success);
            },
        };
        using var loopback = new Loopback(state);
        DicomStatus? status = null;

        await loopback.SendAsync(
            new DicomCStoreRequest(new DicomFile(dataset)) { OnResponseReceived = (_, response) => status = response.Status });

        Assert.Equal(DicomState.Failure, status!.State);
        Assert.Equal(0, received);

        state.Syntaxes = [DicomTransferSyntax.JPEG2000Lossless];
        state.OnStore = request =>
        {
            received += request.Dataset.GetDicomItem<DicomFragmentSequence>(DicomTag.PixelData).Fragments.Count;
            return Task.FromResult(DicomStatus.Success);
        };
        await loopback.SendAsync(
            new DicomCStoreRequest(new DicomFile(dataset)) { OnResponseReceived = (_, response) => status = response.Status });

        Assert.Equal(DicomStatus.Success, status);
        Assert.Equal(1, received);
    }

    [Fact]
    public async Task CompressedObjectIsTranscodedForAPeerThatDoesNotTakeIt()
    {
        DicomFile plain = Objects.Ct(64, 64);
        var compressed = new DicomFile(plain.Dataset.Clone(DicomTransferSyntax.RLELossless));
        byte[]? received = null;
        var state = new TestScpState
        {
            OnStore = request =>
            {
                received = request.Dataset.GetDicomItem<DicomElement>(DicomTag.PixelData).Buffer.Data;
                return Task.FromResult(DicomStatus.Success);
            },
            Syntaxes = [DicomTransferSyntax.ImplicitVRLittleEndian],
        };
        using var loopback = new Loopback(state);

        await loopback.SendAsync(new DicomCStoreRequest(compressed));

        Assert.Equal(plain.Dataset.GetDicomItem<DicomElement>(DicomTag.PixelData).Buffer.Data, received);
        Assert.Equal(DicomTransferSyntax.RLELossless, compressed.Dataset.InternalTransferSyntax);
    }

    [Fact]
    public async Task UnreadableObjectIsAnsweredAndTheAssociationGoesOn()
    {
        using var loopback = new Loopback();
        await using RawPeer peer = await RawPeer.AssociateAsync(loopback.Port, DicomUID.CTImageStorage);

        // An explicit element that announces more bytes than follow.
        await peer.SendStoreAsync([0x08, 0x00, 0x18, 0x00, (byte)'X', (byte)'X', 0xFF, 0x00, 1, 2, 3, 4]);
        Assert.Equal(0x0110, await peer.ReadStatusAsync());
        (string file, Exception error) = Assert.Single(loopback.State.StoreErrors);
        Assert.NotNull(error);
        await Eventually.IsTrue(() => !File.Exists(file));

        await peer.SendStoreAsync([0x10, 0x00, 0x20, 0x00, (byte)'L', (byte)'O', 0x02, 0x00, (byte)'A', (byte)'B']);
        Assert.Equal(0x0000, await peer.ReadStatusAsync());
    }

    [Fact]
    public async Task FullDiskIsAnsweredOutOfResourcesAndTheAssociationGoesOn()
    {
        var state = new TestScpState { Kind = StoreKind.GivenStream, StoreStream = new FullDisk() };
        using var loopback = new Loopback(state);
        var statuses = new List<ushort>();
        DicomCStoreRequest Request() => new(Objects.Ct(300, 300)) { OnResponseReceived = (_, response) => statuses.Add(response.Status.Code) };

        await loopback.SendAsync(Request(), Request());

        Assert.Equal([0xA700, 0xA700], statuses);
        Assert.Equal(2, state.StoreErrors.Count);
        Assert.Single(state.Associations);
    }

    [Fact]
    public async Task AbortedTransferLeavesNoFile()
    {
        string folder = Path.Combine(Path.GetTempPath(), $"net-{Guid.NewGuid():N}");
        TemporaryFile.StoragePath = folder;
        try
        {
            using var loopback = new Loopback();
            RawPeer peer = await RawPeer.AssociateAsync(loopback.Port, DicomUID.CTImageStorage);
            await peer.SendStoreAsync(new byte[1000], isLast: false);
            await Eventually.IsTrue(() => Directory.GetFiles(folder).Length == 1);

            await peer.DisposeAsync();

            await Eventually.IsTrue(() => Directory.GetFiles(folder).Length == 0);
        }
        finally
        {
            TemporaryFile.StoragePath = null;
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task MissingSourceFileFailsWithItsOwnErrorAndTheClientGoesOn()
    {
        string name = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.dcm");
        Objects.Ct(256, 256).Save(name);
        var request = new DicomCStoreRequest(name);
        File.Delete(name);
        using var loopback = new Loopback();
        IDicomClient client = loopback.Client();
        await client.AddRequestAsync(request);

        await Assert.ThrowsAnyAsync<Exception>(() => client.SendAsync());
        DicomStatus? status = null;
        await client.AddRequestAsync(new DicomCStoreRequest(Objects.Ct()) { OnResponseReceived = (_, response) => status = response.Status });
        await client.SendAsync();

        Assert.Equal(DicomStatus.Success, status);
    }

    [Fact]
    public async Task LargeObjectStreamsWithoutBeingHeldWhole()
    {
        const int megabyte = 1 << 20;
        string name = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.dcm");
        DicomFile file = Objects.Ct(8192, 8192);
        file.Dataset.AddOrUpdate(DicomTag.NumberOfFrames, 1);
        file.Save(name);
        file = Objects.Ct();
        using var loopback = new Loopback(new TestScpState { Kind = StoreKind.Default });
        try
        {
            await loopback.SendAsync(new DicomCStoreRequest(Objects.Ct()));
            long before = GC.GetTotalAllocatedBytes(precise: true);
            DicomStatus? status = null;

            await loopback.SendAsync(new DicomCStoreRequest(name) { OnResponseReceived = (_, response) => status = response.Status });

            long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            Assert.Equal(DicomStatus.Success, status);
            Assert.True(allocated < 32 * megabyte, $"{allocated / megabyte} MiB allocated to send and receive 128 MiB.");
        }
        finally
        {
            File.Delete(name);
        }
    }

    private sealed class FullDisk : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("No space left on device");

        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("No space left on device");

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("No space left on device");
    }
}
