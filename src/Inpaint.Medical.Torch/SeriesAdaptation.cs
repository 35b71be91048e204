using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Torch.Training;
using TorchSharp;
using static Inpaint.Medical.Torch.HeldScalars;
using static TorchSharp.torch;

namespace Inpaint.Medical.Torch;

/// <summary>
/// Fits the network a little to one series: some of its visible slices are hidden and predicted for a few steps, others only judge. The adapted
/// weights are used only where these improve.
/// </summary>
public sealed class SeriesAdaptation(int seconds, int seed)
{
    /// <summary>A second of the budget is so many steps, whatever the machine: the result depends on the seed, not on the clock.</summary>
    public const int StepsPerSecond = 4;

    private const int Crop = 64, BatchSize = 8, JudgeEvery = 3, MostJudges = 8;
    private const double Rate = 1e-4;

    /// <summary>Gives an adapted reconstructor, or the same one where nothing was won, and the report.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.TooFewSlices"/>: fewer than six visible slices.</exception>
    public (TransformerReconstructor Method, Adaptation Report) Run(TransformerReconstructor method, ReconstructionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(request);
        set_num_threads(method.Options.Threads);
        ImmutableArray<int> visible = SlabPlan.VisibleSlices(request);
        if (visible.Length < 6) throw new InpaintException(ErrorCode.TooFewSlices, $"Adaptation needs six visible slices; found {visible.Length}.");
        var range = IntensityRange.Of(request.Volume, visible);
        var reader = new SlabReader(request.Volume, request.Mask.Hide(visible), range);
        Exercise[] exercises = Exercises(request, visible, reader);
        Exercise[] judges = Spread([.. exercises.Where((_, i) => i % JudgeEvery == 1)], MostJudges), teachers = [.. exercises.Where((_, i) => i % JudgeEvery != 1)];
        if (judges.Length == 0) throw new InpaintException(ErrorCode.TooFewSlices, "Adaptation needs visible slices to learn from and others to judge by.");

        MaskedVolumeTransformer adapted = method.Model.Build();
        double before = Error(adapted, reader, request.Volume, judges, cancellationToken);
        int steps = seconds * StepsPerSecond;
        Learn(adapted, reader, request.Volume, teachers, steps, cancellationToken);
        double after = Error(adapted, reader, request.Volume, judges, cancellationToken), unit = (double)range.Width * range.Width;
        var report = new Adaptation(
            seconds, steps, seed, [.. teachers.Select(one => one.Plan.Target)], [.. judges.Select(one => one.Plan.Target)], before * unit, after * unit, after < before);
        if (!report.IsKept)
        {
            adapted.Dispose();
            return (method, report);
        }

        Device device = torch.device(TransformerReconstructor.DeviceOf(method.Options.Device));
        return (new TransformerReconstructor(method.Model, method.Options, new Lazy<MaskedVolumeTransformer>(() => adapted.to(device)),
            FormattableString.Invariant($" adapted {steps} steps seed {seed}")), report);
    }

    /// <summary>A visible slice to be predicted, hidden together with its neighbours in the pattern of the series' longest gap.</summary>
    private sealed record Exercise(SlabPlan Plan, float[] Evidence);

    /// <summary>Those of the commonest count of visible slices, so that they make batches.</summary>
    private static Exercise[] Exercises(ReconstructionRequest request, ImmutableArray<int> visible, SlabReader reader)
    {
        int gap = request.Mask.Runs().Select(run => run.Count).DefaultIfEmpty(1).Max();
        return
        [
            .. SlabPlan.Rehearsals(request.Volume, visible, gap).GroupBy(plan => plan.Geometry.Positions.Length).OrderByDescending(group => group.Count())
                .Take(1).SelectMany(group => group).Select(plan => new Exercise(plan, reader.Evidence(plan))),
        ];
    }

    private static Exercise[] Spread(Exercise[] all, int most) =>
        all.Length <= most ? all : [.. Enumerable.Range(0, most).Select(i => all[i * all.Length / most])];

    private void Learn(MaskedVolumeTransformer network, SlabReader reader, Volume volume, Exercise[] teachers, int steps, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        using var adam = new Adam(network);
        for (int step = 0; step < steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Step(network, adam, reader, volume, teachers, random, step);
        }

        adam.SwapMeans();
    }

    private static void Step(MaskedVolumeTransformer network, Adam adam, SlabReader reader, Volume volume, Exercise[] teachers, Random random, int step)
    {
        using var scope = NewDisposeScope();
        var items = new (SlabPlan Plan, float[] Evidence, int Top, int Left)[BatchSize];
        for (int i = 0; i < BatchSize; i++)
        {
            (SlabPlan plan, float[] evidence) = teachers[random.Next(teachers.Length)];
            items[i] = (plan, evidence, random.Next(Math.Max(1, volume.Geometry.Rows - Crop + 1)), random.Next(Math.Max(1, volume.Geometry.Columns - Crop + 1)));
        }

        SlabBatch batch = reader.Read(items, Crop, Crop, CPU);
        Tensor truth = reader.Truth(items, Crop, Crop);
        network.zero_grad();
        Prediction prediction = network.call(batch);
        Tensor mse = MaskedVolumeTransformer.Squared(Minus(prediction.Mean, truth)).mean([1, 2]);
        Tensor loss = Plus(mse, 3e-5).log().mean();
        loss.backward();
        double gradient = adam.GradientNorm();
        if (double.IsFinite(gradient)) adam.Step(step + 1, Rate, 0, Math.Min(1, 1 / (gradient + 1e-6)), 0.9);
    }

    private static double Error(MaskedVolumeTransformer network, SlabReader reader, Volume volume, Exercise[] judges, CancellationToken cancellationToken)
    {
        var tiles = new TileGrid(volume.Geometry.Rows, volume.Geometry.Columns);
        double sum = 0;
        int count = 0;
        foreach ((SlabPlan plan, float[] evidence) in judges)
        {
            foreach ((int top, int left) in tiles.Origins)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                using var _ = no_grad();
                (SlabPlan, float[], int, int)[] items = [(plan, evidence, top, left)];
                SlabBatch batch = reader.Read(items, tiles.Rows, tiles.Columns, CPU);
                sum += MaskedVolumeTransformer.Squared(Minus(network.call(batch).Mean, reader.Truth(items, tiles.Rows, tiles.Columns))).mean().item<float>();
                count++;
            }
        }

        return sum / count;
    }
}
