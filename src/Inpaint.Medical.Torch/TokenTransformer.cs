using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Inpaint.Medical.Torch.HeldScalars;
using F = TorchSharp.torch.nn.functional;

namespace Inpaint.Medical.Torch;

/// <summary>
/// Attention over the tokens of all visible slices and of the masked slice. A token is 8 x 8 pixels of one slice. Visible tokens are encoded within
/// their slice; then masked tokens alone ask, in windows that span all slices, and are decoded.
/// </summary>
internal sealed class TokenTransformer : Module
{
    private const int CodeLength = 11;

    private readonly int width, heads, window;
    private readonly Conv2d ask, answer;
    private readonly Linear embed, place1, place2;
    private readonly Parameter places;
    private readonly AttentionBlock encoder;
    private readonly ModuleList<AttentionBlock> blocks;
    private readonly LayerNorm last;

    public TokenTransformer(TransformerSettings settings)
        : base(nameof(TokenTransformer))
    {
        (width, heads, window) = (settings.TokenWidth, settings.Heads, settings.Window);
        embed = Linear(2 * TransformerSettings.Patch * TransformerSettings.Patch, width);
        ask = Conv2d(settings.CoarseChannels, width, 1);
        place1 = Linear(CodeLength, 64);
        place2 = Linear(64, width);
        places = new Parameter(randn(window * window, width).mul_(Number(0.1)));
        encoder = new AttentionBlock(width);
        blocks = [.. Enumerable.Range(0, settings.Blocks).Select(_ => new AttentionBlock(width))];
        last = LayerNorm(width);
        answer = Conv2d(width, settings.CoarseChannels, 1);
        RegisterComponents();
        MaskedVolumeTransformer.StartAtZero(answer.weight, answer.bias);
    }

    /// <summary>What the masked tokens found, to add to the coarse features, [batch, coarse channels, rows/8, columns/8].</summary>
    public Tensor Ask(SlabBatch batch, Tensor still, Tensor unit, Tensor coarse, ScalarType precision)
    {
        using var scope = NewDisposeScope();
        long n = batch.Count, slices = batch.Visible.shape[1], rows = coarse.shape[2], columns = coarse.shape[3];
        const int patch = TransformerSettings.Patch;
        Tensor seen = cat([Plus(batch.Visible, -.5).to(precision), (Minus(batch.Visible, still) * unit).clamp(Number(-8), Number(8)).to(precision)], 1)
            .view(n, 2, slices, rows, patch, columns, patch).permute(0, 2, 3, 5, 1, 4, 6).reshape(n * slices, rows, columns, 2 * patch * patch);
        Tensor visible = F.linear(seen, embed.weight.to(precision), embed.bias!.to(precision));
        Tensor masked = F.conv2d(coarse, ask.weight.to(precision), ask.bias!.to(precision)).permute(0, 2, 3, 1);
        Tensor[] slice = Slices(batch).to(precision).split([slices, 1], 1);
        visible = AddTo(visible, slice[0].reshape(n * slices, 1, 1, width));                                         // [batch x visible, rows/8, columns/8, width]
        masked = Plus(masked, slice[1].view(n, 1, 1, width));                                                       // [batch, rows/8, columns/8, width]

        Tensor place = places.to(precision);
        visible = encoder.Attend(visible, null, new Windows(window, 0, rows, columns), heads, place, precision);
        int block = 0;
        foreach (AttentionBlock layer in blocks)
        {
            // Every other block shifts its windows by half, so that neighbours across a border meet.
            masked = layer.Attend(masked, visible, new Windows(window, block++ % 2 * (window / 2), rows, columns), heads, place, precision);
        }

        masked = F.layer_norm(masked.to(last.weight!.dtype), [width], last.weight, last.bias).to(precision).permute(0, 3, 1, 2);
        return F.conv2d(masked, answer.weight.to(precision), answer.bias!.to(precision)).MoveToOuterDisposeScope();
    }

    /// <summary>Code of every slice's position, in slices and millimetres, the masked slice last, [batch, visible + 1, width].</summary>
    private Tensor Slices(SlabBatch batch)
    {
        Tensor z = cat([batch.Positions, zeros_like(batch.Positions[.., ..1])], 1).unsqueeze(2);               // [batch, visible + 1, 1]
        Tensor millimetres = z * batch.Code[.., 4].exp().view(-1, 1, 1);
        Tensor spacing = batch.Code[.., 4..7].unsqueeze(1).expand(-1, z.shape[1], -1);
        Tensor code = cat([z * Number(.25), z.sign(), z.abs().log1p(), (z * Number(1.5)).sin(), (z * Number(1.5)).cos(), (z * Number(.5)).sin(), (z * Number(.5)).cos(), millimetres * Number(1.0 / 16), spacing], 2);
        return place2.call(F.silu(place1.call(code)));
    }
}

