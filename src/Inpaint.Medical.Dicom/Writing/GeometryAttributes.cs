using FellowOakDicom;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>
/// Image Plane (PS3.3 C.7.6.2). Decimal strings of the sources are taken over as they are, so that no rounding moves an acquired
/// slice; only positions of synthetic slices are formatted anew.
/// </summary>
internal sealed class GeometryAttributes(DerivedSeries series, SourceSurvey survey)
{
    private static readonly DicomTag[] Common = [DicomTag.ImageOrientationPatient, DicomTag.PixelSpacing];

    private readonly double? _uniformSpacingMm = UniformSpacing(series.Geometry);

    public void Add(DerivedSlice slice, DicomDataset reference, DicomDataset target)
    {
        foreach (DicomTag tag in Common)
        {
            target.AddOrUpdate(survey.Representative.GetDicomItem<DicomItem>(tag));
        }

        target.AddOrUpdate(slice.Kind == SliceKind.Synthetic
            ? new DicomDecimalString(DicomTag.ImagePositionPatient, DecimalString.Of(slice.Origin))
            : reference.GetDicomItem<DicomItem>(DicomTag.ImagePositionPatient));
        AddLocation(slice, reference, target);
        AddSpacing(slice, reference, target);
    }

    private void AddLocation(DerivedSlice slice, DicomDataset reference, DicomDataset target)
    {
        if (survey.SliceLocation is not { } line)
        {
            return;
        }

        double location = (line.Slope * slice.Origin.Dot(series.Geometry.Normal)) + line.Offset;
        target.AddOrUpdate(slice.Kind == SliceKind.Synthetic
            ? new DicomDecimalString(DicomTag.SliceLocation, DecimalString.Of(Math.Round(location, 6)))
            : reference.GetDicomItem<DicomItem>(DicomTag.SliceLocation));
    }

    /// <summary>The measured spacing, in the source's own words where these are right; never on a CT whose sources did not have it.</summary>
    private void AddSpacing(DerivedSlice slice, DicomDataset reference, DicomDataset target)
    {
        if (_uniformSpacingMm is not { } spacing || (slice.Reference.Modality == "CT" && !survey.HasSpacingBetweenSlices))
        {
            return;
        }

        bool isRight = slice.Reference.SpacingBetweenSlicesMm is { } own && Math.Abs(own - spacing) <= 0.001 * spacing;
        target.AddOrUpdate(isRight
            ? reference.GetDicomItem<DicomItem>(DicomTag.SpacingBetweenSlices)
            : new DicomDecimalString(DicomTag.SpacingBetweenSlices, DecimalString.Of(Math.Round(spacing, 6))));
    }

    private static double? UniformSpacing(VolumeGeometry geometry)
    {
        double tolerance = Math.Max(0.01 * geometry.SliceSpacingMm, 0.01);
        for (int slice = 1; slice < geometry.SliceCount; slice++)
        {
            if (Math.Abs(geometry.SlicePositionsMm[slice] - geometry.SlicePositionsMm[slice - 1] - geometry.SliceSpacingMm) > tolerance)
            {
                return null;
            }
        }

        return geometry.SliceCount > 1 ? geometry.SliceSpacingMm : null;
    }
}
