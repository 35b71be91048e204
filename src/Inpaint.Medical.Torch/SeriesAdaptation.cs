using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Torch.Training;
using TorchSharp;
using static Inpaint.Medical.Torch.HeldScalars;
using static TorchSharp.torch;

namespace Inpaint.Medical.Torch;

/// <summary>What became of an adaptation, for the record.</summary>
/// <param name="Steps">Optimiser steps taken.</param>
/// <param name="Before">Mean squared error on the held-out visible slices, normalised units, before.</param>
/// <param name="After">The same after the steps.</param>
/// <param name="Kept">Whether the adapted weights are used.</param>
/// <param name="Seed">Of the choice of slices and crops.</param>
public sealed record AdaptationReport(int Steps, double Before, double After, bool Kept, int Seed);

/// <summary>
/// Fits the network a little to one series: some of its visible slices are hidden and predicted for a few steps, others only judge. The adapted
/// weights are used only where these improve.
/// </summary>
public sealed class SeriesAdaptation(int seconds, int seed)
{
    /// <summary>A second of the budget is so many steps, whatever the machine: the result depends on the seed, not on the clock.</summary>
    public const int StepsPerSecond = 2;

    private const int Crop = 64, BatchSize = 8, JudgeEvery = 3;
    private const double Rate = 1e-4;

    /// <summary>Gives an adapted reconstructor, or the same one where nothing was won, and the report.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.TooFewSlices"/>: fewer than six visible slices.</exception>
    public (TransformerReconstructor Method, AdaptationReport Report) Run(TransformerReconstructor method, ReconstructionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(request);
        ImmutableArray<int> visible = SlabPlan.VisibleSlices(request);
        if (visible.Length < 6) throw new InpaintException(ErrorCode.TooFewSlices, $"Adaptation needs six visible slices; found {visible.Length}.");
        var reader = new SlabReader(request.Volume, request.Mask.Hide(visible), IntensityRange.Of(request.Volume, visible));
        SlabPlan[] plans = [.. visible.Skip(1).SkipLast(1).Select(slice => SlabPlan.Of(request.Volume, visible, slice)).Where(plan => plan.Geometry.Positions.Length == 2 * SlabPlan.Context)];
        if (plans.Length < 2) plans = [.. visible.Skip(1).SkipLast(1).Select(slice => SlabPlan.Of(request.Volume, visible, slice)).GroupBy(plan => plan.Geometry.Positions.Length).MaxBy(g => g.Count())!];
        SlabPlan[] judges = [.. plans.Where((_, i) => i % JudgeEvery == 1)], teachers = [.. plans.Where((_, i) => i % JudgeEvery != 1)];
        if (judges.Length == 0) throw new InpaintException(ErrorCode.TooFewSlices, "Adaptation needs visible slices to learn from and others to judge by.");

        MaskedVolumeTransformer adapted = method.Model.Build();
        var random = new Random(seed);
        double before = Error(adapted, reader, request.Volume, judges, cancellationToken);
        int steps = seconds * StepsPerSecond;
        using (var adam = new Adam(adapted))
        {
            for (int step = 0; step < steps; step++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Step(adapted, adam, reader, request.Volume, teachers, random, step);
            }

            adam.SwapMeans();
        }

        double after = Error(adapted, reader, request.Volume, judges, cancellationToken);
        bool isBetter = after < before;
        var report = new AdaptationReport(steps, before, after, isBetter, seed);
        if (!isBetter)
        {
            adapted.Dispose();
            return (method, report);
        }

        Device device = torch.device(TransformerReconstructor.DeviceOf(method.Options.Device));
        return (new TransformerReconstructor(method.Model, method.Options, new Lazy<MaskedVolumeTransformer>(() => adapted.to(device)),
            FormattableString.Invariant($" adapted {steps} steps seed {seed}")), report);
    }

    private static void Step(MaskedVolumeTransformer network, Adam adam, SlabReader reader, Volume volume, SlabPlan[] teachers, Random random, int step)
    {
        using var scope = NewDisposeScope();
        var items = new (SlabPlan Plan, float[] Evidence, int Top, int Left)[BatchSize];
        for (int i = 0; i < BatchSize; i++)
        {
            SlabPlan plan = teachers[random.Next(teachers.Length)];
            items[i] = (plan, reader.Evidence(plan), random.Next(Math.Max(1, volume.Geometry.Rows - Crop + 1)), random.Next(Math.Max(1, volume.Geometry.Columns - Crop + 1)));
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

    private static double Error(MaskedVolumeTransformer network, SlabReader reader, Volume volume, SlabPlan[] judges, CancellationToken cancellationToken)
    {
        var tiles = new TileGrid(volume.Geometry.Rows, volume.Geometry.Columns);
        double sum = 0;
        int count = 0;
        foreach (SlabPlan plan in judges)
        {
            float[] evidence = reader.Evidence(plan);
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
