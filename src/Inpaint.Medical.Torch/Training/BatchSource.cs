using System.Collections.Concurrent;
using TorchSharp;
using static TorchSharp.torch;

namespace Inpaint.Medical.Torch.Training;

/// <summary>Prepares the batches of consecutive steps on a thread of its own. The batch of a step depends on seed and step alone.</summary>
internal sealed class BatchSource : IDisposable
{
    private readonly SlabSampler sampler;
    private readonly TrainingConfig config;
    private readonly BlockingCollection<(CropShape Crop, Example[] Examples)> ready = new(boundedCapacity: 3);
    private readonly CancellationTokenSource stop = new();
    private readonly Thread worker;
    private readonly Device device;
    private Exception? failure;

    public BatchSource(SlabSampler sampler, TrainingConfig config, int firstStep, Device device)
    {
        (this.sampler, this.config, this.device) = (sampler, config, device);
        worker = new Thread(() => Prepare(firstStep)) { IsBackground = true, Name = "training batches" };
        worker.Start();
    }

    /// <summary>The next batch and its targets [batch, 1, rows, columns]; the caller disposes both.</summary>
    public (SlabBatch Batch, Tensor Target) Next()
    {
        try
        {
            (CropShape crop, Example[] examples) = ready.Take();
            return Stack(crop, examples);
        }
        catch (InvalidOperationException) when (failure is not null)
        {
            throw new InvalidOperationException(failure.Message, failure);
        }
    }

    public void Dispose()
    {
        stop.Cancel();
        worker.Join();
        ready.Dispose();
        stop.Dispose();
    }

    private void Prepare(int step)
    {
        try
        {
            while (true) ready.Add(Draw(step++), stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The owner is being disposed.
        }
        catch (InvalidOperationException e)
        {
            failure = e;
            ready.CompleteAdding();
        }
    }

    private (CropShape Crop, Example[] Examples) Draw(int step)
    {
        var random = new Random(Mix(config.Seed, step));
        double u = random.NextDouble() * config.Crops.Sum(c => c.Share);
        int i = 0;
        while (i < config.Crops.Count - 1 && u >= config.Crops[i].Share) u -= config.Crops[i++].Share;
        CropShape crop = config.Crops[i];
        return (crop, [.. Enumerable.Range(0, crop.Batch).Select(_ => sampler.Draw(random, crop.Rows, crop.Columns))]);
    }

    private (SlabBatch Batch, Tensor Target) Stack(CropShape crop, Example[] examples)
    {
        long rows = crop.Rows, columns = crop.Columns, count = examples.Length, slices = HolePattern.VisibleCount + 1;
        using Tensor all = torch.tensor(examples.SelectMany(e => e.Voxels).ToArray(), [count, slices, rows, columns]).to(device);
        Tensor missing = torch.tensor(examples.SelectMany(e => e.Missing).ToArray(), [count, 1, rows, columns]).to(device);
        Tensor target = all[.., ^1..].clone();
        SlabGeometry[] geometries = [.. examples.Select(e => new SlabGeometry(Array.ConvertAll(e.Pattern.Visible, z => (double)z)))];
        return (new SlabBatch(all[.., ..^1].contiguous(), target * HeldScalars.Minus(ones_like(missing), missing), missing, geometries, [.. examples.Select(e => e.Spacing)]), target);
    }

    /// <summary>Spreads neighbouring steps over all seeds (SplitMix64 finaliser).</summary>
    private static int Mix(int seed, int step)
    {
        ulong z = ((ulong)(uint)seed << 32) + (uint)step + 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return (int)((z ^ (z >> 31)) & 0x7FFFFFFF);
    }
}
