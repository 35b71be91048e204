using FellowOakDicom;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Dicom.Reading;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>What must be known of all sources before the first derived slice can be written: where they agree, and typical values.</summary>
internal sealed class SourceSurvey
{
    private static readonly DicomTag[] WindowTags =
        [DicomTag.WindowCenter, DicomTag.WindowWidth, DicomTag.WindowCenterWidthExplanation, DicomTag.VOILUTFunction];

    private readonly Dictionary<DicomTag, byte[]?> _first = [];
    private readonly HashSet<DicomTag> _different = [];
    private readonly HashSet<string> _lossy = new(StringComparer.Ordinal);
    private readonly List<(double Center, DicomItem[] Items)> _windows = [];
    private readonly List<(double Position, double Location)> _locations = [];
    private readonly List<string?> _burnedIn = [];
    private int _count;

    private SourceSurvey(AttributePolicy policy, DicomDataset representative)
    {
        Policy = policy;
        Representative = representative;
    }

    public AttributePolicy Policy { get; }

    /// <summary>Source of all that belongs to patient, study and series.</summary>
    public DicomDataset Representative { get; }

    /// <summary>Whether any source has rescale values.</summary>
    public bool HasRescale { get; private set; }

    /// <summary>Whether any source has Spacing Between Slices.</summary>
    public bool HasSpacingBetweenSlices { get; private set; }

    /// <summary>NO only if every source says so, YES if any does, else null (PS3.3 C.7.6.1).</summary>
    public string? BurnedInAnnotation => _burnedIn.Contains("YES") ? "YES" : _burnedIn.TrueForAll(value => value == "NO") ? "NO" : null;

    /// <summary>The latest moment that any source names, in the sources' own time zone; null where none names one.</summary>
    public DateTime? LatestTime { get; private set; }

    /// <summary>Slice Location as a line over the position, where the sources' values follow one to 1 % of the spacing.</summary>
    public (double Slope, double Offset)? SliceLocation { get; private set; }

    /// <exception cref="InpaintException"><see cref="ErrorCode.AttributesRefused"/>: the message names the attribute.</exception>
    public static SourceSurvey Of(DerivedSeries series, Func<InstanceHeader, DicomDataset> open, CancellationToken cancellationToken)
    {
        InstanceHeader representative = series.Slices[0].Reference;
        AttributePolicy policy = AttributePolicy.For(representative.SopClassUid) ?? throw Refused(
            $"derived images are written for MR, CT, Enhanced MR and Enhanced CT Image Storage; the source's SOP Class is {DicomUID.Parse(representative.SopClassUid).Name}");
        var survey = new SourceSurvey(policy, open(representative));
        foreach (InstanceHeader source in series.Source.Instances.DistinctBy(source => source.SopInstanceUid))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (source.SopClassUid != representative.SopClassUid)
            {
                throw Refused("the sources are of different SOP Classes");
            }

            survey.Add(source, source.SopInstanceUid == representative.SopInstanceUid ? survey.Representative : open(source), series.Geometry.Normal);
        }

