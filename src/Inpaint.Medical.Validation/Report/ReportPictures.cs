using System.Collections.Immutable;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Validation.Drops;
using Inpaint.Medical.Validation.Running;

namespace Inpaint.Medical.Validation.Report;

/// <summary>Pictures of one volume: the best, the median and the worst rebuilt slice, and cuts across the slices.</summary>
internal sealed class ReportPictures
{
    private readonly VolumeSummary _volume;
    private readonly BuiltVolume _truth;
    private readonly ValidationResult _result;
    private readonly IVolumeReconstructor _method;
    private readonly CancellationToken _cancellationToken;
    private readonly double _errorScale;

    // A method may fit itself to what is hidden: once for all pictures of a drop.
    private readonly Dictionary<string, HiddenCase> _hidden = [];

    public ReportPictures(
        VolumeSummary volume, BuiltVolume truth, ValidationResult result, IVolumeReconstructor method, CancellationToken cancellationToken)
    {
        (_volume, _truth, _result, _method, _cancellationToken) = (volume, truth, result, method, cancellationToken);
        _errorScale = (volume.RangeHigh - volume.RangeLow) / 4;
    }

    public VolumePictures Take()
    {
        List<SliceScore> ranked = [.. _result.Slices
            .Where(row => row.Volume == _volume.Name && row.Method == _method.Identity.Name && row.IsPredicted && row is { Gap: > 0, Range: > 0 })
            .OrderBy(row => row.SquaredError / row.Voxels)];
        if (ranked.Count == 0)
        {
            return VolumePictures.None(_volume.Name, _method.Identity.Name);
        }

        SliceScore worst = ranked[^1];
        ImmutableArray<SliceView> slices = [View("worst", worst), View("median", ranked[ranked.Count / 2]), View("best", ranked[0])];
        return new VolumePictures(_volume.Name, _method.Identity.Name, slices, Reformats(worst.Drop));
    }

    private HiddenCase Hide(string drop)
    {
        if (!_hidden.TryGetValue(drop, out HiddenCase? hidden))
        {
            _hidden[drop] = hidden = HiddenCase.Of(_truth, _volume.Name, DropSpec.Parse(drop), _result.Summary.Provenance.Seed);
        }

        return hidden;
    }

    private SliceView View(string rank, SliceScore row)
    {
        HiddenCase hidden = Hide(row.Drop);
        HiddenRun run = hidden.Runs.First(one => one.Targets.Contains(row.Slice));
        RebuiltSlice rebuilt = hidden.Rebuild(_method, run.Targets, _cancellationToken)[run.Targets.IndexOf(row.Slice)]!;
        ReadOnlySpan<float> truth = hidden.Truth(row.Slice);
        var error = new float[truth.Length];
        for (int i = 0; i < error.Length; i++)
        {
            error[i] = Math.Abs(rebuilt.Voxels[i] - truth[i]);
        }

        return new SliceView(
            rank,
            row.Drop,
            _method.Identity.Name,
            row.Slice,
            PooledScores.Psnr(row.SquaredError, row.Voxels, row.Range),
            Visible(hidden, run.Run.First - 1),
            Visible(hidden, run.Run.Last + 1),
            Windowed(rebuilt.Voxels),
            Windowed(truth),
            Grey(error, 0, _errorScale),
            FormattableString.Invariant($"{_errorScale:G3}"),
            rebuilt.Sigma is { } sigma ? Grey(sigma.Span, 0, _errorScale) : null);
    }

    private GreyPicture? Visible(HiddenCase hidden, int slice) =>
        slice >= 0 && slice < _truth.Volume.SliceCount && hidden.Mask.IsVisible(slice) ? Windowed(hidden.Truth(slice)) : null;

    // Cuts through the middle of the slices, with every run of the drop rebuilt. Of a slice only the lines of the cuts are kept.
    private ImmutableArray<ReformatView> Reformats(string drop)
    {
        HiddenCase hidden = Hide(drop);
        VolumeGeometry geometry = _truth.Volume.Geometry;
        Cuts[] planes = [new Cuts(geometry, alongRows: true), new Cuts(geometry, alongRows: false)];
        foreach (int slice in Enumerable.Range(0, geometry.SliceCount).Where(_truth.Volume.IsPresent))
        {
            foreach (Cuts cuts in planes)
            {
                cuts.SetTruth(slice, hidden.Truth(slice), isVisible: !hidden.Mask.IsWholeMasked(slice));
            }
        }

        foreach (RebuiltSlice rebuilt in hidden.Runs.Where(run => run.Gap > 0)
            .SelectMany(run => hidden.Rebuild(_method, run.Targets, _cancellationToken)).OfType<RebuiltSlice>())
        {
            foreach (Cuts cuts in planes)
            {
                cuts.SetRebuilt(rebuilt.Slice, rebuilt.Voxels);
            }
        }

        return [.. planes.Select(cuts => new ReformatView(
            PlaneOf(cuts.Normal), drop, _method.Identity.Name, Across(cuts.Damaged, cuts), Across(cuts.Rebuilt, cuts), Across(cuts.Truth, cuts)))];
    }

    private GreyPicture Across(float[] cut, Cuts cuts) =>
        Grey(cut, _volume.RangeLow, _volume.RangeHigh, _truth.Volume.Geometry.SliceCount, cuts.PixelAspect);

    // The plane whose normal lies nearest: x sagittal, y coronal, z axial.
    private static string PlaneOf(Vector3 normal)
    {
        (double x, double y, double z) = (Math.Abs(normal.X), Math.Abs(normal.Y), Math.Abs(normal.Z));
        return x >= y && x >= z ? "sagittal" : y >= z ? "coronal" : "axial";
    }

    private GreyPicture Windowed(ReadOnlySpan<float> voxels) => Grey(voxels, _volume.RangeLow, _volume.RangeHigh);

    private GreyPicture Grey(ReadOnlySpan<float> voxels, double low, double high) => Grey(
        voxels, low, high, _truth.Volume.Geometry.Rows, _truth.Volume.Geometry.RowSpacingMm / _truth.Volume.Geometry.ColumnSpacingMm);

    private static GreyPicture Grey(ReadOnlySpan<float> voxels, double low, double high, int rows, double aspect)
    {
        var pixels = new byte[voxels.Length];
        double scale = high > low ? 255 / (high - low) : 0;
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = float.IsNaN(voxels[i]) ? (byte)0 : (byte)Math.Clamp(Math.Round((voxels[i] - low) * scale), 0, 255);
        }

        return new GreyPicture(rows, voxels.Length / rows, pixels, aspect);
    }
}
