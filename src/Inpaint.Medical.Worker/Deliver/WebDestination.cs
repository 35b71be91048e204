using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Inpaint.Medical.Dicom.Network;
using Inpaint.Medical.Worker.Archive;

namespace Inpaint.Medical.Worker.Deliver;

/// <summary>A DICOMweb service: STOW-RS with an answer for each instance, confirmed by QIDO-RS (PS3.18 10.5, 10.6).</summary>
internal sealed class WebDestination(string name, HttpClient http, Uri service) : IDestination
{
    private const int InstancesPerRequest = 32;

    public string Name => name;

    public async Task<IReadOnlyList<SendOutcome>> SendAsync(IReadOnlyList<SentInstance> instances, CancellationToken cancellationToken)
    {
        var outcomes = new List<SendOutcome>();
        foreach (SentInstance[] batch in instances.Chunk(InstancesPerRequest))
        {
            outcomes.AddRange(await SendBatchAsync(batch, cancellationToken));
        }

        return outcomes;
    }

    public async Task<Confirmation> ConfirmAsync(
        string studyUid, string seriesUid, IReadOnlyList<SentInstance> instances, CancellationToken cancellationToken)
    {
        IReadOnlyList<string>? held = await WebArchive.FindAsync(http, service, studyUid, seriesUid, cancellationToken);
        return held is null ? Confirmation.Unknown
            : instances.All(instance => held.Contains(instance.SopInstanceUid)) ? Confirmation.Held : Confirmation.NotHeld;
    }

    private async Task<IEnumerable<SendOutcome>> SendBatchAsync(SentInstance[] batch, CancellationToken cancellationToken)
    {
        using var content = new MultipartContent("related", "inpaint" + Guid.NewGuid().ToString("N"));
        content.Headers.ContentType!.Parameters.Add(new NameValueHeaderValue("type", "\"application/dicom\""));
        foreach (SentInstance instance in batch)
        {
            var part = new StreamContent(File.OpenRead(instance.Path));
            part.Headers.ContentType = new MediaTypeHeaderValue("application/dicom");
            content.Add(part);
        }

        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(service, "studies")) { Content = content };
            request.Headers.Accept.ParseAdd("application/dicom+json");
            using HttpResponseMessage response = await http.SendAsync(request, cancellationToken);
            if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted or HttpStatusCode.Conflict)
            {
                await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
                using JsonDocument document = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
                return Read(batch, document.RootElement);
            }

            bool permanent = response.StatusCode is HttpStatusCode.UnsupportedMediaType or HttpStatusCode.BadRequest;
            return batch.Select(instance => new SendOutcome(instance.SopInstanceUid, (ushort)response.StatusCode, false, permanent));
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or IOException
            || (failure is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return batch.Select(instance => new SendOutcome(instance.SopInstanceUid, null, false, false));
        }
    }

    private static IEnumerable<SendOutcome> Read(SentInstance[] batch, JsonElement answer)
    {
        HashSet<string> stored = [.. Uids(answer, "00081199")];
        Dictionary<string, ushort> failed = answer.TryGetProperty("00081198", out JsonElement sequence)
            ? Items(sequence).GroupBy(item => DicomJsonText.Value(item, "00081155") ?? "")
                .ToDictionary(group => group.Key, group => Reason(group.First()))
            : [];
        return batch.Select(instance => stored.Contains(instance.SopInstanceUid)
            ? new SendOutcome(instance.SopInstanceUid, 0, true, false)
            : failed.TryGetValue(instance.SopInstanceUid, out ushort reason)
                ? new SendOutcome(instance.SopInstanceUid, reason, reason == 0x0111, reason >> 8 == 0xA9 || reason >> 12 == 0xC)
                : new SendOutcome(instance.SopInstanceUid, null, false, false));
    }

    private static IEnumerable<string> Uids(JsonElement answer, string tag) =>
        answer.TryGetProperty(tag, out JsonElement sequence) ? Items(sequence).Select(item => DicomJsonText.Value(item, "00081155") ?? "") : [];

    private static JsonElement[] Items(JsonElement sequence) =>
        sequence.TryGetProperty("Value", out JsonElement items) ? [.. items.EnumerateArray()] : [];

    private static ushort Reason(JsonElement item) =>
        item.TryGetProperty("00081197", out JsonElement reason) && reason.TryGetProperty("Value", out JsonElement values)
            && values.GetArrayLength() > 0 && values[0].TryGetUInt16(out ushort code) ? code : (ushort)0x0110;
}
