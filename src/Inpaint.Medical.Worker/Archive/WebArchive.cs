using System.Net;
using System.Text.Json;
using Inpaint.Medical.Dicom.Network;
using Inpaint.Medical.Worker.Receive;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Inpaint.Medical.Worker.Archive;

/// <summary>An archive with DICOMweb: QIDO-RS for what it holds, WADO-RS to fetch (PS3.18 10.6, 10.4).</summary>
internal sealed class WebArchive(HttpClient http, Uri service, Intake intake, WorkerOptions options) : IArchive
{
    private const int PageSize = 1000;
    private const int MostPages = 20;

    public async Task<ArchiveHoldings> FindInstancesAsync(string studyUid, string seriesUid, CancellationToken cancellationToken) =>
        new(await FindAsync(http, service, studyUid, seriesUid, cancellationToken));

    public async Task<bool> FetchAsync(
        string studyUid, string seriesUid, IReadOnlyList<string> sopInstanceUids, CancellationToken cancellationToken)
    {
        int taken = 0;
        foreach (string sopInstanceUid in sopInstanceUids)
        {
            try
            {
                taken += await FetchOneAsync(studyUid, seriesUid, sopInstanceUid, cancellationToken) ? 1 : 0;
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException or InvalidDataException)
            {
                return false;
            }
        }

        return taken == sopInstanceUids.Count;
    }

    /// <summary>UIDs of a series' instances; null when the service does not answer.</summary>
    public static async Task<IReadOnlyList<string>?> FindAsync(
        HttpClient http, Uri service, string studyUid, string seriesUid, CancellationToken cancellationToken)
    {
        var found = new HashSet<string>();
        try
        {
            for (int page = 0; page < MostPages; page++)
            {
                var address = new Uri(service, string.Create(System.Globalization.CultureInfo.InvariantCulture,
                    $"studies/{studyUid}/series/{seriesUid}/instances?limit={PageSize}&offset={page * PageSize}"));
                using var request = new HttpRequestMessage(HttpMethod.Get, address);
                request.Headers.Accept.ParseAdd("application/dicom+json");
                using HttpResponseMessage response = await http.SendAsync(request, cancellationToken);
                if (response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotFound)
                {
                    return [.. found];
                }

                response.EnsureSuccessStatusCode();
                await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
                using JsonDocument document = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
                int before = found.Count;
                found.UnionWith(document.RootElement.EnumerateArray().Select(item => DicomJsonText.Value(item, "00080018")).OfType<string>());
                if (document.RootElement.GetArrayLength() < PageSize || found.Count == before)
                {
                    return [.. found];
                }
            }

            return null;
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or IOException
            || (failure is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private async Task<bool> FetchOneAsync(string studyUid, string seriesUid, string sopInstanceUid, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri(service, $"studies/{studyUid}/series/{seriesUid}/instances/{sopInstanceUid}"));
        request.Headers.TryAddWithoutValidation("Accept", "multipart/related; type=\"application/dicom\"; transfer-syntax=*");
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode
            || !MediaTypeHeaderValue.TryParse(response.Content.Headers.ContentType?.ToString(), out MediaTypeHeaderValue? type)
            || HeaderUtilities.RemoveQuotes(type.Boundary) is not { Length: > 0 } boundary)
        {
            return false;
        }

        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var reader = new MultipartReader(boundary.ToString(), body) { BodyLengthLimit = options.LargestObjectBytes };
        if (await reader.ReadNextSectionAsync(cancellationToken) is not { } section)
        {
            return false;
        }

        Acceptance acceptance = await intake.TakeAsync(
            staged => section.Body.CopyToAsync(staged, cancellationToken), sopInstanceUid, "archive", cancellationToken);
        return acceptance.Answer == StoreAnswer.Success;
    }
}
