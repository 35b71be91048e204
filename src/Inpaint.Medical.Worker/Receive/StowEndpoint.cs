using System.Text.Json;
using Inpaint.Medical.Dicom.Network;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Inpaint.Medical.Worker.Receive;

/// <summary>STOW-RS (PS3.18 10.5): multipart/related of application/dicom, an answer for each instance.</summary>
internal static class StowEndpoint
{
    private const int MostParts = 5000;

    public static void Map(WebApplication app)
    {
        app.MapPost("/dicom-web/studies", StoreAsync).DisableAntiforgery();
        app.MapPost("/dicom-web/studies/{study}", StoreAsync).DisableAntiforgery();
    }

    private static async Task<IResult> StoreAsync(
        HttpContext context, Intake intake, WorkerOptions options, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out MediaTypeHeaderValue? type)
            || type.MediaType != "multipart/related" || HeaderUtilities.RemoveQuotes(type.Boundary) is not { Length: > 0 and <= 70 } boundary)
        {
            return Results.Problem("Content-Type must be multipart/related with a boundary of at most 70 characters.", statusCode: 415);
        }

        var reader = new MultipartReader(boundary.ToString(), context.Request.Body) { BodyLengthLimit = options.LargestObjectBytes };
        var stored = new List<object>();
        var failed = new List<object>();
        int parts = 0;
        try
        {
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                if (++parts > MostParts)
                {
                    return Results.Problem($"More than {MostParts} parts.", statusCode: 413);
                }

                Acceptance acceptance = await intake.TakeAsync(
                    staged => section.Body.CopyToAsync(staged, cancellationToken), null, "stow", cancellationToken);
                (acceptance.Answer == StoreAnswer.Success ? stored : failed).Add(Item(acceptance));
            }
        }
        catch (InvalidDataException broken)
        {
            return Results.Problem(broken.Message, statusCode: 400);
        }

        int status = failed.Count == 0 ? 200 : stored.Count == 0 ? 409 : 202;
        var body = new Dictionary<string, object>();
        if (stored.Count > 0)
        {
            body["00081199"] = new { vr = "SQ", Value = stored };
        }

        if (failed.Count > 0)
        {
            body["00081198"] = new { vr = "SQ", Value = failed };
        }

        return Results.Json(body, new JsonSerializerOptions { PropertyNamingPolicy = null }, "application/dicom+json", status);
    }

    private static Dictionary<string, object> Item(Acceptance acceptance)
    {
        var item = new Dictionary<string, object>
        {
            ["00081150"] = new { vr = "UI", Value = new[] { acceptance.Instance?.SopClassUid ?? "" } },
            ["00081155"] = new { vr = "UI", Value = new[] { acceptance.Instance?.SopInstanceUid ?? "" } },
        };
        if (acceptance.Answer != StoreAnswer.Success)
        {
            item["00081197"] = new { vr = "US", Value = new[] { FailureReason(acceptance.Answer) } };
        }

        return item;
    }

    // PS3.18 Table I.2-2.
    private static int FailureReason(StoreAnswer answer) => answer switch
    {
        StoreAnswer.OutOfResources => 0xA700,
        StoreAnswer.DoesNotMatch => 0xA900,
        StoreAnswer.Conflict => 0xC000,
        _ => 0x0110,
    };
}
