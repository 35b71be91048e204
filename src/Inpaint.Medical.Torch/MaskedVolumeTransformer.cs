using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Inpaint.Medical.Torch.HeldScalars;
using F = TorchSharp.torch.nn.functional;

namespace Inpaint.Medical.Torch;

/// <summary>What the network says about the target slices.</summary>
/// <param name="Mean">Predicted intensities in normalised units, [batch, rows, columns].</param>
/// <param name="LogSigma">Natural logarithm of the predicted standard error, normalised units, [batch, rows, columns].</param>
/// <param name="Candidates">Linear, cubic and spline, [batch, candidates, rows, columns].</param>
public sealed record Prediction(Tensor Mean, Tensor LogSigma, Tensor Candidates);

/// <summary>
/// Predicts a masked slice from the visible slices around it. Every output layer starts at zero, so an untrained network
/// answers with the classical candidates, weighted by how well each predicts the visible slices themselves.
/// </summary>
/// <remarks>
/// Four parts, in the order of <see cref="forward"/>: classical candidates and their evidence; a coarse path that looks at the nearest
/// slices, joined by a transformer over the tokens of all visible slices, and ends in a displacement of the nearest slices; a fine path that
/// sees the displaced slices; and per pixel the weights that mix displaced neighbourhoods, candidates and a residual.
/// Rows and columns must be multiples of <see cref="TransformerSettings.Patch"/>.
/// </remarks>
public sealed class MaskedVolumeTransformer : Module<SlabBatch, Prediction>
{
    internal const int Side = 6;                        // pixels around each block of 2 x 2: at least 5 x 5 around each pixel
    private const int Taps = Side * Side;
    internal const int Extras = 10;
    private const int Condition = SlabBatch.CodeLength + SlabGeometry.Candidates + 1;

    private readonly Linear condition1, condition2;
    private readonly Conv2d coarseStem, coarseDown, coarseUp, flow4;
    private readonly Conv2d fineStem, fineJoin, fineDown, fineUp, flow2;
    private readonly ModuleList<ResidualBlock> coarse4In, coarse8In, coarse8Out, coarse4Out, fine2In, fine4, fine2Out;
    private readonly Conv2d hidden, mix, spread;
    private readonly TokenTransformer tokens;

    static MaskedVolumeTransformer() => NativeHeap.Keep();

    public MaskedVolumeTransformer(TransformerSettings settings)
        : base(nameof(MaskedVolumeTransformer))
    {
        ArgumentNullException.ThrowIfNull(settings);
        Settings = settings;
        int c2 = settings.FineChannels, c4 = settings.MiddleChannels, c8 = settings.CoarseChannels;
        ModuleList<ResidualBlock> Blocks(int channels) =>
            [.. Enumerable.Range(0, settings.Depth).Select(_ => new ResidualBlock(channels))];

        condition1 = Linear(Condition, 64);
        condition2 = Linear(64, c2 + c4 + c8);
        coarseStem = Conv2d(9, c4, 8, stride: 4, padding: 2);
        coarse4In = Blocks(c4);
        coarseDown = Conv2d(c4, c8, 3, stride: 2, padding: 1);
        coarse8In = Blocks(c8);
        tokens = new TokenTransformer(settings);
        coarse8Out = Blocks(c8);
        coarseUp = Conv2d(c8, c4, 1);
        coarse4Out = Blocks(c4);
        flow4 = Conv2d(c4, 4, 1);
        fineStem = Conv2d(12, c2, 6, stride: 2, padding: 2);
        fineJoin = Conv2d(c4, c2, 1);
        fine2In = Blocks(c2);
        fineDown = Conv2d(c2, c4, 3, stride: 2, padding: 1);
        fine4 = Blocks(c4);
        fineUp = Conv2d(c4, c2, 1);
        fine2Out = Blocks(c2);
        flow2 = Conv2d(c2, 4, 1);
        hidden = Conv2d(c2, settings.HeadChannels, 1);
        mix = Conv2d(settings.HeadChannels, 4 * ((2 * Taps) + Extras), 1);
        spread = Conv2d(settings.HeadChannels, 4, 1);
        RegisterComponents();
        foreach (Conv2d layer in new[] { flow4, flow2, mix, spread }) StartAtZero(layer.weight, layer.bias);
    }

    public TransformerSettings Settings { get; }

    /// <summary>Type of the convolutions and matrix products; weights stay in the type of the parameters.</summary>
    public ScalarType Precision { get; set; } = ScalarType.BFloat16;

