using System.Globalization;
using FellowOakDicom;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Series;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>
/// What marks a slice as derived and synthetic: in coded attributes, which survive de-identification, and in text, which viewers
/// show (PS3.3 C.7.6.1, C.12.1, C.12.4).
/// </summary>
internal sealed class DerivationAttributes(DerivedSeries series, SourceSurvey survey, DerivedSeriesSettings settings, IUidFactory uids)
{
    public void Add(DerivedSlice slice, DicomDataset reference, DicomDataset target)
    {
        bool isSynthetic = slice.Kind != SliceKind.Copy || slice.Sources.Any(source => source.IsSynthetic);
        target.AddOrUpdate(new DicomCodeString(DicomTag.ImageType, "DERIVED", settings.ExaminationValue, ThirdValue(slice), Word(slice.Kind)));
        target.AddOrUpdate(new DicomCodeString(DicomNames.SyntheticData, isSynthetic ? "YES" : "NO"));
        target.AddOrUpdate(DicomTag.ContentQualification, settings.ContentQualification);
        target.AddOrUpdate(DicomTag.DerivationDescription, Description(slice));
        target.AddOrUpdate(Equipment.Contributing(slice, reference, settings, LocalTime.Of(series.PlannedAt, survey.Representative), uids));
        AddComment(slice, reference, target);
        AddCodes(slice, target);
        AddSources(slice, target);
    }

    public static string MethodText(MethodIdentity? method) => method is null
        ? "none"
        : $"method {method.Name} {method.Version}" + (method.WeightsSha256 is { } sha ? $"; model sha256:{sha[..Math.Min(12, sha.Length)]}" : string.Empty);

    private static string Word(SliceKind kind) => kind switch
    {
        SliceKind.Copy => "COPY",
        SliceKind.Repaired => "REPAIRED",
        _ => "SYNTHETIC",
    };

    /// <summary>The source's value, for it may tell magnitude from phase; else what the IOD wants there.</summary>
    private static string ThirdValue(DerivedSlice slice)
    {
        string? source = slice.Reference.ImageType.Length > 2 ? slice.Reference.ImageType[2] : null;
        return !string.IsNullOrEmpty(source) ? source : slice.Reference.Modality == "CT" ? "AXIAL" : "OTHER";
    }

    private string Description(DerivedSlice slice)
    {
        string method = slice.Method is null ? string.Empty : $"{MethodText(slice.Method)}; ";
        return FormattableString.Invariant(
            $"Slice repair {settings.Version}; {method}slot {slice.Slice + 1} of {series.Geometry.SliceCount}; {Word(slice.Kind)}; sources {slice.Sources.Length}; run {series.RunId}");
    }

    private void AddComment(DerivedSlice slice, DicomDataset reference, DicomDataset target)
    {
        double percent = 100.0 * slice.SyntheticVoxels / series.Geometry.SliceLength;
        string? comment = slice.Kind switch
        {
            SliceKind.Synthetic => "SYNTHETIC SLICE - not acquired",
            SliceKind.Repaired => string.Create(CultureInfo.InvariantCulture, $"PARTLY SYNTHETIC ({slice.SyntheticVoxels} voxels, {percent:F1} %)"),
            _ => null,
        };
        if (comment is not null)
        {
            target.AddOrUpdate(DicomTag.ImageComments, comment);
        }
        else if (reference.GetDicomItem<DicomElement>(DicomTag.ImageComments) is { Length: > 0 } own)
        {
            target.AddOrUpdate(own);
        }
    }

    private static void AddCodes(DerivedSlice slice, DicomDataset target)
    {
        if (slice.Kind == SliceKind.Copy)
        {
            return;
        }

        bool isLearned = slice.Method?.IsLearned == true;
        List<DicomDataset> steps = [isLearned ? Codes.SliceSynthesis : Codes.SpatialResampling];
        if (slice.Kind == SliceKind.Repaired)
        {
            steps.Add(Codes.PixelByPixelMask);
        }

        target.AddOrUpdate(new DicomSequence(DicomTag.DerivationCodeSequence, [.. steps]));
        if (isLearned)
        {
            target.AddOrUpdate(new DicomSequence(DicomTag.CodingSchemeIdentificationSequence, Codes.PrivateScheme));
        }
    }

    private static void AddSources(DerivedSlice slice, DicomDataset target)
    {
        target.AddOrUpdate(new DicomSequence(DicomTag.SourceImageSequence, [.. slice.Sources.Select(source => Source(slice, source))]));

        // Common Instance Reference: required as soon as instances of the same study are referenced.
        DicomDataset[] bySeries = slice.Sources
            .GroupBy(source => source.SeriesInstanceUid, StringComparer.Ordinal)
            .Select(group => Codes.Empty()
                .Add(DicomTag.SeriesInstanceUID, group.Key)
                .Add(new DicomSequence(DicomTag.ReferencedInstanceSequence, [.. group.DistinctBy(source => source.SopInstanceUid).Select(Reference)])))
            .ToArray();
        target.AddOrUpdate(new DicomSequence(DicomTag.ReferencedSeriesSequence, bySeries));
    }

    private static DicomDataset Source(DerivedSlice slice, InstanceHeader source)
    {
        bool isSamePlane = slice.Kind != SliceKind.Synthetic && source.SopInstanceUid == slice.Reference.SopInstanceUid && source.Frame == slice.Reference.Frame;
        return Reference(source)
            .Add(new DicomSequence(DicomTag.PurposeOfReferenceCodeSequence, Codes.SourceImage))
            .Add(DicomTag.SpatialLocationsPreserved, isSamePlane ? "YES" : "NO");
    }

    private static DicomDataset Reference(InstanceHeader source) => Codes.Empty()
        .Add(DicomTag.ReferencedSOPClassUID, source.SopClassUid)
        .Add(DicomTag.ReferencedSOPInstanceUID, source.SopInstanceUid);
}
