namespace Inpaint.Medical.Dicom.Tests;

/// <summary>Damage as it happens to files: flipped bits, cut ends, overwritten and inserted bytes.</summary>
internal static class Mutation
{
    public static byte[] Of(byte[] original, Random random)
    {
        byte[] bytes = (byte[])original.Clone();
        switch (random.Next(4))
        {
            case 0:
                for (int i = random.Next(1, 20); i > 0; i--)
                {
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                }

                return bytes;
            case 1:
                return bytes[..random.Next(bytes.Length)];
            case 2:
                int at = random.Next(bytes.Length);
                random.NextBytes(bytes.AsSpan(at, Math.Min(random.Next(1, 16), bytes.Length - at)));
                return bytes;
            default:
                int split = random.Next(bytes.Length);
                return [.. bytes[..split], 0xFF, 0xFF, 0xFF, 0xFF, .. bytes[split..]];
        }
    }
}