    /// <summary>False leaves the transformer out: the first stage of training, and an ablation.</summary>
    public bool UsesTokens { get; set; } = true;

    public override Prediction forward(SlabBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        long n = batch.Count, slices = batch.Visible.shape[1], rows = batch.Visible.shape[2], columns = batch.Visible.shape[3];

        // Candidates and evidence: how each candidate errs on visible slices that are left out in turn.
        Tensor flat = batch.Visible.view(n, slices, rows * columns);
        Tensor candidates = batch.Weights.bmm(flat).view(n, SlabGeometry.Candidates, rows, columns);   // [batch, candidates, rows, columns]
        Tensor near = batch.Visible.view(n * slices, rows, columns).index_select(0, batch.Slots).view(n, SlabGeometry.Slots, rows, columns);
        Tensor evidence = batch.Evidence ?? Evidence(batch, flat, near);                                // [batch, candidates]
        Tensor logError = Plus(evidence, 1e-7).log();
        Tensor trust = (logError * Number(-4)).softmax(1)[.., .., TensorIndex.Null, TensorIndex.Null];          // [batch, candidates, 1, 1]
        Tensor sigma = Plus(evidence.amin([1]), 1e-6).sqrt().view(n, 1, 1, 1);                             // the error to expect
        Tensor unit = (sigma * Number(3)).reciprocal();
        Tensor Scaled(Tensor x, Tensor from) => (Minus(x, from) * unit).clamp(Number(-8), Number(8));
        Tensor still = (candidates * trust).sum(1, keepdim: true);                                      // [batch, 1, rows, columns]
        Tensor known = Scaled(batch.Own, still) * Minus(ones_like(batch.Missing), batch.Missing);

        Tensor code = cat([batch.Code, Minus(logError, logError.mean([1], keepdim: true)), sigma.view(n, 1).log() * Number(0.25)], 1);
        Tensor[] bias = condition2.call(F.silu(condition1.call(code))).to(Precision).view(n, -1, 1, 1)
            .split([Settings.FineChannels, Settings.MiddleChannels, Settings.CoarseChannels], 1);

        // Coarse path: quarter and eighth resolution, transformer, displacement in pixels.
        Tensor seen = ChannelsLast(cat([Plus(still, -.5), Scaled(near, still), Scaled(candidates[.., ..2], still), known, batch.Missing], 1));
        Tensor f4 = Residual(coarse4In, Act(AddTo(Convolve(coarseStem, seen), bias[1])));
        Tensor f8 = Residual(coarse8In, Act(AddTo(Convolve(coarseDown, f4), bias[2])));                       // [batch, channels, rows/8, columns/8]
        if (UsesTokens) f8 = Plus(f8, tokens.Ask(batch, still, unit, f8, Precision));
        f4 = Residual(coarse4Out, AddTo(Enlarge(Convolve(coarseUp, Residual(coarse8Out, f8))), f4));
        Tensor flow = Displacement(flow4, f4, 4);                                                       // [batch, 4, rows, columns]: below x y, above x y

        // Fine path: half resolution, sees the displaced slices.
        Tensor moved = Warp(near, flow, batch.Reach);                                                   // [batch, slots, rows, columns]
        Tensor start = Moved(batch, moved, candidates, trust, still).Base;
        seen = ChannelsLast(cat([Plus(start, -.5), Scaled(moved, start), Scaled(near[.., ..2], start), Scaled(candidates, start), known, batch.Missing], 1));
        Tensor f2 = Residual(fine2In, Act(AddTo(AddTo(Convolve(fineStem, seen), Enlarge(Convolve(fineJoin, f4))), bias[0])));
        Tensor g4 = Residual(fine4, Act(AddTo(Convolve(fineDown, f2), f4)));
        f2 = Residual(fine2Out, AddTo(Enlarge(Convolve(fineUp, g4)), f2));
        flow = AddTo(Displacement(flow2, f2, 2), flow);

        // Mixing: per pixel, weights of the displaced neighbourhoods and of every other guess, all as differences from the base.
        moved = Warp(near, flow, batch.Reach);
        (start, Tensor along) = Moved(batch, moved, candidates, trust, still);
        Tensor h = Act(Convolve(hidden, f2));
        Tensor weights = Convolve(mix, h).permute(0, 2, 3, 1).view(n, rows / 2, columns / 2, 4, (2 * Taps) + Extras);
        Tensor guesses = cat([Minus(cat([candidates, moved[.., 2..], near[.., ..2], along], 1), start), sigma.expand_as(start)], 1);
        Tensor mean = Plus(start.squeeze(1), Mix(weights, moved[.., ..2], start, guesses));
        Tensor logSigma = Plus(FromBlocks(Convolve(spread, h.detach()).permute(0, 2, 3, 1).to(start.dtype)), sigma.detach().log().view(n, 1, 1));
        return new Prediction(mean, logSigma, candidates);
    }