/// <summary>Cuts a grid of tokens into square windows and puts it together again; what overhangs is filled with empty tokens.</summary>
internal readonly record struct Windows(int Size, int Shift, long Rows, long Columns)
{
    private long High => (Rows + Shift + Size - 1) / Size;

    private long Wide => (Columns + Shift + Size - 1) / Size;

    public long Count => High * Wide;

    /// <summary>[n, rows, columns, width] to [n, windows, places, width].</summary>
    public Tensor Cut(Tensor x)
    {
        (long down, long right) = ((High * Size) - Shift - Rows, (Wide * Size) - Shift - Columns);
        if (Shift + down + right > 0) x = F.pad(x, [0, 0, Shift, right, Shift, down]);
        return x.view(x.shape[0], High, Size, Wide, Size, x.shape[3]).transpose(2, 3).reshape(x.shape[0], Count, Size * Size, x.shape[3]);
    }

    /// <summary>[n, windows, places, width] to [n, rows, columns, width].</summary>
    public Tensor Join(Tensor x)
    {
        long width = x.shape[3];
        x = x.view(x.shape[0], High, Wide, Size, Size, width).transpose(2, 3).reshape(x.shape[0], High * Size, Wide * Size, width);
        return x.narrow(1, Shift, Rows).narrow(2, Shift, Columns);
    }
}

/// <summary>Windowed attention and a two-layer perceptron, each normalised first and added to its input.</summary>
internal sealed class AttentionBlock : Module
{
    private readonly LayerNorm before, between;
    private readonly Linear query, keyValue, output, up, down;

    public AttentionBlock(int width)
        : base(nameof(AttentionBlock))
    {
        (before, between) = (LayerNorm(width), LayerNorm(width));
        (query, keyValue, output) = (Linear(width, width), Linear(width, 2 * width), Linear(width, width));
        (up, down) = (Linear(width, 2 * width), Linear(2 * width, width));
        RegisterComponents();
    }

    /// <summary>Tokens <paramref name="x"/> [n, rows, columns, width] ask themselves and <paramref name="others"/> [n x slices, rows, columns, width], if any.</summary>
    public Tensor Attend(Tensor x, Tensor? others, Windows windows, int heads, Tensor place, ScalarType precision)
    {
        using var scope = NewDisposeScope();
        long n = x.shape[0], width = x.shape[3], size = width / heads;
        Tensor own = AddTo(windows.Cut(Normalise(before, x, precision)), place);                                     // [n, windows, places, width]
        Tensor keys = own;
        if (others is not null)
        {
            Tensor seen = AddTo(windows.Cut(Normalise(before, others, precision)), place);                           // [n x slices, windows, places, width]
            seen = seen.view(n, -1, seen.shape[1], seen.shape[2], width).transpose(1, 2).flatten(2, 3);
            keys = cat([seen, own], 2);
        }

        Tensor Split(Tensor t) => t.view(n * windows.Count, -1, heads, size).transpose(1, 2);                  // [n x windows, heads, tokens, size]
        Tensor[] kv = Apply(keyValue, keys, precision).split(width, 3);
        Tensor scores = Split(Apply(query, own, precision)).mul_(Number(1 / Math.Sqrt(size))).matmul(Split(kv[0]).transpose(2, 3));
        Tensor found = scores.softmax(3).matmul(Split(kv[1]));                                                 // [n x windows, heads, places, size]
        x = Plus(x, windows.Join(Apply(output, found.transpose(1, 2).reshape(n, windows.Count, -1, width), precision)));
        return AddTo(Apply(down, F.silu(Apply(up, Normalise(between, x, precision), precision)), precision), x).MoveToOuterDisposeScope();
    }

    private static Tensor Apply(Linear layer, Tensor x, ScalarType precision) => F.linear(x, layer.weight.to(precision), layer.bias!.to(precision));

    private static Tensor Normalise(LayerNorm layer, Tensor x, ScalarType precision) =>
        F.layer_norm(x, [x.shape[^1]], layer.weight!.to(precision), layer.bias!.to(precision));
}
