using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Volumes;
using TorchSharp;
using static TorchSharp.torch;

namespace Inpaint.Medical.Torch;

/// <summary>Settings of inference that do not change its result beyond rounding.</summary>
/// <param name="Device">auto, cpu or cuda.</param>
/// <param name="MemoryBytes">Budget for what one batch needs; halved when memory runs out nevertheless.</param>
/// <param name="Progress">Share done, 0 to 1.</param>
/// <param name="Threads">Of libtorch, for the whole process. More than one gains on idle cores only: on busy ones its threads wait for each other, measured about ten times slower.</param>
public sealed record InferenceOptions(string Device = "auto", long MemoryBytes = 1L << 30, IProgress<double>? Progress = null, int Threads = 1);

/// <summary>The trained network as a method of the pipeline. Tiles large slices; predictions depend on visible voxels alone.</summary>
public sealed class TransformerReconstructor : IAdaptableReconstructor
{
    /// <summary>Name on the command line.</summary>
    public const string MethodName = "transformer";

    private const int AdaptationSeed = 0;
    private const int Rehearsals = 4;                   // visible slices that the standard errors of a series are judged by
    private const long BytesPerPixel = 3_000;           // of a tile, all layers together; measured with eight visible slices, tiny

    private readonly ModelManifest manifest;
    private readonly Lazy<MaskedVolumeTransformer> network;
    private readonly InferenceOptions options;

    // By volume: the runs of one series are asked for one after the other.
    private readonly ConditionalWeakTable<Volume, StrongBox<double>> seriesScales = [];

    /// <summary>Weights are read, and checked against their digest, when they are first needed.</summary>
    public TransformerReconstructor(ModelFolder model, InferenceOptions options)
        : this(model, options, new Lazy<MaskedVolumeTransformer>(() => Load(model, options)), "")
    {
    }

