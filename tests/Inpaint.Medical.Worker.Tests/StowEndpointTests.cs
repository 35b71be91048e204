using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using FellowOakDicom;
using Inpaint.Medical.Storage.Ledger;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Inpaint.Medical.Worker.Tests;

/// <summary>STOW-RS into a running worker: an answer for each instance (PS3.18 10.5.3).</summary>
public sealed class StowEndpointTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stow").FullName;

    [Fact]
    public async Task GivenAnObjectAndOneWithoutIdentifiers_WhenPosted_ThenOneIsStoredByItsUidAndOneHasFailed()
    {
        const string uid = "1.2.826.0.1.3680043.2.1125.7";
        using var worker = new RunningWorker(Path.Combine(_folder, "data"), "--quiet", "600");
        await worker.StartAsync();

        using MultipartContent parts = Parts(Part10(uid), new byte[300]);
        using HttpResponseMessage response = await worker.PostAsync("/dicom-web/studies", parts);
        using JsonDocument answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(uid, Single(answer, "00081199", "00081155").GetString());
        Assert.Equal("", Single(answer, "00081198", "00081155").GetString());
        Assert.Equal(0xA900, Single(answer, "00081198", "00081197").GetInt32());
        Assert.Single(Directory.GetFiles(Path.Combine(_folder, "data", "quarantine")));
        await RunningWorker.UntilAsync(() => Task.FromResult(Objects().Length == 1), "the object has its file");
    }

    [Fact]
    public async Task GivenAHeldObject_WhenItComesAgainDescribedDifferently_ThenItIsStored_AndWithOtherPixelsRefused()
    {
        const string uid = "1.2.826.0.1.3680043.2.1125.8";
        using var worker = new RunningWorker(Path.Combine(_folder, "data"), "--quiet", "600");
        await worker.StartAsync();

        Assert.Equal(HttpStatusCode.OK, await PostAsync(worker, Part10(uid, "first", 1)));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(worker, Part10(uid, "first", 1)));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(worker, Part10(uid, "second", 1)));
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync(worker, Part10(uid, "second", 2)));
        await using LedgerContext ledger = new LedgerDatabase(Path.Combine(_folder, "data", "ledger.db")).Open();
        Assert.Single(await ledger.Events.ToListAsync(TestContext.Current.CancellationToken), row => row.Kind == "instance-conflict");
        DicomFile held = DicomFile.Open(Assert.Single(Objects()));
        Assert.Equal("first", held.Dataset.GetString(DicomTag.SeriesDescription));
    }

    private string[] Objects() => Directory.GetFiles(Path.Combine(_folder, "data", "objects"), "*.dcm", SearchOption.AllDirectories);

    private static async Task<HttpStatusCode> PostAsync(RunningWorker worker, byte[] one)
    {
        using MultipartContent parts = Parts(one);
        using HttpResponseMessage response = await worker.PostAsync("/dicom-web/studies", parts);
        return response.StatusCode;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static byte[] Part10(string uid, string description = "", byte pixel = 0)
    {
        var dataset = new DicomDataset
        {
            { DicomTag.SOPClassUID, DicomUID.MRImageStorage },
            { DicomTag.SOPInstanceUID, uid },
            { DicomTag.StudyInstanceUID, uid + ".1" },
            { DicomTag.SeriesInstanceUID, uid + ".2" },
            { DicomTag.SeriesDescription, description },
        };
        dataset.Add(new DicomOtherByte(DicomTag.PixelData, pixel, pixel));
        using var stream = new MemoryStream();
        new DicomFile(dataset).Save(stream);
        return stream.ToArray();
    }

    private static MultipartContent Parts(params byte[][] objects)
    {
        var parts = new MultipartContent("related", "boundary");
        foreach (byte[] one in objects)
        {
            var part = new ByteArrayContent(one);
            part.Headers.ContentType = new MediaTypeHeaderValue("application/dicom");
            parts.Add(part);
        }

        return parts;
    }

    /// <summary>The one value of an attribute in the one item of a sequence.</summary>
    private static JsonElement Single(JsonDocument answer, string sequence, string attribute) =>
        Assert.Single(Assert.Single(answer.RootElement.GetProperty(sequence).GetProperty("Value").EnumerateArray())
            .GetProperty(attribute).GetProperty("Value").EnumerateArray());
}