    /// <summary>Mean of two views, as they are and turned by 180 degrees: what the network does not treat alike averages out.</summary>
    public Prediction PredictFromTwoViews(SlabBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var whole = NewDisposeScope();
        Prediction first = Alone(batch), second;
        using (SlabBatch turned = batch.Turned()) second = Alone(turned);
        return new Prediction(
            (Plus(first.Mean, second.Mean.flip(1, 2)) * Number(0.5)).MoveToOuterDisposeScope(),
            (Plus(first.LogSigma, second.LogSigma.flip(1, 2)) * Number(0.5)).MoveToOuterDisposeScope(),
            first.Candidates.MoveToOuterDisposeScope());
    }

    /// <summary>One view, whose many intermediate results are gone before the next.</summary>
    private Prediction Alone(SlabBatch batch)
    {
        using var scope = NewDisposeScope();
        Prediction view = call(batch);
        return new Prediction(view.Mean.MoveToOuterDisposeScope(), view.LogSigma.MoveToOuterDisposeScope(), view.Candidates.MoveToOuterDisposeScope());
    }

    /// <summary>Mean squared error of each candidate on left-out visible slices; with too few of them, of the step between neighbours. [batch, candidates]</summary>
    private static Tensor Evidence(SlabBatch batch, Tensor flat, Tensor near)
    {
        long n = batch.Count, hidden = batch.Errors.shape[1] / SlabGeometry.Candidates;
        if (hidden == 0) return Squared(Minus(near[.., 0], near[.., 1])).mean([1, 2]).view(n, 1).expand(n, SlabGeometry.Candidates) * Number(.25);
        return Squared(batch.Errors.bmm(flat)).mean([2]).view(n, hidden, SlabGeometry.Candidates).mean([1]);
    }

    /// <summary>Linear and cubic along the displaced slices, and the base with those in place of the still ones; equal to it where nothing moves.</summary>
    private static (Tensor Base, Tensor Along) Moved(SlabBatch batch, Tensor moved, Tensor candidates, Tensor trust, Tensor still)
    {
        Tensor along = batch.SlotWeights.bmm(moved.flatten(2)).view(-1, 2, moved.shape[2], moved.shape[3]);
        Tensor share = cat([trust[.., ..1], trust[.., 1..].sum(1, keepdim: true)], 1);                  // the spline moves with the cubic
        return (Plus(still, (Minus(along, candidates[.., ..2]) * share).sum(1, keepdim: true)), along);
    }

    /// <summary>Weighted sum of 6 x 6 neighbourhoods of the two displaced slices and of the other guesses, [batch, rows, columns].</summary>
    /// <remarks>Works on blocks of 2 x 2 pixels, [batch, rows/2, columns/2, 4, weights], so that no large tensor changes its layout.</remarks>
    private Tensor Mix(Tensor weights, Tensor pair, Tensor start, Tensor guesses)
    {
        if (BlockMixing.Serves(weights, start)) return BlockMixing.Run(weights, pair, start, guesses);
        using var scope = NewDisposeScope();
        long n = pair.shape[0], rows = pair.shape[2] / 2, columns = pair.shape[3] / 2;
        Tensor blocks = ToBlocks(start).squeeze(4);                                                     // [batch, rows/2, columns/2, 4]
        Tensor centre = blocks.mean([3], keepdim: true);
        Tensor patches = F.unfold(F.pad(pair, [2, 2, 2, 2], PaddingModes.Replicate), Side, stride: 2).transpose(1, 2).view(n, rows, columns, 2 * Taps);
        Tensor[] parts = weights.split([2 * Taps, Extras], 4);
        (Tensor kernel, Tensor rest) = (parts[0], parts[1]);
        Tensor mixed = Plus(
            Minus((kernel * Minus(patches, centre).to(Precision).unsqueeze(3)).sum(4).to(start.dtype), kernel.sum(4).to(start.dtype) * Minus(blocks, centre)),
            (rest * ToBlocks(guesses).to(Precision)).sum(4).to(start.dtype));
        return FromBlocks(mixed).MoveToOuterDisposeScope();
    }

