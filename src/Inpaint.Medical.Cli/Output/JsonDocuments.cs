using System.Collections.Immutable;
using System.Text.Json;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Provenance;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Hosting;

namespace Inpaint.Medical.Cli.Output;

/// <summary>The documents that --json prints, one a run; docs/cli.md describes them.</summary>
internal static class JsonDocuments
{
    public static void Print(object document) => Console.Out.WriteLine(JsonSerializer.Serialize(document, RunRecordJson.Options));

    public static object Inspection(PipelineResult result) => new
    {
        Schema = "inpaint.medical/inspect/1",
        Version = SoftwareInventory.ProductVersion,
        Series = result.Series.Select(series => Describe(series)).ToArray(),
        SetAside = result.SetAside.Select(Describe).ToArray(),
        Findings = result.Findings.Select(Describe).ToArray(),
    };

    public static object Reconstruction(PipelineResult result, string? output, Func<SeriesResult, string?> folderOf) => new
    {
        Schema = "inpaint.medical/reconstruct/1",
        Version = SoftwareInventory.ProductVersion,
        Output = output,
        Series = result.Series.Select(series => new { Report = Describe(series), Folder = folderOf(series), series.Record }).ToArray(),
        SetAside = result.SetAside.Select(Describe).ToArray(),
        Findings = result.Findings.Select(Describe).ToArray(),
    };

    public static object Describe(Finding finding) => new
    {
        Code = (int)finding.Code,
        Name = finding.Code.ToString(),
        Severity = finding.Severity.ToString().ToLowerInvariant(),
        finding.Message,
        finding.SopInstanceUids,
        Files = finding.Sources,
        finding.PositionsMm,
        finding.Expected,
        finding.Found,
        finding.LikelyCause,
        finding.Hint,
    };

    private static object Describe(SetAside image) => new
    {
        File = image.Instance.Source,
        image.Instance.SopInstanceUid,
        image.Instance.SeriesInstanceUid,
        Reason = Describe(image.Reason),
    };

    private static object Describe(SeriesResult result)
    {
        InstanceHeader first = result.Series.Instances[0];
        return new
        {
            result.Series.SeriesInstanceUid,
            Part = result.Series.Part.Length == 0 ? null : result.Series.Part,
            first.Modality,
            first.SeriesNumber,
            first.SeriesDescription,
            Images = result.Series.Instances.Length,
            Protocol = result.Record.ProtocolName,
            Outcome = result.Record.Outcome.ToString(),
            Error = result.Record.Error == ErrorCode.None
                ? null
                : new { Code = (int)result.Record.Error, Name = result.Record.Error.ToString(), Message = result.ErrorMessage },
            Geometry = result.Geometry is null ? null : Describe(result.Geometry, result.Format!),
            Missing = Missing(result),
            Masked = result.Mask is null ? null : Masked(result, result.Mask),
            Findings = result.Findings.Select(Describe).ToArray(),
        };
    }

    private static object Describe(VolumeGeometry geometry, PixelFormat format) => new
    {
        Slices = geometry.SliceCount,
        geometry.Rows,
        geometry.Columns,
        geometry.SliceSpacingMm,
        geometry.RowSpacingMm,
        geometry.ColumnSpacingMm,
        FirstPositionMm = geometry.SlicePositionsMm[0],
        LastPositionMm = geometry.SlicePositionsMm[^1],
        Normal = new[] { geometry.Normal.X, geometry.Normal.Y, geometry.Normal.Z },
        Sample = format.Sample.ToString(),
        format.BitsStored,
    };

    /// <summary>Holes of the grid with their neighbours; null where the grid could not be found.</summary>
    private static object[]? Missing(SeriesResult result)
    {
        if (result.Geometry is not { } geometry)
        {
            return null;
        }

        ImmutableArray<InstanceHeader?> slots = result.Slots;
        return
        [
            .. Enumerable.Range(0, slots.Length).Where(slice => slots[slice] is null).Select(slice => new
            {
                Slice = slice,
                PositionMm = geometry.SlicePositionsMm[slice],
                Before = slots.Take(slice).LastOrDefault(slot => slot is not null)?.SopInstanceUid,
                After = slots.Skip(slice + 1).FirstOrDefault(slot => slot is not null)?.SopInstanceUid,
            }),
        ];
    }

    private static object[] Masked(SeriesResult result, SliceMask mask) =>
    [
        .. mask.Decisions.Select(decision => new
        {
            decision.Slice,
            PositionMm = result.Geometry!.SlicePositionsMm[decision.Slice],
            Verdict = decision.Verdict.ToString(),
            Code = (int)decision.Reason,
            Name = decision.Reason.ToString(),
            decision.Detail,
            result.Slots[decision.Slice]?.SopInstanceUid,
        }),
    ];
}
