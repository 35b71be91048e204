using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;
using static Inpaint.Medical.Torch.HeldScalars;

namespace Inpaint.Medical.Torch.Training;

/// <summary>Where a training run stands, for a progress bar.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="LossDb">Mean of the last steps: error against the best classical candidate, dB; below zero is better.</param>
/// <param name="Remaining">Estimate.</param>
/// <param name="Message">What happened, if anything beyond a step.</param>
public sealed record TrainingProgress(int Step, int Steps, double LossDb, TimeSpan Remaining, string? Message);

/// <summary>Trains a <see cref="MaskedVolumeTransformer"/>; stops and goes on from its checkpoint without a trace in the result.</summary>
/// <remarks>Files in the output folder: checkpoint.safetensors (everything), best.safetensors (running mean of the weights), loss.csv, validation.csv, config.json.</remarks>
public sealed class Trainer
{
    private const string CheckpointFile = "checkpoint.safetensors";
    private const double Noise = 3e-5;                  // of the mean squared error, normalised units: keeps flat crops from counting for more than they teach

    private readonly TrainingConfig config;
    private readonly string folder;
    private readonly IReadOnlyList<TrainingVolume> train, held;
    private readonly IProgress<TrainingProgress>? progress;
    private readonly string deviceName;
    private readonly GainMeter meter = new(holes: 2, largest: 160);

    public Trainer(TrainingConfig config, string folder, IReadOnlyList<TrainingVolume> train, IReadOnlyList<TrainingVolume> held, IProgress<TrainingProgress>? progress = null, string device = "cpu")
    {
        ArgumentNullException.ThrowIfNull(config);
        deviceName = device;
        (this.config, this.folder, this.train, this.held, this.progress) = (config, folder, train, held, progress);
    }

    /// <summary>Runs to the last step or until cancelled; either way the checkpoint is up to date.</summary>
    /// <param name="resume">Go on from the checkpoint in the folder.</param>
    /// <param name="initial">Weights to start from, by name; tensors that the file lacks keep their start values.</param>
    /// <exception cref="ModelFileException">A file to start from cannot be used.</exception>
    public void Run(bool resume, string? initial, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        set_num_threads(config.Threads);
        manual_seed(config.Seed);
        using var network = new MaskedVolumeTransformer(TransformerSettings.Named(config.Size)) { Precision = config.Precision == "float32" ? ScalarType.Float32 : ScalarType.BFloat16 };
        Device device = torch.device(TransformerReconstructor.DeviceOf(deviceName));
        network.to(device);
        if (initial is not null) Report(0, 0, TimeSpan.Zero, Weights.LoadInto(network, initial, partial: true));
        using var adam = new Adam(network);
        int step = resume ? Load(adam) : 0;
        double best = step == 0 ? double.NegativeInfinity : BestSoFar(step);
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJson());
        using StreamWriter losses = Curve("loss.csv", "step,loss_db,gradient,rate,milliseconds", step);
        using StreamWriter gains = Curve("validation.csv", "step,mean_db," + string.Join(',', HolePattern.Measured.Select(p => $"gap_{p}_db")) + ",worst_db", step);
        using var source = new BatchSource(new SlabSampler(train), config, step, device);

        var recent = new Queue<double>();
        var clock = Stopwatch.StartNew();
        int first = step, skipped = 0, saved = step;
        while (step < config.Steps && !cancellation.IsCancellationRequested)
        {
            network.UsesTokens = step >= config.TokensFromStep;
            double started = clock.Elapsed.TotalMilliseconds;
            (double loss, double gradient) = Step(network, adam, source, step);
            step++;
            if (!double.IsFinite(loss) || !double.IsFinite(gradient))
            {
                Report(step, loss, TimeSpan.Zero, FormattableString.Invariant($"step {step}: loss {loss}, gradient {gradient}; step left out"));
                if (++skipped > 100) throw new InvalidOperationException(FormattableString.Invariant($"Training does not converge: {skipped} steps without a finite loss by step {step}; lower the rate."));
                continue;
            }

            recent.Enqueue(loss);
            if (recent.Count > 100) recent.Dequeue();
            losses.WriteLine(FormattableString.Invariant($"{step},{loss:R},{gradient:G4},{config.RateAt(step - 1):G4},{clock.Elapsed.TotalMilliseconds - started:F0}"));
            var left = TimeSpan.FromSeconds(clock.Elapsed.TotalSeconds / (step - first) * (config.Steps - step));
            bool done = step == config.Steps;
            Report(step, recent.Average(), left, null);
            if (step % config.ValidateEverySteps == 0 || done) best = Validate(network, adam, gains, step, best, left, recent.Average());
            if (step % config.SaveEverySteps == 0 || done)
            {
                losses.Flush();
                Save(adam, saved = step);
            }
        }