    private static Tensor ToBlocks(Tensor x) =>
        x.view(x.shape[0], x.shape[1], x.shape[2] / 2, 2, x.shape[3] / 2, 2).permute(0, 2, 4, 3, 5, 1).reshape(x.shape[0], x.shape[2] / 2, x.shape[3] / 2, 4, x.shape[1]);

    private static Tensor FromBlocks(Tensor x) =>
        x.view(x.shape[0], x.shape[1], x.shape[2], 2, 2).permute(0, 1, 3, 2, 4).reshape(x.shape[0], x.shape[1] * 2, x.shape[2] * 2);

    private Tensor Displacement(Conv2d layer, Tensor features, int scale) =>
        F.interpolate(Convolve(layer, features).to(layer.weight.dtype).contiguous(), scale_factor: [scale, scale], mode: InterpolationMode.Bilinear, align_corners: false).mul_(Number(scale));

    /// <summary>Reads each slot's slice at every pixel plus its displacement (bilinear, edges repeat), [batch, slots, rows, columns].</summary>
    private static Tensor Warp(Tensor near, Tensor flow, Tensor reach)
    {
        using var scope = NewDisposeScope();
        long n = near.shape[0], rows = near.shape[2], columns = near.shape[3];
        // From -1 to 1 across the image; x first.
        double wide = 2.0 / Math.Max(columns - 1, 1), high = 2.0 / Math.Max(rows - 1, 1);
        Tensor here = stack([(Upto(columns, near) * Number(wide)).expand(rows, columns), (Upto(rows, near) * Number(high)).view(-1, 1).expand(rows, columns)], -1).sub_(Number(1));
        Tensor reaches = stack([reach * Number(wide), reach * Number(high)], -1).view(n, 2, 2, 1, 1, 2);
        Tensor moves = flow.view(n, 1, 2, 2, rows, columns).permute(0, 1, 2, 4, 5, 3);
        // A coordinate that is not a number would be read outside of memory.
        Tensor grid = here.addcmul(moves, reaches, Number(1)).nan_to_num_().view(n * SlabGeometry.Slots, rows, columns, 2);
        return F.grid_sample(near.view(n * SlabGeometry.Slots, 1, rows, columns), grid, padding_mode: GridSamplePaddingMode.Border, align_corners: true)
            .view(n, SlabGeometry.Slots, rows, columns).MoveToOuterDisposeScope();
    }

    /// <summary>0, 1, …, like torch.arange, whose own numbers may be freed while it reads them (<see cref="HeldScalars"/>).</summary>
    private static Tensor Upto(long count, Tensor like) =>
        torch.tensor([.. Enumerable.Range(0, (int)count).Select(i => (float)i)], [count]).to(like.dtype).to(like.device);

    private Tensor Residual(ModuleList<ResidualBlock> blocks, Tensor x)
    {
        using var scope = NewDisposeScope();
        foreach (ResidualBlock block in blocks) x = AddTo(Convolve(block.Second, Act(Convolve(block.First, x))), x);
        return x.MoveToOuterDisposeScope();
    }

    private Tensor Convolve(Conv2d layer, Tensor x) =>
        F.conv2d(x, layer.weight.to(Precision), layer.bias!.to(Precision), strides: layer.stride, padding: layer.padding);

    internal static Tensor Squared(Tensor x) => x * x;

    /// <summary>In place: what comes in is always a fresh sum or convolution.</summary>
    private static Tensor Act(Tensor x) => x.leaky_relu_(Number(0.1));

    private static Tensor Enlarge(Tensor x) => F.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.Nearest);

    /// <summary>Channels innermost in memory: three times faster convolutions on CPUs.</summary>
    private Tensor ChannelsLast(Tensor x) => x.permute(0, 2, 3, 1).to(Precision).contiguous().permute(0, 3, 1, 2);

    internal static void StartAtZero(params Tensor?[] parameters)
    {
        using var _ = no_grad();
        foreach (Tensor? parameter in parameters) parameter?.zero_();
    }
}

/// <summary>Two 3 x 3 convolutions added to their input; the second starts small.</summary>
internal sealed class ResidualBlock : Module
{
    public ResidualBlock(int channels)
        : base(nameof(ResidualBlock))
    {
        First = Conv2d(channels, channels, 3, padding: 1);
        Second = Conv2d(channels, channels, 3, padding: 1);
        register_module("first", First);
        register_module("second", Second);
        using var _ = no_grad();
        Second.weight.mul_(Number(0.2));
    }

    public Conv2d First { get; }

    public Conv2d Second { get; }
}