        survey.Conclude(series);
        return survey;
    }

    /// <summary>Whether all sources have the attribute with the same value, or none has it.</summary>
    public bool IsUniform(DicomTag tag) => !_different.Contains(tag);

    public bool IsLossy(InstanceHeader source) => _lossy.Contains(source.SopInstanceUid);

    /// <summary>Window of the source whose centre is the median; empty where no source has one.</summary>
    public IReadOnlyList<DicomItem> MedianWindow() =>
        _windows.Count == 0 ? [] : _windows.OrderBy(window => window.Center).ElementAt((_windows.Count - 1) / 2).Items;

    /// <summary>The window attributes of one image, if they are complete (PS3.3 C.11.2.1.2): both, of equal count, widths of 1 or more.</summary>
    public static DicomItem[] WindowOf(DicomDataset dataset)
    {
        var reader = new AttributeReader(dataset, null, null, string.Empty, new List<Finding>());
        double[]? centers = reader.Numbers(DicomTag.WindowCenter, 1), widths = reader.Numbers(DicomTag.WindowWidth, 1);
        return centers is not null && widths?.Length == centers.Length && Array.TrueForAll(widths, width => width >= 1)
            ? [.. WindowTags.Select(dataset.GetDicomItem<DicomItem>).Where(item => item is not null)]
            : [];
    }

    private void Add(InstanceHeader source, DicomDataset dataset, Vector3 normal)
    {
        if (dataset.Contains(DicomTag.ModalityLUTSequence))
        {
            throw Refused($"'{source.Source}' has a Modality LUT Sequence (0028,3000), which does not fit rebuilt slices; apply it first");
        }

        foreach (CarriedAttribute attribute in Policy.Attributes)
        {
            Compare(attribute.Tag, dataset);
        }

        Compare(DicomTag.RescaleType, dataset);
        _count++;
        HasRescale |= dataset.Contains(DicomTag.RescaleSlope) || dataset.Contains(DicomTag.RescaleIntercept);
        HasSpacingBetweenSlices |= dataset.Contains(DicomTag.SpacingBetweenSlices);
        LatestTime = SourceTime.Later(LatestTime, SourceTime.LatestOf(dataset));
        _burnedIn.Add(dataset.TryGetString(DicomTag.BurnedInAnnotation, out string burned) ? burned.Trim() : null);
        if (dataset.TryGetString(DicomTag.LossyImageCompression, out string lossy) && lossy.Trim() == "01" || IsLossySyntax(source.TransferSyntaxUid))
        {
            _lossy.Add(source.SopInstanceUid);
        }

        var reader = new AttributeReader(dataset, null, null, source.Source, new List<Finding>());
        if (reader.Number(DicomTag.WindowCenter) is { } center && WindowOf(dataset) is { Length: > 0 } window)
        {
            _windows.Add((center, window));
        }

        if (reader.Number(DicomTag.SliceLocation) is { } location && source.Position is { } position)
        {
            _locations.Add((position.Dot(normal), location));
        }
    }

    private void Compare(DicomTag tag, DicomDataset dataset)
    {
        byte[]? value = dataset.GetDicomItem<DicomItem>(tag) is { } item ? ItemBytes.Of(item) : null;
        if (_count == 0)
        {
            _first[tag] = value;
        }
        else if (!(value is null ? _first[tag] is null : _first[tag] is { } first && value.AsSpan().SequenceEqual(first)))
        {
            _different.Add(tag);
        }
    }

    private void Conclude(DerivedSeries series)
    {
        if (!IsUniform(DicomTag.SpecificCharacterSet))
        {
            throw Refused("Specific Character Set (0008,0005) differs between the sources");
        }

        foreach (CarriedAttribute attribute in Policy.Attributes.Where(attribute => attribute is { Type: '1', Rule: CarryRule.Slice }))
        {
            if (!IsUniform(attribute.Tag))
            {
                throw Refused($"{attribute.Tag.DictionaryEntry.Name} {attribute.Tag} differs between the sources, so they are not one acquisition");
            }
        }

        SliceLocation = _locations.Count == _count ? Fit(0.01 * series.Geometry.SliceSpacingMm) : null;
    }

    /// <summary>Least squares; null where a residual exceeds the tolerance, or the positions do not span a line.</summary>
    private (double Slope, double Offset)? Fit(double tolerance)
    {
        double meanPosition = _locations.Average(pair => pair.Position), meanLocation = _locations.Average(pair => pair.Location);
        double variance = _locations.Sum(pair => (pair.Position - meanPosition) * (pair.Position - meanPosition));
        if (!(variance > 0))
        {
            return null;
        }

        double slope = _locations.Sum(pair => (pair.Position - meanPosition) * (pair.Location - meanLocation)) / variance;
        double offset = meanLocation - (slope * meanPosition);
        return _locations.TrueForAll(pair => Math.Abs((slope * pair.Position) + offset - pair.Location) <= tolerance) ? (slope, offset) : null;
    }

    private static bool IsLossySyntax(string uid) =>
        DicomTransferSyntax.KnownEntries.FirstOrDefault(syntax => syntax.UID.UID == uid) is { IsLossy: true };

    private static InpaintException Refused(string why) => new(ErrorCode.AttributesRefused, $"No derived series is written: {why}.");
}
