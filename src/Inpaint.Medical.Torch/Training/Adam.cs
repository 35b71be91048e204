using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Inpaint.Medical.Torch.Training;

/// <summary>AdamW (Loshchilov and Hutter, 2019) with a running mean of the weights, all state by name so that training can go on exactly where it stopped.</summary>
internal sealed class Adam : IDisposable
{
    private const double Beta1 = .9, Beta2 = .98, Epsilon = 1e-8;
    private readonly (string Name, Parameter Weight, Tensor First, Tensor Second, Tensor Mean)[] entries;

    public Adam(nn.Module module)
    {
        using var _ = no_grad();
        entries = [.. module.named_parameters().Select(p => (p.name, p.parameter,
            zeros_like(p.parameter).DetachFromDisposeScope(), zeros_like(p.parameter).DetachFromDisposeScope(), p.parameter.detach().clone().DetachFromDisposeScope()))];
    }

    /// <summary>Everything that has to be saved, by name: weights, both moments, running mean.</summary>
    public IEnumerable<(string Name, Tensor Value)> State => entries.SelectMany(e => new (string, Tensor)[]
        { ("weight." + e.Name, e.Weight), ("first." + e.Name, e.First), ("second." + e.Name, e.Second), ("mean." + e.Name, e.Mean) });

    /// <summary>Running means of the weights, by name.</summary>
    public IEnumerable<(string Name, Tensor Value)> Means => entries.Select(e => (e.Name, e.Mean));

    /// <summary>Length of the whole gradient; NaN or infinite if any of it is.</summary>
    public double GradientNorm()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor[] squares = [.. entries.Where(e => e.Weight.grad is not null).Select(e => MaskedVolumeTransformer.Squared(e.Weight.grad!).sum())];
        return Math.Sqrt(stack(squares).sum().to(float64).item<double>());
    }

    /// <summary>One step with gradients times <paramref name="scale"/>. Weights without a gradient keep still.</summary>
    public void Step(long step, double rate, double decay, double scale, double meanDecay)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        double correct1 = 1 - Math.Pow(Beta1, step), correct2 = Math.Sqrt(1 - Math.Pow(Beta2, step));
        using Scalar gradientScale = scale, keepFirst = Beta1, toFirst = 1 - Beta1, keepSecond = Beta2, toSecond = 1 - Beta2, kept = 1 - (rate * decay), correct = correct2, epsilon = Epsilon,
            move = -rate / correct1, keepMean = meanDecay, one = 1, toMean = 1 - meanDecay;                                           // held for the whole step, see HeldScalars
        foreach ((string _, Parameter weight, Tensor first, Tensor second, Tensor mean) in entries)
        {
            if (weight.grad is { } gradient)
            {
                using Tensor scaled = gradient * gradientScale;
                first.mul_(keepFirst).add_(scaled, toFirst);
                second.mul_(keepSecond).addcmul_(scaled, scaled, toSecond);
                if (weight.dim() > 1) weight.mul_(kept);
                using Tensor root = second.sqrt().div_(correct).add_(epsilon, one);
                weight.addcdiv_(first, root, move);
            }

            mean.mul_(keepMean).add_(weight, toMean);
        }
    }

    /// <summary>Exchanges the weights and their running means.</summary>
    public void SwapMeans()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var entry in entries)
        {
            Tensor kept = entry.Weight.detach().clone();
            entry.Weight.copy_(entry.Mean);
            entry.Mean.copy_(kept);
        }
    }

    public void Dispose()
    {
        foreach (var entry in entries)
        {
            entry.First.Dispose();
            entry.Second.Dispose();
            entry.Mean.Dispose();
        }
    }
}
