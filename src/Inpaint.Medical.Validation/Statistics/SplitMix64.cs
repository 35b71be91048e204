namespace Inpaint.Medical.Validation.Statistics;

/// <summary>
/// A small generator of known sequence, so that any other program can draw the same numbers (Steele, Lea and Flood 2014):
/// state += 0x9E3779B97F4A7C15; z = state; z = (z ^ z>>30) × 0xBF58476D1CE4E5B9; z = (z ^ z>>27) × 0x94D049BB133111EB; z ^ z>>31.
/// </summary>
public sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>An index: the high 64 bits of Next() × <paramref name="count"/>, 0 … count − 1.</summary>
    public int Index(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);
}
