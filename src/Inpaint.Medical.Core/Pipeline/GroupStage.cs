using System.Collections.Immutable;
using System.Globalization;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Pipeline;

/// <summary>Stage 2 of 9, Group: sorts images into series that are one volume each. Pure; no I/O.</summary>
public static class GroupStage
{
    // Planes of a localizer stand upright on each other: cosine below 0.1 (84 degrees or more).
    private const double Upright = 0.1;

    /// <summary>Groups by study and Series Instance UID, splits what is several volumes, and sets aside what is none.</summary>
    /// <remarks>A series that names two patients is set aside as a whole. Nothing is thrown: every image ends in one of the lists.</remarks>
    public static SeriesSet Run(InstanceSet received)
    {
        ArgumentNullException.ThrowIfNull(received);
        var series = ImmutableArray.CreateBuilder<ImageSeries>();
        var setAside = ImmutableArray.CreateBuilder<SetAside>();
        var findings = ImmutableArray.CreateBuilder<Finding>();
        foreach (var group in received.Instances
            .GroupBy(instance => (instance.StudyInstanceUid, instance.SeriesInstanceUid))
            .OrderBy(group => group.Key.StudyInstanceUid, StringComparer.Ordinal)
            .ThenBy(group => group.First().SeriesNumber)
            .ThenBy(group => group.Key.SeriesInstanceUid, StringComparer.Ordinal))
        {
            ImmutableArray<InstanceHeader> all = [.. group];
            if (all.Select(instance => instance.PatientKey).Distinct().Count() > 1)
            {
                Finding refusal = SeveralPatients(all);
                findings.Add(refusal);
                setAside.AddRange(all.Select(instance => new SetAside(instance, refusal)));
                continue;
            }

            ImmutableArray<InstanceHeader> usable = SetAsideUnusable(all, setAside);
            if (!usable.IsEmpty)
            {
                AddParts(usable, series, setAside, findings);
            }
        }

        AddSeveralPatientsInInput(series, findings);
        return new SeriesSet(series.ToImmutable(), setAside.ToImmutable(), findings.ToImmutable());
    }

    private static ImmutableArray<InstanceHeader> SetAsideUnusable(
        ImmutableArray<InstanceHeader> all, ImmutableArray<SetAside>.Builder setAside)
    {
        var usable = ImmutableArray.CreateBuilder<InstanceHeader>();
        foreach (InstanceHeader instance in all)
        {
            if (InstanceCheck.Reason(instance) is { } reason)
            {
                setAside.Add(new SetAside(instance, reason));
            }
            else
            {
                usable.Add(instance);
            }
        }

        return usable.ToImmutable();
    }

    private static void AddParts(
        ImmutableArray<InstanceHeader> usable,
        ImmutableArray<ImageSeries>.Builder series,
        ImmutableArray<SetAside>.Builder setAside,
        ImmutableArray<Finding>.Builder findings)
    {
        ImmutableArray<SeriesPart> parts = SeriesSplit.Parts(usable);
        if (IsThreePlaneLocalizer(parts))
        {
            Finding reason = About(usable, ErrorCode.Localizer, FindingSeverity.Info, "The series has three orthogonal orientations: a localizer.") with
            {
                Hint = "Nothing to do: localizers are never filled.",
            };
            findings.Add(reason);
            setAside.AddRange(usable.Select(instance => new SetAside(instance, reason)));
            return;
        }

        series.AddRange(parts.Select(part => new ImageSeries
        {
            SeriesInstanceUid = usable[0].SeriesInstanceUid,
            Part = part.Name,
            Instances = part.Instances,
        }));
        if (parts.Length > 1)
        {
            findings.Add(Split(usable, parts));
        }
    }

    private static bool IsThreePlaneLocalizer(ImmutableArray<SeriesPart> parts)
    {
        Vector3[] normals = [.. parts.Select(part => part.Instances[0]).Select(image => image.RowDirection!.Value.Cross(image.ColumnDirection!.Value))];
        return normals.Any(a => normals.Any(b => Math.Abs(a.Dot(b)) < Upright
            && normals.Any(c => Math.Abs(a.Dot(c)) < Upright && Math.Abs(b.Dot(c)) < Upright)));
    }

    private static Finding Split(ImmutableArray<InstanceHeader> usable, ImmutableArray<SeriesPart> parts)
    {
        string shown = string.Join("; ", parts.Take(8).Select(part => part.Name)) + (parts.Length > 8 ? "; …" : string.Empty);
        return new Finding
        {
            Code = ErrorCode.SeriesSplit,
            Severity = FindingSeverity.Info,
            Message = string.Create(
                CultureInfo.InvariantCulture, $"The series holds {parts.Length} volumes and is treated as that many series ({shown})."),
            SopInstanceUids = [.. parts.Select(part => part.Instances[0].SopInstanceUid)],
            Sources = [.. parts.Select(part => part.Instances[0].Source)],
            Expected = "one volume",
            Found = string.Create(CultureInfo.InvariantCulture, $"{parts.Length} volumes in {usable.Length} images"),
            LikelyCause = "Several echoes, time points, orientations or image types were stored as one series.",
        };
    }

    private static Finding SeveralPatients(ImmutableArray<InstanceHeader> all) =>
        About(all, ErrorCode.SeveralPatients, FindingSeverity.Error, "The series names more than one patient; it is refused.") with
        {
            Expected = "one patient",
            Found = string.Create(CultureInfo.InvariantCulture, $"{all.Select(instance => instance.PatientKey).Distinct().Count()} patients"),
            LikelyCause = "Patient data was changed in some of the images, or the series of two persons were mixed.",
            Hint = "Correct the patient data at its origin and send the series again.",
        };

    private static void AddSeveralPatientsInInput(
        ImmutableArray<ImageSeries>.Builder series, ImmutableArray<Finding>.Builder findings)
    {
        int patients = series.Select(one => one.Instances[0].PatientKey).Distinct().Count();
        if (patients > 1)
        {
            findings.Add(new Finding
            {
                Code = ErrorCode.SeveralPatients,
                Severity = FindingSeverity.Info,
                Message = string.Create(CultureInfo.InvariantCulture, $"The input holds images of {patients} patients; every series is treated by itself."),
                Sources = [.. series.Select(one => one.Instances[0]).DistinctBy(image => image.PatientKey).Select(image => image.Source)],
            });
        }
    }

    private static Finding About(ImmutableArray<InstanceHeader> all, ErrorCode code, FindingSeverity severity, string message)
    {
        InstanceHeader[] shown = [.. all.DistinctBy(instance => instance.PatientKey)];
        return new Finding
        {
            Code = code,
            Severity = severity,
            Message = message,
            SopInstanceUids = [.. shown.Select(instance => instance.SopInstanceUid)],
            Sources = [.. shown.Select(instance => instance.Source)],
        };
    }
}
