using System.Globalization;
using FellowOakDicom;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Dicom.Reading;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>
/// A derived series of Enhanced MR or CT sources as one multi-frame object: a stack of frames in the order of the numbering, each
/// with its own functional groups and derivation (PS3.3 C.7.6.16, C.7.6.17).
/// </summary>
internal sealed class EnhancedObjectBuilder(DerivedSeries series, SourceSurvey survey, DerivedSeriesSettings settings, int seriesNumber, IUidFactory uids)
{
    private readonly DerivationAttributes _derivation = new(series, settings, uids);
    private readonly DerivedSlice[] _slices = [.. series.Slices.OrderBy(slice => slice.InstanceNumber)];

    /// <param name="open">Data set of an instance.</param>
    /// <exception cref="InpaintException"><see cref="ErrorCode.AttributesRefused"/>.</exception>
    public DicomDataset Build(Func<InstanceHeader, DicomDataset> open)
    {
        DicomDataset target = Codes.Empty();
        CarriedAttributes.Add(survey, isCopy: false, survey.Representative, target);
        new IdentityAttributes(series, survey, settings, seriesNumber, uids)
            .Add(_slices[0].Reference.SopClassUid, _slices[0].SopInstanceUid, 1, target);
        AddMarks(target);
        AddDimensions(target);
        target.AddOrUpdate(new DicomSequence(DicomTag.SharedFunctionalGroupsSequence, Shared(open)));
        target.AddOrUpdate(new DicomSequence(DicomTag.PerFrameFunctionalGroupsSequence, [.. _slices.Select((slice, i) => Frame(slice, i + 1, open(slice.Reference)))]));
        AddPixels(target);
        return target;
    }

    private void AddMarks(DicomDataset target)
    {
        string[] type = new AttributeReader(survey.Representative, null, null, string.Empty, new List<Finding>()).Texts(DicomTag.ImageType);
        string third = type.Length > 2 && type[2].Length > 0 ? type[2] : "VOLUME";

        // Value 2 is PRIMARY by definition here (PS3.3 C.8.16.1.2).
        target.AddOrUpdate(new DicomCodeString(DicomTag.ImageType, "DERIVED", "PRIMARY", third, "RESAMPLED"));
        target.AddOrUpdate(new DicomCodeString(DicomNames.SyntheticData, "YES"));
        target.AddOrUpdate(DicomTag.ContentQualification, settings.ContentQualification);
        bool isLossy = series.Slices.Any(slice => slice.Sources.Any(survey.IsLossy));
        target.AddOrUpdate(DicomTag.LossyImageCompression, isLossy ? "01" : "00");
        target.AddOrUpdate(new DicomSequence(DicomTag.CodingSchemeIdentificationSequence, Codes.PrivateScheme));
        DerivedSlice rebuilt = Array.Find(_slices, slice => slice.Kind != SliceKind.Copy) ?? _slices[0];
        target.AddOrUpdate(Equipment.Contributing(rebuilt, survey.Representative, settings, uids));
        target.AddOrUpdate(DerivationAttributes.ReferencedSeries(_slices.SelectMany(slice => slice.Sources)));
        target.AddOrUpdate(DerivationAttributes.SourceEvidence(_slices.SelectMany(slice => slice.Sources)));
        string[] components = [.. _slices.Select(slice => slice.Reference.ComplexComponent).OfType<string>().Distinct()];
        if (components.Length == 1 && target.Contains(DicomTag.ComplexImageComponent))
        {
            target.AddOrUpdate(DicomTag.ComplexImageComponent, components[0]);
        }
    }

    /// <summary>The source's dimensions may not fit one volume of it: the derived object is one stack.</summary>
    private void AddDimensions(DicomDataset target)
    {
        string organization = uids.Create("dimension-organization", series.SeriesInstanceUid);
        target.AddOrUpdate(new DicomSequence(
            DicomTag.DimensionOrganizationSequence, Codes.Empty().Add(DicomTag.DimensionOrganizationUID, organization)));
        target.AddOrUpdate(new DicomSequence(
            DicomTag.DimensionIndexSequence,
            Index(organization, DicomTag.StackID, "Stack"),
            Index(organization, DicomTag.InStackPositionNumber, "Position in the stack")));
    }

    private static DicomDataset Index(string organization, DicomTag pointer, string label) => Codes.Empty()
        .Add(DicomTag.DimensionOrganizationUID, organization)
        .Add(DicomTag.DimensionIndexPointer, pointer)
        .Add(DicomTag.FunctionalGroupPointer, DicomTag.FrameContentSequence)
        .Add(DicomTag.DimensionDescriptionLabel, label);

    private DicomDataset Shared(Func<InstanceHeader, DicomDataset> open)
    {
        DicomDataset[] shared = [.. series.Source.Instances.DistinctBy(source => source.SopInstanceUid)
            .Select(source => FunctionalGroups.Shared(open(source)))];
        byte[] first = ItemBytes.Of(new DicomSequence(DicomTag.SharedFunctionalGroupsSequence, shared[0]));
        if (Array.Exists(shared, other => !ItemBytes.Of(new DicomSequence(DicomTag.SharedFunctionalGroupsSequence, other)).AsSpan().SequenceEqual(first)))
        {
            throw new InpaintException(
                ErrorCode.AttributesRefused, "No derived series is written: Shared Functional Groups Sequence (5200,9229) differs between the sources.");
        }

        return shared[0];
    }

