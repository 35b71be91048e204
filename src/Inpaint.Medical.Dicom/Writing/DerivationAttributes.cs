using System.Globalization;
using FellowOakDicom;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Series;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>
/// What marks a slice as derived and synthetic: in coded attributes, which survive de-identification, and in text, which viewers
/// show (PS3.3 C.7.6.1, C.12.1, C.12.4).
/// </summary>
internal sealed class DerivationAttributes(DerivedSeries series, DerivedSeriesSettings settings, IUidFactory uids)
{
    public void Add(DerivedSlice slice, DicomDataset reference, DicomDataset target)
    {
        bool isSynthetic = slice.Kind != SliceKind.Copy || slice.Sources.Any(source => source.IsSynthetic);
        target.AddOrUpdate(new DicomCodeString(DicomTag.ImageType, "DERIVED", settings.ExaminationValue, ThirdValue(slice), Word(slice.Kind)));
        target.AddOrUpdate(new DicomCodeString(DicomNames.SyntheticData, isSynthetic ? "YES" : "NO"));
        target.AddOrUpdate(DicomTag.ContentQualification, settings.ContentQualification);
        target.AddOrUpdate(DicomTag.DerivationDescription, Description(slice));
        target.AddOrUpdate(Equipment.Contributing(slice, reference, settings, uids));
        AddComment(slice, reference, target);
        AddCodes(slice, target);
        AddSources(slice, target);
    }

    public static string MethodText(MethodIdentity? method) => method is null
        ? "none"
        : $"method {method.Name} {method.Version}" + (method.WeightsSha256 is { } sha ? $"; model sha256:{sha[..Math.Min(12, sha.Length)]}" : string.Empty);

    public static string Word(SliceKind kind) => kind switch
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

    public string Description(DerivedSlice slice)
    {
        string method = slice.Method is null ? string.Empty : $"{MethodText(slice.Method)}; ";
        return FormattableString.Invariant(
            $"Slice repair {settings.Version}; {method}slot {slice.Slice + 1} of {series.Geometry.SliceCount}; {Word(slice.Kind)}; sources {slice.Sources.Length}; run {series.RunId}");
    }

    /// <summary>What a viewer should show on a slice; null for a copy.</summary>
    public string? Comment(DerivedSlice slice) => slice.Kind switch
    {
        SliceKind.Synthetic => "SYNTHETIC SLICE - not acquired",
        SliceKind.Repaired => string.Create(
            CultureInfo.InvariantCulture,
            $"PARTLY SYNTHETIC ({slice.SyntheticVoxels} voxels, {100.0 * slice.SyntheticVoxels / series.Geometry.SliceLength:F1} %)"),
        _ => null,
    };

    private void AddComment(DerivedSlice slice, DicomDataset reference, DicomDataset target)
    {
        if (Comment(slice) is { } comment)
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

        target.AddOrUpdate(new DicomSequence(DicomTag.DerivationCodeSequence, Steps(slice)));
        if (slice.Method?.IsLearned == true)
        {
            target.AddOrUpdate(new DicomSequence(DicomTag.CodingSchemeIdentificationSequence, Codes.PrivateScheme));
        }
    }

    /// <summary>One code for each step of a rebuilt slice.</summary>
    public static DicomDataset[] Steps(DerivedSlice slice)
    {
        DicomDataset made = slice.Method?.IsLearned == true ? Codes.SliceSynthesis : Codes.SpatialResampling;
        return slice.Kind == SliceKind.Repaired ? [made, Codes.PixelByPixelMask] : [made];
    }

    private static void AddSources(DerivedSlice slice, DicomDataset target)
    {
        target.AddOrUpdate(SourceImages(slice));
        target.AddOrUpdate(ReferencedSeries(slice.Sources));
    }

    /// <summary>The images whose voxels influenced the slice, in slice order.</summary>
    public static DicomSequence SourceImages(DerivedSlice slice) =>
        new(DicomTag.SourceImageSequence, [.. slice.Sources.Select(source => Source(slice, source))]);

    /// <summary>Common Instance Reference: required as soon as instances of the same study are referenced.</summary>
    public static DicomSequence ReferencedSeries(IEnumerable<InstanceHeader> sources) => new(DicomTag.ReferencedSeriesSequence,
    [
        .. sources.GroupBy(source => source.SeriesInstanceUid, StringComparer.Ordinal).Select(group => Codes.Empty()
            .Add(DicomTag.SeriesInstanceUID, group.Key)
            .Add(new DicomSequence(DicomTag.ReferencedInstanceSequence, [.. group.DistinctBy(source => source.SopInstanceUid).Select(Reference)]))),
    ]);

    /// <summary>Every source of a multi-frame object by study and series (PS3.3 C.8.13.2, Source Image Evidence Sequence).</summary>
    public static DicomSequence SourceEvidence(IEnumerable<InstanceHeader> sources) => new(DicomTag.SourceImageEvidenceSequence,
    [
        .. sources.GroupBy(source => source.StudyInstanceUid, StringComparer.Ordinal).Select(study => Codes.Empty()
            .Add(DicomTag.StudyInstanceUID, study.Key)
            .Add(new DicomSequence(DicomTag.ReferencedSeriesSequence,
            [
                .. study.GroupBy(source => source.SeriesInstanceUid, StringComparer.Ordinal).Select(series => Codes.Empty()
                    .Add(DicomTag.SeriesInstanceUID, series.Key)
                    .Add(new DicomSequence(DicomTag.ReferencedSOPSequence, [.. series.DistinctBy(source => source.SopInstanceUid).Select(Reference)]))),
            ]))),
    ]);

    private static DicomDataset Source(DerivedSlice slice, InstanceHeader source)
    {
        bool isSamePlane = slice.Kind != SliceKind.Synthetic && source.SopInstanceUid == slice.Reference.SopInstanceUid && source.Frame == slice.Reference.Frame;
        return FrameReference(source)
            .Add(new DicomSequence(DicomTag.PurposeOfReferenceCodeSequence, Codes.SourceImage))
            .Add(DicomTag.SpatialLocationsPreserved, isSamePlane ? "YES" : "NO");
    }

    private static DicomDataset Reference(InstanceHeader source) => Codes.Empty()
        .Add(DicomTag.ReferencedSOPClassUID, source.SopClassUid)
        .Add(DicomTag.ReferencedSOPInstanceUID, source.SopInstanceUid);

    private static DicomDataset FrameReference(InstanceHeader source) => source.FrameCount == 1
        ? Reference(source)
        : Reference(source).Add(DicomTag.ReferencedFrameNumber, (source.Frame + 1).ToString(CultureInfo.InvariantCulture));
}