        if (saved < step) Save(adam, step);
        losses.Flush();
        CurvePicture.Draw(folder);
    }

    private (double Loss, double Gradient) Step(MaskedVolumeTransformer network, Adam adam, BatchSource source, int step)
    {
        using var scope = NewDisposeScope();
        (SlabBatch batch, Tensor target) = source.Next();
        return Learn(network, adam, config, batch, target, step);
    }

    /// <summary>One step of the optimiser, unless loss or gradient are not finite.</summary>
    /// <returns>Loss, how many dB the error lies above that of the best classical candidate of each example, and length of the gradient. Errors count on missing pixels only.</returns>
    internal static (double Loss, double Gradient) Learn(MaskedVolumeTransformer network, Adam adam, TrainingConfig config, SlabBatch batch, Tensor target, int step)
    {
        using var scope = NewDisposeScope();
        network.zero_grad();
        Prediction prediction = network.call(batch);
        Tensor missing = batch.Missing.squeeze(1), count = missing.sum([1, 2]);
        Tensor error = Minus(prediction.Mean, target.squeeze(1)) * missing;
        Tensor mse = MaskedVolumeTransformer.Squared(error).sum([1, 2]) / count;
        Tensor classical = MaskedVolumeTransformer.Squared(Minus(prediction.Candidates, target) * batch.Missing).sum([2, 3]) / count.unsqueeze(1);
        Tensor loss = (Plus(mse, Noise) / Plus(classical.amin([1]), Noise)).log().mean() * Number(10 / Math.Log(10));
        Tensor spread = (missing * Plus(prediction.LogSigma, error.detach().abs() / prediction.LogSigma.exp())).sum() / count.sum();   // Laplace; reaches only its own layer
        Plus(loss, spread * Number(0.1)).backward();

        double value = loss.item<float>(), gradient = adam.GradientNorm();
        if (double.IsFinite(value) && double.IsFinite(gradient))
        {
            double average = Math.Min(config.MeanDecay, (step + 1.0) / (step + 10.0));
            adam.Step(step + 1, config.RateAt(step), config.WeightDecay, Math.Min(1, config.Clip / (gradient + 1e-6)), average);
        }

        return (value, gradient);
    }

    private double Validate(MaskedVolumeTransformer network, Adam adam, StreamWriter gains, int step, double best, TimeSpan left, double loss)
    {
        if (held.Count == 0) return best;
        adam.SwapMeans();
        IReadOnlyList<Gain> measured = meter.Measure(network, held);
        adam.SwapMeans();
        double Mean(string pattern) => measured.Where(g => g.Pattern == pattern).Average(g => g.Decibels);
        double mean = HolePattern.Measured.Average(Mean);
        gains.WriteLine(FormattableString.Invariant($"{step},{mean:F4},{string.Join(',', HolePattern.Measured.Select(p => Mean(p).ToString("F4", CultureInfo.InvariantCulture)))},{measured.Min(g => g.Decibels):F4}"));
        gains.Flush();
        Report(step, loss, left, FormattableString.Invariant($"step {step}: gain {mean:F3} dB (") + string.Join(", ", HolePattern.Measured.Select(p => FormattableString.Invariant($"{p}: {Mean(p):F2}")))
            + FormattableString.Invariant($"), worst {measured.Min(g => g.Decibels):F2} ({measured.MinBy(g => g.Decibels)!.Volume} {measured.MinBy(g => g.Decibels)!.Pattern})"));
        if (mean <= best) return best;
        Safetensors.Write(Path.Combine(folder, "best.safetensors"), adam.Means, new Dictionary<string, string> { ["step"] = step.ToString(CultureInfo.InvariantCulture), ["size"] = config.Size });
        return mean;
    }

    private void Save(Adam adam, int step) =>
        Safetensors.Write(Path.Combine(folder, CheckpointFile), adam.State, new Dictionary<string, string> { ["step"] = step.ToString(CultureInfo.InvariantCulture), ["size"] = config.Size });

    private int Load(Adam adam)
    {
        string path = Path.Combine(folder, CheckpointFile);
        (Dictionary<string, Tensor> tensors, Dictionary<string, string> metadata) = Safetensors.Read(path);
        try
        {
            Weights.CopyAll(path, tensors, adam.State, partial: false);
            return metadata.TryGetValue("step", out string? text) && int.TryParse(text, CultureInfo.InvariantCulture, out int step) ? step : throw new ModelFileException($"{path}: no step in the metadata.");
        }
        finally
        {
            foreach (Tensor tensor in tensors.Values) tensor.Dispose();
        }
    }

    /// <summary>Opens a curve and drops what lies after the checkpoint: those steps come again.</summary>
    private StreamWriter Curve(string name, string header, int step)
    {
        string path = Path.Combine(folder, name);
        string[] kept = step > 0 && File.Exists(path)
            ? [.. File.ReadLines(path).Skip(1).Where(line => int.TryParse(line.Split(',')[0], CultureInfo.InvariantCulture, out int at) && at <= step)]
            : [];
        File.WriteAllLines(path, [header, .. kept]);
        return new StreamWriter(path, append: true);
    }

    private double BestSoFar(int step)
    {
        string path = Path.Combine(folder, "validation.csv");
        if (!File.Exists(path)) return double.NegativeInfinity;
        return File.ReadLines(path).Skip(1).Select(line => line.Split(',')).Where(cells => int.Parse(cells[0], CultureInfo.InvariantCulture) <= step)
            .Select(cells => double.Parse(cells[1], CultureInfo.InvariantCulture)).DefaultIfEmpty(double.NegativeInfinity).Max();
    }

    private void Report(int step, double loss, TimeSpan left, string? message) => progress?.Report(new TrainingProgress(step, config.Steps, loss, left, message));
}