    internal TransformerReconstructor(ModelFolder model, InferenceOptions options, Lazy<MaskedVolumeTransformer> network, string suffix)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        (manifest, this.options, this.network, Model) = (model.Manifest, options, network, model);
        Identity = new MethodIdentity(MethodName, $"{manifest.Name} {manifest.Version}{suffix}", manifest.WeightsSha256);
    }

    public MethodIdentity Identity { get; }

    /// <summary>The model's folder.</summary>
    public ModelFolder Model { get; }

    internal InferenceOptions Options => options;

    internal MaskedVolumeTransformer Network => network.Value;

    /// <summary>False outside the modalities, spacings and gap lengths of the model, and where nothing is visible.</summary>
    public bool CanPredict(ReconstructionRequest request, int slice)
    {
        ArgumentNullException.ThrowIfNull(request);
        VolumeGeometry geometry = request.Volume.Geometry;
        if (!manifest.Modalities.Contains(request.Modality)) return false;
        if (!(geometry.SliceSpacingMm >= manifest.SmallestSpacingMm && geometry.SliceSpacingMm <= manifest.LargestSpacingMm)) return false;
        bool isRegion = !request.Mask.IsWholeMasked(slice) && request.Mask.Regions.TryGetValue(slice, out var region) && region.Count < geometry.SliceLength;
        int below = Nearest(request, slice, -1), above = Nearest(request, slice, 1);
        if (below == 0 && above == 0) return isRegion;
        int gap = below == 0 ? above : above == 0 ? below : below + above - 1;
        return gap <= manifest.LongestGap;
    }

    /// <inheritdoc/>
    /// <exception cref="InpaintException"><see cref="ErrorCode.DeviceUnavailable"/>; <see cref="ErrorCode.NothingVisible"/>;
    /// <see cref="ErrorCode.ModelRefused"/>: the files are not what model.json pins.</exception>
    public IReadOnlyList<SlicePrediction> Reconstruct(ReconstructionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        _ = network.Value;
        set_num_threads(options.Threads);
        ImmutableArray<int> visible = SlabPlan.VisibleSlices(request);
        ImmutableArray<int> measured = visible.IsEmpty ? [.. request.Targets.Where(slice => request.Volume.IsPresent(slice))] : visible;
        if (measured.IsEmpty) throw new InpaintException(ErrorCode.NothingVisible, "The transformer found no visible slice.");
        IntensityRange range = visible.IsEmpty ? RangeOfKnown(request, measured) : IntensityRange.Of(request.Volume, visible);
        var reader = new SlabReader(request.Volume, request.Mask, range);
        Canvas[] canvases = Predict(reader, [.. request.Targets.Select(target => SlabPlan.Of(request.Volume, visible, target))], request.Volume.Geometry, options.Progress, cancellationToken);
        if (!request.WithSigma) return [.. canvases.Select(canvas => canvas.Finish(range, null))];
        double series = seriesScales.GetValue(request.Volume, _ => new StrongBox<double>(SeriesScale(request, visible, range, cancellationToken))).Value;
        return [.. canvases.Select(canvas => canvas.Finish(range, SigmaScale(canvas.Plan.Gap) * series))];
    }

    /// <summary>Paints the target of each plan, tile by tile, in batches that keep to the memory budget.</summary>
    private Canvas[] Predict(SlabReader reader, SlabPlan[] plans, VolumeGeometry geometry, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        Device device = torch.device(DeviceOf(options.Device));
        var tiles = new TileGrid(geometry.Rows, geometry.Columns);
        Canvas[] canvases = [.. plans.Select(plan => new Canvas(plan, geometry, tiles))];
        float[][] evidence = [.. plans.Select(reader.Evidence)];
        int done = 0, all = canvases.Length * tiles.Origins.Count;
        var groups = Enumerable.Range(0, canvases.Length).GroupBy(i => canvases[i].Plan.Geometry.Positions.Length);
        foreach (var group in groups)
        {
            (int Canvas, int Top, int Left)[] items = [.. from i in @group from origin in tiles.Origins select (i, origin.Top, origin.Left)];
            int size = (int)Math.Clamp(options.MemoryBytes / (BytesPerPixel * tiles.Rows * tiles.Columns), 1, 64);
            for (int first = 0; first < items.Length;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var batch = items.AsSpan(first, Math.Min(size, items.Length - first)).ToArray();
                if (!TryPredict(network.Value, device, reader, batch, canvases, evidence, tiles))
                {
                    if (size == 1) throw new InpaintException(ErrorCode.DeviceUnavailable, $"{device}: memory runs out even for one tile of {tiles.Rows} x {tiles.Columns}; free memory or use another device.");
                    size /= 2;
                    continue;
                }

                NativeHeap.GiveBack(options.MemoryBytes);
                first += batch.Length;
                progress?.Report((double)(done += batch.Length) / all);
            }
        }

        return canvases;
    }

    /// <summary>
    /// How much wider or narrower than on the training volumes the intervals of this series must be, judged by visible slices that are hidden in runs as long as its
    /// own gaps; 1 where too few can be. Limited to a factor of two.
    /// </summary>
    private double SeriesScale(ReconstructionRequest request, ImmutableArray<int> visible, IntensityRange range, CancellationToken cancellationToken)
    {
        int gap = Math.Clamp(request.Mask.Runs().Select(run => run.Count).DefaultIfEmpty(1).Max(), 1, 3);
        SlabPlan[] all = [.. SlabPlan.Rehearsals(request.Volume, visible, gap)];
        if (manifest.SigmaScale.IsEmpty || all.Length < Rehearsals) return 1;
        SlabPlan[] chosen = [.. Enumerable.Range(0, Rehearsals).Select(i => all[((2 * i) + 1) * all.Length / (2 * Rehearsals)])];
        var reader = new SlabReader(request.Volume, request.Mask.Hide(visible), range);
        var ratios = new SigmaRatios();
        foreach (Canvas canvas in Predict(reader, chosen, request.Volume.Geometry, null, cancellationToken))
        {
            ratios.Add(canvas.Finish(range, SigmaScale(canvas.Plan.Gap)), request.Volume.Slice(canvas.Plan.Target));
        }

        return Math.Clamp(ratios.Factor, 0.5, 2);
    }

    /// <inheritdoc/>
    /// <remarks>A method that was kept apart holds a network of its own, a few MB, until it is collected.</remarks>
    public (IVolumeReconstructor Method, Adaptation Report) Adapt(ReconstructionRequest request, int seconds, CancellationToken cancellationToken) =>
        new SeriesAdaptation(seconds, AdaptationSeed).Run(this, request, cancellationToken);

    /// <summary>False when memory ran out.</summary>
    private static bool TryPredict(MaskedVolumeTransformer loaded, Device device, SlabReader reader, (int Canvas, int Top, int Left)[] items, Canvas[] canvases, float[][] evidence, TileGrid tiles)
    {
        try
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            using SlabBatch batch = reader.Read([.. items.Select(i => (canvases[i.Canvas].Plan, evidence[i.Canvas], i.Top, i.Left))], tiles.Rows, tiles.Columns, device);
            Prediction prediction = loaded.PredictFromTwoViews(batch);
            float[] mean = prediction.Mean.cpu().contiguous().data<float>().ToArray();
            float[] sigma = prediction.LogSigma.exp().cpu().contiguous().data<float>().ToArray();
            int size = tiles.Rows * tiles.Columns;
            for (int i = 0; i < items.Length; i++)
            {
                canvases[items[i].Canvas].Paint(items[i].Top, items[i].Left, mean.AsSpan(i * size, size), sigma.AsSpan(i * size, size));
            }

            return true;
        }
        catch (ExternalException e) when (e.Message.Contains("allocate memory", StringComparison.Ordinal) || e.Message.Contains("out of memory", StringComparison.Ordinal))
        {
            return false;
        }
    }

    private double SigmaScale(string gap) => manifest.SigmaScale.TryGetValue(gap, out double scale) ? scale : manifest.SigmaScale.Values.DefaultIfEmpty(1).Max();

    /// <summary>Slices to the nearest visible one in a direction; 0 if there is none.</summary>
    private static int Nearest(ReconstructionRequest request, int slice, int step)
    {
        for (int at = slice + step; at >= 0 && at < request.Volume.SliceCount; at += step)
        {
            if (request.Mask.IsVisible(at) && request.Volume.IsPresent(at)) return Math.Abs(at - slice);
        }

        return 0;
    }

    /// <summary>Without a whole visible slice the known voxels of the targets give the range.</summary>
    private static IntensityRange RangeOfKnown(ReconstructionRequest request, ImmutableArray<int> slices)
    {
        var copies = new float[]?[request.Volume.SliceCount];
        foreach (int slice in slices)
        {
            ReadOnlySpan<bool> masked = request.Mask.Regions.TryGetValue(slice, out var region) ? region.Masked : default;
            float[] voxels = request.Volume.Slice(slice).ToArray();
            int first = 0;
            while (first < voxels.Length && ((!masked.IsEmpty && masked[first]) || !float.IsFinite(voxels[first]))) first++;
            if (first == voxels.Length) throw new InpaintException(ErrorCode.NothingVisible, $"Slice {slice}: no voxel is visible.");
            for (int i = 0; i < voxels.Length; i++)
            {
                if ((!masked.IsEmpty && masked[i]) || !float.IsFinite(voxels[i])) voxels[i] = voxels[first];
            }

            copies[slice] = voxels;
        }

        return IntensityRange.Of(new Volume(request.Volume.Geometry, copies), slices);
    }

    internal static DeviceType DeviceOf(string name) => name switch
    {
        "cpu" => DeviceType.CPU,
        "auto" => cuda.is_available() ? DeviceType.CUDA : DeviceType.CPU,
        "cuda" => cuda.is_available() ? DeviceType.CUDA : throw new InpaintException(ErrorCode.DeviceUnavailable, "There is no CUDA device here; use --device cpu or auto."),
        _ => throw new InpaintException(ErrorCode.DeviceUnavailable, $"There is no device '{name}'; use auto, cpu or cuda."),
    };

    private static MaskedVolumeTransformer Load(ModelFolder model, InferenceOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            return model.Network(DeviceOf(options.Device));
        }
        catch (ModelFileException e)
        {
            throw new InpaintException(ErrorCode.ModelRefused, e.Message, e);
        }
    }

    /// <summary>Where the tiles of one target come together.</summary>
    private sealed class Canvas(SlabPlan plan, VolumeGeometry geometry, TileGrid tiles)
    {
        private readonly float[] mean = new float[geometry.SliceLength], sigma = new float[geometry.SliceLength], weight = new float[geometry.SliceLength];

        public SlabPlan Plan { get; } = plan;

        public void Paint(int top, int left, ReadOnlySpan<float> tileMean, ReadOnlySpan<float> tileSigma)
        {
            for (int row = top; row < Math.Min(top + tiles.Rows, geometry.Rows); row++)
            {
                for (int column = left; column < Math.Min(left + tiles.Columns, geometry.Columns); column++)
                {
                    int from = ((row - top) * tiles.Columns) + column - left, to = (row * geometry.Columns) + column;
                    float w = tiles.Weight(top, left, row, column);
                    mean[to] += w * tileMean[from];
                    sigma[to] += w * tileSigma[from];
                    weight[to] += w;
                }
            }
        }

        /// <summary>Real units; standard errors only with a scale for them.</summary>
        public SlicePrediction Finish(IntensityRange range, double? sigmaScale)
        {
            for (int i = 0; i < mean.Length; i++)
            {
                mean[i] = range.Real(mean[i] / weight[i]);
                sigma[i] = (float)(sigma[i] / weight[i] * range.Width * (sigmaScale ?? 0));
            }

            return new SlicePrediction(Plan.Target, mean, Plan.Visible, sigmaScale is null ? default(ReadOnlyMemory<float>?) : sigma);
        }
    }
}
