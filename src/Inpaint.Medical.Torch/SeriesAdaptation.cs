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
/// <remarks>
/// Visible slices must be hidden just as the missing ones are: fitted to wider gaps, the network forgets the narrow ones by several dB, and slices that
/// are judged in wide gaps do not tell. Where that cannot be repeated, as with every second slice missing, nothing is fitted.
/// </remarks>
public sealed class SeriesAdaptation(int seconds, int seed)
{
    /// <summary>A second of the budget is so many steps, whatever the machine: the result depends on the seed, not on the clock.</summary>
    public const int StepsPerSecond = 4;

    private const int Crop = 64, BatchSize = 8, JudgeEvery = 3, MostJudges = 8;
    private const double Rate = 1e-4;

    /// <summary>Gives an adapted reconstructor, or the same one where nothing was won, and the report.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.TooFewSlices"/>: fewer than six visible slices, or none that can be hidden as a target is.</exception>
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
        HashSet<int> judged = [.. exercises.Select(one => one.Plan.Target).Distinct().Where((_, i) => i % JudgeEvery == 1)];
        Exercise[] teachers = [.. exercises.Where(one => !judged.Contains(one.Plan.Target))];
        Exercise[] judges = [.. exercises.Where(one => judged.Contains(one.Plan.Target)).GroupBy(one => one.Plan.Gap).SelectMany(group => Spread([.. group], MostJudges))];
        RequireAll(Patterns(request, visible), teachers, judges);

        MaskedVolumeTransformer adapted = method.Model.Build();
        double[] before = Errors(adapted, reader, request.Volume, judges, cancellationToken);
        int steps = seconds * StepsPerSecond;
        Learn(adapted, reader, request.Volume, teachers, steps, cancellationToken);
        double[] after = Errors(adapted, reader, request.Volume, judges, cancellationToken);
        double unit = (double)range.Width * range.Width;
        var report = new Adaptation(
            seconds, steps, seed, [.. teachers.Select(one => one.Plan.Target)], [.. judges.Select(one => one.Plan.Target)],
            before.Average() * unit, after.Average() * unit, IsBetterInAll(judges, before, after));
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

    private static HashSet<string> Patterns(ReconstructionRequest request, ImmutableArray<int> visible) =>
        [.. request.Targets.Select(target => SlabPlan.Of(request.Volume, visible, target).Gap)];

    /// <summary>Those that lie in gaps as the targets do, and of the commonest count of visible slices, so that they make batches.</summary>
    private static Exercise[] Exercises(ReconstructionRequest request, ImmutableArray<int> visible, SlabReader reader)
    {
        HashSet<string> patterns = Patterns(request, visible);
        return
        [
            .. request.Mask.Runs().Select(run => run.Count).DefaultIfEmpty(1).Distinct()
                .SelectMany(gap => SlabPlan.Rehearsals(request.Volume, visible, gap)).Where(plan => patterns.Contains(plan.Gap))
                .GroupBy(plan => plan.Geometry.Positions.Length).OrderByDescending(group => group.Count()).Take(1)
                .SelectMany(group => group).Select(plan => new Exercise(plan, reader.Evidence(plan))),
        ];
    }

    private static void RequireAll(HashSet<string> patterns, Exercise[] teachers, Exercise[] judges)
    {
        string? without = patterns.FirstOrDefault(pattern => !Array.Exists(teachers, one => one.Plan.Gap == pattern) || !Array.Exists(judges, one => one.Plan.Gap == pattern));
        if (without is not null)
        {
            throw new InpaintException(
                ErrorCode.TooFewSlices, $"Adaptation needs visible slices that can be hidden as the missing ones are (gap {without}), some to learn from and others to judge by.");
        }
    }

    private static bool IsBetterInAll(Exercise[] judges, double[] before, double[] after) => Enumerable.Range(0, judges.Length).GroupBy(i => judges[i].Plan.Gap)
        .All(group => group.Average(i => after[i]) < group.Average(i => before[i]));

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

    /// <summary>Mean squared error of each judge, normalised units.</summary>
    private static double[] Errors(MaskedVolumeTransformer network, SlabReader reader, Volume volume, Exercise[] judges, CancellationToken cancellationToken)
    {
        var tiles = new TileGrid(volume.Geometry.Rows, volume.Geometry.Columns);
        return [.. judges.Select(judge => tiles.Origins.Average(origin =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            (SlabPlan, float[], int, int)[] items = [(judge.Plan, judge.Evidence, origin.Top, origin.Left)];
            SlabBatch batch = reader.Read(items, tiles.Rows, tiles.Columns, CPU);
            return (double)MaskedVolumeTransformer.Squared(Minus(network.call(batch).Mean, reader.Truth(items, tiles.Rows, tiles.Columns))).mean().item<float>();
        }))];
    }
}
