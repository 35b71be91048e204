using System.Collections.Immutable;
using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Torch;
using Inpaint.Medical.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Inpaint.Medical.Benchmarks;

/// <summary>One batch to predict and one to learn from, and both done by our network; written for a peer to do the same.</summary>
internal sealed class SameNetwork : IDisposable
{
    public const int TrainingPixels = 8 * 96 * 96;

    private const int Side = 256;

    private readonly MaskedVolumeTransformer network, pupil;
    private readonly Adam adam;
    private readonly TrainingConfig config = new() { Rate = 1e-5, WarmUpSteps = 0, Crops = [new CropShape(96, 96, 8, 1)] };
    private readonly SlabBatch slab, examples;
    private readonly Tensor target;
    private int step;

    public SameNetwork(ModelFolder model)
    {
        (network, pupil) = (model.Build(), model.Build());
        adam = new Adam(pupil);
        slab = Slab();
        using var source = new BatchSource(new SlabSampler([TrainingVolume.Of("sample", SampleSeries.Volume(40, Side))]), config, 0, CPU);
        (examples, target) = source.Next();
    }

    public long VisibleInTraining => examples.Visible.shape[1];

    /// <summary>A slab of 256² from eight slices, one view. Seconds of the processor.</summary>
    public double InferenceSeconds(string precision) => Paired.ProcessorSeconds(() =>
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        network.Precision = Type(precision);
        network.call(slab);
    });

    /// <summary>A step of 8 × 96²: forward, backward, AdamW, running mean. Seconds of the processor.</summary>
    public double TrainingSeconds(string precision) => Paired.ProcessorSeconds(() =>
    {
        pupil.Precision = Type(precision);
        Trainer.Learn(pupil, adam, config, examples, target, step++);
    });

    /// <summary>Writes the batches with what our network makes of them in float32; before any timed step, which changes the weights.</summary>
    public void Write(string folder)
    {
        using var scope = NewDisposeScope();
        network.Precision = pupil.Precision = ScalarType.Float32;
        Safetensors.Write(Path.Combine(folder, "inference.safetensors"), [.. Tensors(slab), ("evidence", slab.Evidence!), ("mean", Mean(slab))], ImmutableDictionary<string, string>.Empty);
        Tensor mean = Mean(examples);
        (double loss, double gradient) = Trainer.Learn(pupil, adam, config, examples, target, step++);
        Safetensors.Write(
            Path.Combine(folder, "training.safetensors"),
            [.. Tensors(examples), ("target", target), ("mean", mean), ("loss", torch.tensor((float)loss)), ("gradient", torch.tensor((float)gradient))],
            ImmutableDictionary<string, string>.Empty);
    }

    public void Dispose()
    {
        slab.Dispose();
        examples.Dispose();
        target.Dispose();
        adam.Dispose();
        pupil.Dispose();
        network.Dispose();
    }

    private static (string Name, Tensor Value)[] Tensors(SlabBatch batch) =>
    [
        ("visible", batch.Visible), ("own", batch.Own), ("missing", batch.Missing), ("weights", batch.Weights), ("errors", batch.Errors), ("slots", batch.Slots),
        ("slotWeights", batch.SlotWeights), ("positions", batch.Positions), ("reach", batch.Reach), ("code", batch.Code),
    ];

    private Tensor Mean(SlabBatch batch)
    {
        using var _ = no_grad();
        return network.call(batch).Mean;
    }

    private static SlabBatch Slab()
    {
        Volume volume = SampleSeries.Volume(9, Side);
        ImmutableArray<int> visible = [0, 1, 2, 3, 5, 6, 7, 8];
        var reader = new SlabReader(volume, new SliceMask { Verdicts = [.. Enumerable.Repeat(SliceVerdict.Intact, 9)], Decisions = [] }, IntensityRange.Of(volume, visible));
        SlabPlan plan = SlabPlan.Of(volume, visible, 4);
        return reader.Read([(plan, reader.Evidence(plan), 0, 0)], Side, Side, CPU);
    }

    private static ScalarType Type(string precision) => precision == "float32" ? ScalarType.Float32 : ScalarType.BFloat16;
}
