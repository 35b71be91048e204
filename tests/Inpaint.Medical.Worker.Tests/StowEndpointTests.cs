using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using FellowOakDicom;
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
        Assert.Single(Directory.GetFiles(Path.Combine(_folder, "data", "objects"), "*.dcm", SearchOption.AllDirectories));
        Assert.Single(Directory.GetFiles(Path.Combine(_folder, "data", "quarantine")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static byte[] Part10(string uid)
    {
        var dataset = new DicomDataset
        {
            { DicomTag.SOPClassUID, DicomUID.MRImageStorage },
            { DicomTag.SOPInstanceUID, uid },
            { DicomTag.StudyInstanceUID, uid + ".1" },
            { DicomTag.SeriesInstanceUID, uid + ".2" },
        };
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