    private DicomDataset Frame(DerivedSlice slice, int number, DicomDataset source)
    {
        DicomDataset frame = FunctionalGroups.PerFrame(source, slice.Reference.Frame, isRebuilt: slice.Kind != SliceKind.Copy);
        AddContent(slice, number, frame);
        AddType(slice, frame);
        if (slice.Kind == SliceKind.Synthetic)
        {
            frame.AddOrUpdate(new DicomSequence(DicomTag.PlanePositionSequence, Codes.Empty()
                .Add(new DicomDecimalString(DicomTag.ImagePositionPatient, DecimalString.Of(slice.Origin)))));
        }

        AddRescale(slice, frame);
        frame.AddOrUpdate(new DicomSequence(DicomTag.DerivationImageSequence, Codes.Empty()
            .Add(DicomTag.DerivationDescription, _derivation.Description(slice))
            .Add(new DicomSequence(DicomTag.DerivationCodeSequence, slice.Kind == SliceKind.Copy ? [Codes.UnchangedCopy] : DerivationAttributes.Steps(slice)))
            .Add(DerivationAttributes.SourceImages(slice))));
        return frame;
    }

    private void AddContent(DerivedSlice slice, int number, DicomDataset frame)
    {
        DicomDataset content = FunctionalGroups.First(frame, DicomTag.FrameContentSequence) ?? Codes.Empty();
        content.AddOrUpdate(DicomTag.StackID, "1");
        content.AddOrUpdate(DicomTag.InStackPositionNumber, (uint)number);
        content.AddOrUpdate(DicomTag.DimensionIndexValues, 1u, (uint)number);
        content.AddOrUpdate(DicomTag.FrameLabel, DerivationAttributes.Word(slice.Kind));
        if (_derivation.Comment(slice) is { } comment)
        {
            content.AddOrUpdate(DicomTag.FrameComments, comment);
        }

        if (slice.Kind != SliceKind.Copy)
        {
            content.Remove(DicomTag.FrameAcquisitionDateTime, DicomTag.FrameReferenceDateTime, DicomTag.FrameAcquisitionDuration);
        }

        frame.AddOrUpdate(new DicomSequence(DicomTag.FrameContentSequence, content));
    }

    private static void AddType(DerivedSlice slice, DicomDataset frame)
    {
        DicomTag macro = slice.Reference.SopClassUid == DicomUID.EnhancedCTImageStorage.UID ? DicomTag.CTImageFrameTypeSequence : DicomTag.MRImageFrameTypeSequence;
        if (FunctionalGroups.First(frame, macro) is { } type)
        {
            string third = slice.Reference.ImageType is [_, _, { Length: > 0 } value, ..] ? value : "VOLUME";
            type.AddOrUpdate(new DicomCodeString(DicomTag.FrameType, "DERIVED", "PRIMARY", third, slice.Kind == SliceKind.Copy ? "NONE" : "RESAMPLED"));
            frame.AddOrUpdate(new DicomSequence(macro, type));
        }
    }

    private void AddRescale(DerivedSlice slice, DicomDataset frame)
    {
        Rescale rescale = slice.Rescale ?? series.Rescale;
        if (rescale == slice.Reference.Rescale)
        {
            return;
        }

        DicomDataset values = FunctionalGroups.First(frame, DicomTag.PixelValueTransformationSequence) ?? Codes.Empty().Add(DicomTag.RescaleType, "US");
        values.AddOrUpdate(new DicomDecimalString(DicomTag.RescaleIntercept, DecimalString.Of(rescale.Intercept)));
        values.AddOrUpdate(new DicomDecimalString(DicomTag.RescaleSlope, DecimalString.Of(rescale.Slope)));
        frame.AddOrUpdate(new DicomSequence(DicomTag.PixelValueTransformationSequence, values));
    }

    private void AddPixels(DicomDataset target)
    {
        PixelAttributes.AddFormat(series.Geometry.Rows, series.Geometry.Columns, series.Format, target);
        target.AddOrUpdate(DicomTag.NumberOfFrames, _slices.Length.ToString(CultureInfo.InvariantCulture));
        long length = (long)series.Geometry.SliceLength * series.Format.BytesPerSample * _slices.Length;
        if (length > Array.MaxLength)
        {
            throw new InpaintException(ErrorCode.AttributesRefused, FormattableString.Invariant(
                $"No derived series is written: {_slices.Length} frames make {length} bytes, more than one object can be written with."));
        }

        var samples = new byte[length];
        for (int i = 0; i < _slices.Length; i++)
        {
            _slices[i].Samples.Span.CopyTo(samples.AsSpan(i * _slices[i].Samples.Length));
        }

        PixelAttributes.AddSamples(series.Format, samples, target);
    }
}
