using System.Collections.Concurrent;
using FellowOakDicom.Network;
using FellowOakDicom.Network.Client;
using Inpaint.Medical.TestSupport;

namespace FellowOakDicom.Tests.Network;

/// <summary>The services against DCMTK's programs, both ways.</summary>
[Collection(NetworkCollection.Name)]
public sealed class DcmtkTests
{
    [Fact]
    public async Task EchoscuIsAnswered()
    {
        using var loopback = new Loopback();

        (int code, string text) = await Dcmtk.RunAsync("echoscu", "-aet", "ECHO", "-aec", "SCP", "127.0.0.1", $"{loopback.Port}");

        Assert.True(code == 0, text);
        Assert.Equal(("ECHO", "SCP"), (loopback.State.Associations.Single().CallingAE, loopback.State.Associations.Single().CalledAE));
    }

    [Fact]
    public async Task EchoscuUnderstandsARejection()
    {
        using var loopback = new Loopback(new TestScpState
        {
            OnAssociation = (_, scp) => scp.RejectAsync(
                DicomRejectResult.Permanent, DicomRejectSource.ServiceUser, DicomRejectReason.CalledAENotRecognized),
        });

        (int code, string text) = await Dcmtk.RunAsync("echoscu", "127.0.0.1", $"{loopback.Port}");

        Assert.NotEqual(0, code);
        Assert.Contains("Called AE Title Not Recognized", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-xe", "1.2.840.10008.1.2.1")]
    [InlineData("-xi", "1.2.840.10008.1.2")]
    public async Task StorescuStoresEveryObjectWhole(string proposal, string syntax)
    {
        using var folder = new TemporaryFolder();
        var received = new ConcurrentDictionary<string, byte[]>();
        var syntaxes = new ConcurrentBag<string>();
        var state = new TestScpState
        {
            OnStore = request =>
            {
                syntaxes.Add(request.Dataset.InternalTransferSyntax.UID.UID);
                received[request.SOPInstanceUID.UID] = request.Dataset.GetDicomItem<DicomElement>(DicomTag.PixelData).Buffer.Data;
                return Task.FromResult(DicomStatus.Success);
            },
        };
        using var loopback = new Loopback(state);
        DicomFile[] sent = [.. Enumerable.Range(1, 20).Select(i => Objects.Ct(100 + i, 200))];
        foreach (DicomFile file in sent)
        {
            file.Save(folder.File($"{file.Dataset.GetString(DicomTag.SOPInstanceUID)}.dcm"));
        }

        (int code, string text) = await Dcmtk.RunAsync("storescu", proposal, "+sd", "127.0.0.1", $"{loopback.Port}", folder.Path);

        Assert.True(code == 0, text);
        Assert.All(syntaxes, used => Assert.Equal(syntax, used));
        foreach (DicomFile file in sent)
        {
            Assert.Equal(
                file.Dataset.GetDicomItem<DicomElement>(DicomTag.PixelData).Buffer.Data,
                received[file.Dataset.GetString(DicomTag.SOPInstanceUID)]);
        }
    }

    [Theory]
    [InlineData("mr-4-slices-compressed-rle", "-xr")]
    [InlineData("mr-4-slices-compressed-jpeg", "-xs")]
    [InlineData("mr-4-slices-compressed-j2k", "-xv")]
    [InlineData("mr-4-slices-compressed-jpegls", "-xt")]
    public async Task StorescuStoresCompressedScansUnchanged(string series, string proposal)
    {
        string[] files = [.. RealData.FilesUnder("dicom", series).Where(DicomFile.HasValidHeader)];
        var received = new ConcurrentDictionary<string, DicomFile>();
        var state = new TestScpState
        {
            Kind = StoreKind.Memory,
            Syntaxes = [.. DicomTransferSyntax.KnownEntries],
            OnStore = request =>
            {
                received[request.SOPInstanceUID.UID] = request.File;
                return Task.FromResult(DicomStatus.Success);
            },
        };
        using var loopback = new Loopback(state);

        (int code, string text) = await Dcmtk.RunAsync("storescu", ["-R", proposal, "127.0.0.1", $"{loopback.Port}", .. files]);

        Assert.True(code == 0, text);
        foreach (DicomFile file in files.Select(name => DicomFile.Open(name)))
        {
            DicomFile copy = received[file.Dataset.GetString(DicomTag.SOPInstanceUID)];
            Assert.Equal(file.Dataset.InternalTransferSyntax, copy.Dataset.InternalTransferSyntax);
            Assert.Equal(Fragments(file), Fragments(copy));
        }
    }

    [Fact]
    public async Task StorescpTakesOurObjects()
    {
        using var folder = new TemporaryFolder();
        int port = Loopback.FreePort();
        using Dcmtk server = await Dcmtk.ServeAsync("storescp", port, "-od", folder.Path, $"{port}");
        DicomFile[] sent = [.. Enumerable.Range(1, 20).Select(i => Objects.Ct(100 + i, 200))];
        IDicomClient client = DicomClientFactory.Create("127.0.0.1", port, null, "SCU", "STORESCP");
        var codes = new List<ushort>();
        await client.AddRequestAsync(new DicomCEchoRequest { OnResponseReceived = (_, response) => codes.Add(response.Status.Code) });
        await client.AddRequestsAsync(sent.Select(file =>
            new DicomCStoreRequest(file) { OnResponseReceived = (_, response) => codes.Add(response.Status.Code) }));

        await client.SendAsync();

        Assert.Equal(Enumerable.Repeat((ushort)0, 21), codes);
        Dictionary<string, DicomFile> stored = Directory.GetFiles(folder.Path).Select(name => DicomFile.Open(name))
            .ToDictionary(file => file.Dataset.GetString(DicomTag.SOPInstanceUID));
        Assert.All(sent, file => Assert.Equal(
            file.Dataset.GetDicomItem<DicomElement>(DicomTag.PixelData).Buffer.Data,
            stored[file.Dataset.GetString(DicomTag.SOPInstanceUID)].Dataset.GetDicomItem<DicomElement>(DicomTag.PixelData).Buffer.Data));
    }

    [Fact]
    public async Task FindscuMovescuAndGetscuAreServed()
    {
        using var folder = new TemporaryFolder();
        var destination = new TestScpState();
        using var target = new Loopback(destination);
        var state = new TestScpState
        {
            OnFind = Find,
            OnMove = request => Move(request, target.Port),
            OnGet = Get,
        };
        using var loopback = new Loopback(state);
        string[] where = ["127.0.0.1", $"{loopback.Port}"];

        (int code, string text) = await Dcmtk.RunAsync(
            "findscu", ["-S", "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID=", "-k", "PatientID=NET*", .. where]);
        Assert.True(code == 0, text);
        Assert.Contains("1.2.3.4", text, StringComparison.Ordinal);

        (code, text) = await Dcmtk.RunAsync(
            "movescu", ["-S", "-aem", "TARGET", "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID=1.2.3.4", .. where]);
        Assert.True(code == 0, text);
        Assert.Single(destination.Associations);

        (code, text) = await Dcmtk.RunAsync(
            "getscu", ["-S", "-od", folder.Path, "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID=1.2.3.4", .. where]);
        Assert.True(code == 0, text);
        Assert.Equal(3, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public async Task DcmqrscpIsStoredFoundMovedAndGot()
    {
        using var folder = new TemporaryFolder();
        var moved = new ConcurrentBag<string>();
        using var target = new Loopback(new TestScpState
        {
            OnStore = request =>
            {
                moved.Add(request.SOPInstanceUID.UID);
                return Task.FromResult(DicomStatus.Success);
            },
        });
        int port = Loopback.FreePort();
        Directory.CreateDirectory(folder.File("db"));
        await File.WriteAllTextAsync(
            folder.File("qr.cfg"),
            $"""
            NetworkTCPPort = {port}
            MaxPDUSize = 16384
            MaxAssociations = 16
            HostTable BEGIN
            target = (TARGET, 127.0.0.1, {target.Port})
            HostTable END
            VendorTable BEGIN
            VendorTable END
            AETable BEGIN
            ARCHIVE {folder.File("db")} RW (100, 1024mb) ANY
            AETable END

            """);
        using Dcmtk server = await Dcmtk.ServeAsync("dcmqrscp", port, "-c", folder.File("qr.cfg"));
        string[] instances = [.. Enumerable.Range(1, 5).Select(i => $"1.2.3.4.5.{i}")];
        IDicomClient client = DicomClientFactory.Create("127.0.0.1", port, null, "SCU", "ARCHIVE");
        var codes = new List<ushort>();
        await client.AddRequestsAsync(instances.Select(uid =>
            new DicomCStoreRequest(Objects.Ct(instance: uid)) { OnResponseReceived = (_, response) => codes.Add(response.Status.Code) }));
        await client.SendAsync();
        Assert.Equal(Enumerable.Repeat((ushort)0, 5), codes);

        var found = new List<string>();
        DicomCFindRequest find = DicomCFindRequest.CreateImageQuery("1.2.3.4", "1.2.3.4.5");
        find.OnResponseReceived += (_, response) =>
        {
            if (response.Status == DicomStatus.Pending)
            {
                found.Add(response.Dataset.GetString(DicomTag.SOPInstanceUID));
            }
        };
        DicomCMoveResponse? last = null;
        var move = new DicomCMoveRequest("TARGET", "1.2.3.4", "1.2.3.4.5") { OnResponseReceived = (_, response) => last = response };
        await client.AddRequestsAsync([find, move]);
        await client.SendAsync();
        Assert.Equal(instances, found.Order());
        Assert.Equal(DicomStatus.Success, last!.Status);
        Assert.Equal(5, last.Completed);
        Assert.Equal(instances, moved.Order());

        var got = new ConcurrentBag<string>();
        client.AdditionalPresentationContexts.Add(DicomPresentationContext.GetScpRolePresentationContext(DicomUID.CTImageStorage));
        client.OnCStoreRequest = request =>
        {
            got.Add(request.Dataset.GetString(DicomTag.SOPInstanceUID));
            return Task.FromResult(new DicomCStoreResponse(request, DicomStatus.Success));
        };
        DicomStatus? status = null;
        await client.AddRequestAsync(new DicomCGetRequest("1.2.3.4", "1.2.3.4.5")
        {
            OnResponseReceived = (_, response) => status = response.Status,
        });
        await client.SendAsync();
        Assert.Equal(DicomStatus.Success, status);
        Assert.Equal(instances, got.Order());
    }

    private static string Fragments(DicomFile file) => string.Join(
        ' ',
        file.Dataset.GetDicomItem<DicomFragmentSequence>(DicomTag.PixelData).Fragments
            .Select(fragment => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(fragment.Data))));

    private static async IAsyncEnumerable<DicomCFindResponse> Find(DicomCFindRequest request)
    {
        await Task.Yield();
        yield return new DicomCFindResponse(request, DicomStatus.Pending)
        {
            Dataset = new DicomDataset
            {
                { DicomTag.QueryRetrieveLevel, "STUDY" }, { DicomTag.StudyInstanceUID, "1.2.3.4" }, { DicomTag.PatientID, "NET-1" },
            },
        };
        yield return new DicomCFindResponse(request, DicomStatus.Success);
    }

    private static async IAsyncEnumerable<DicomCMoveResponse> Move(DicomCMoveRequest request, int port)
    {
        IDicomClient client = DicomClientFactory.Create("127.0.0.1", port, null, "SCP", request.DestinationAE);
        await client.AddRequestsAsync([new DicomCStoreRequest(Objects.Ct()), new DicomCStoreRequest(Objects.Ct())]);
        await client.SendAsync();
        yield return new DicomCMoveResponse(request, DicomStatus.Success) { Completed = 2 };
    }

    private static async IAsyncEnumerable<DicomCGetResponse> Get(TestScp scp, DicomCGetRequest request)
    {
        for (int i = 1; i <= 3; i++)
        {
            await scp.SendRequestAsync(new DicomCStoreRequest(Objects.Ct()));
            yield return new DicomCGetResponse(request, DicomStatus.Pending) { Remaining = 3 - i, Completed = i };
        }

        yield return new DicomCGetResponse(request, DicomStatus.Success) { Completed = 3 };
    }
}
