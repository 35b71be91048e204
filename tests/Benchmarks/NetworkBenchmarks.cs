using System.Globalization;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Torch;
using TorchSharp;

namespace Inpaint.Medical.Benchmarks;

/// <summary>The transformer: time of a slice, share of the machine's own rate of bf16 products, and whether long work leaks. One thread of libtorch, as in use; shares and ratios are of processor time.</summary>
internal static class NetworkBenchmarks
{
    private const int Side = 256;
    private const int Visible = 8;
    private const int Patch = TransformerSettings.Patch;
    private const int Rounds = 7;

    // Pixels of the slice for each output pixel of a layer.
    private static readonly Dictionary<string, int> PixelsPerOutput = new(StringComparer.Ordinal)
    {
        ["coarseStem"] = 16, ["coarse4In"] = 16, ["coarseDown"] = 64, ["coarse8In"] = 64, ["coarse8Out"] = 64, ["coarseUp"] = 64, ["coarse4Out"] = 16, ["flow4"] = 16,
        ["fineStem"] = 4, ["fineJoin"] = 16, ["fine2In"] = 4, ["fineDown"] = 16, ["fine4"] = 16, ["fineUp"] = 16, ["fine2Out"] = 4, ["flow2"] = 4, ["hidden"] = 4, ["mix"] = 4, ["spread"] = 4,
    };

    public static IEnumerable<Row> Run(string models)
    {
        ModelFolder model = ModelFolder.Open(Path.Combine(models, "tiny"));
        var method = new TransformerReconstructor(model, new InferenceOptions("cpu"));
        torch.set_num_threads(1);
        double peak = ProductRate();
        ReconstructionRequest request = Request(Side);
        Action oneSlice = () => method.Reconstruct(request, CancellationToken.None);
        double slice = Best(() => Paired.Seconds(oneSlice));
        yield return new Row("transformer `tiny`, one slice of 256² from 8, two views", Row.Seconds(slice), "–", "0.5 s", slice <= 0.5);
        double inference = 2 * 2 * ProductsPerPixel(method.Network, Visible) * Side * Side / Best(() => Paired.ProcessorSeconds(oneSlice)) / peak;
        yield return new Row("inference: share of this machine's bf16 matrix rate", Share(inference), $"{peak / 1e9:0} GFLOP/s, 2048³, one thread", "50 %", inference >= 0.5);

        using var same = new SameNetwork(model);
        foreach (Row row in AgainstPyTorch(model, same))
        {
            yield return row;
        }

        double step = Best(() => same.TrainingSeconds("bfloat16")), training = 3 * 2 * ProductsPerPixel(method.Network, same.VisibleInTraining) * SameNetwork.TrainingPixels / step / peak;
        yield return new Row("training: share of the rate", Share(training), FormattableString.Invariant($"a step of 8 × 96² in {step:0.000} s"), "30 %", training >= 0.3);
    }

    /// <summary>Two thousand slabs, one after the other.</summary>
    public static IEnumerable<Row> Soak(string models)
    {
        const int slabs = 2_000, warm = 200;
        var method = new TransformerReconstructor(ModelFolder.Open(Path.Combine(models, "tiny")), new InferenceOptions("cpu"));
        ReconstructionRequest request = Request(64);
        (long Bytes, long Tensors) before = default, after = default;
        for (int slab = 1; slab <= slabs; slab++)
        {
            method.Reconstruct(request, CancellationToken.None);
            if (slab == warm)
            {
                before = Held();
            }
        }

        after = Held();
        double grown = (after.Bytes - before.Bytes) / 1048576.0;
        yield return new Row(
            "soak: 2,000 slabs of 64² through `tiny`", FormattableString.Invariant($"{after.Tensors - before.Tensors:+0;-0;0} tensors, {grown:+0.0;-0.0;0} MiB from slab 200 on"), "–", "flat",
            after.Tensors == before.Tensors && grown < 32);
    }

    /// <summary>The same network, weights, batches, precision and thread in Python's PyTorch.</summary>
    private static IEnumerable<Row> AgainstPyTorch(ModelFolder model, SameNetwork ours)
    {
        string folder = Directory.CreateTempSubdirectory("inpaint-bench-").FullName;
        ours.Write(folder);
        using PyTorch? peer = PyTorch.Start(model.Path, folder);
        Directory.Delete(folder, recursive: true);
        if (peer is null)
        {
            yield return new Row("the same network in Python's PyTorch", "–", "not installed", "1.1×", null);
            yield break;
        }

        double difference = peer.Differences.Max();
        yield return new Row(
            $"float32 prediction, loss and gradient: difference from PyTorch {peer.Version}", difference.ToString("0.0e0", CultureInfo.InvariantCulture), "–", "0.001", difference <= 1e-3);
        foreach (string precision in (string[])["bfloat16", "float32"])
        {
            (double slab, double slabThere) = Paired.Best(() => ours.InferenceSeconds(precision), () => peer.Seconds("inference", precision));
            yield return Ratio($"inference slab of 256² from 8, one view, {precision}, to PyTorch {peer.Version}", slab, slabThere);
            (double step, double stepThere) = Paired.Best(() => ours.TrainingSeconds(precision), () => peer.Seconds("training", precision));
            yield return Ratio($"training step of 8 × 96², {precision}, to the same", step, stepThere);
        }
    }

    private static Row Ratio(string what, double ours, double peer) =>
        new(what, FormattableString.Invariant($"{ours / peer:0.00}× ({ours:0.000} s)"), Row.Seconds(peer), "1.1×", ours <= 1.1 * peer);

    private static (long Bytes, long Tensors) Held()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        string line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return (long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024, torch.Tensor.TotalCount);
    }

    private static double Best(Func<double> seconds)
    {
        seconds();
        return Enumerable.Range(0, Rounds).Min(_ => seconds());
    }

    /// <summary>Multiplications and additions a second of a large bf16 matrix product.</summary>
    private static double ProductRate()
    {
        const int size = 2048;
        using torch.Tensor a = torch.randn(size, size).to(torch.bfloat16), b = torch.randn(size, size).to(torch.bfloat16);
        return 2.0 * size * size * size / Best(() => Paired.ProcessorSeconds(() => a.mm(b).Dispose()));
    }

    /// <summary>Multiply-adds for each pixel of the predicted slice: of convolutions, and of the transformer on tokens of the slices; what fills its windows is not counted.</summary>
    private static double ProductsPerPixel(MaskedVolumeTransformer network, long visible) => Convolutions(network) + (Attention(network.Settings, visible) / (Patch * Patch));

    private static double Convolutions(MaskedVolumeTransformer network) => network.named_parameters()
        .Where(parameter => parameter.parameter.dim() == 4 && PixelsPerOutput.ContainsKey(parameter.name.Split('.')[0]))
        .Sum(parameter => (double)parameter.parameter.numel() / PixelsPerOutput[parameter.name.Split('.')[0]]);

    /// <summary>For each token of the predicted slice: visible tokens are made and attend within their slice; then the masked token asks all slices.</summary>
    private static double Attention(TransformerSettings settings, long visible)
    {
        double width = settings.TokenWidth, window = settings.Window * settings.Window, slices = visible + 1;
        double made = visible * 2 * Patch * Patch * width, atEnds = 2 * width * settings.CoarseChannels;
        double within = visible * ((8 * width * width) + (2 * window * width));
        double asked = (slices * 2 * width * width) + (6 * width * width) + (slices * 2 * window * width);
        return made + atEnds + within + (settings.Blocks * asked);
    }

    private static ReconstructionRequest Request(int side)
    {
        Volume volume = SampleSeries.Volume(Visible + 1, side);
        var mask = new SliceMask { Verdicts = [.. Enumerable.Range(0, Visible + 1).Select(slice => slice == 4 ? SliceVerdict.Corrupted : SliceVerdict.Intact)], Decisions = [] };
        return new ReconstructionRequest(volume, mask, [4], "CT");
    }

    private static string Share(double share) => (100 * share).ToString("0", CultureInfo.InvariantCulture) + " %";
}
