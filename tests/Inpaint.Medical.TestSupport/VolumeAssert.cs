using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Volumes;
using Xunit;

namespace Inpaint.Medical.TestSupport;

/// <summary>What must hold of volumes, slices and findings.</summary>
public static class VolumeAssert
{
    /// <summary>Equal bit for bit; the message names the first voxel that is not.</summary>
    public static void BitEqual(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
            {
                Assert.Fail(FormattableString.Invariant($"Voxel {i}: expected {expected[i]:R}, found {actual[i]:R}."));
            }
        }
    }

    /// <summary>Equal within a tolerance, real units.</summary>
    public static void Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - actual[i]) <= tolerance))
            {
                Assert.Fail(FormattableString.Invariant($"Voxel {i}: expected {expected[i]:R}, found {actual[i]:R}."));
            }
        }
    }

    /// <summary>The only finding with this code.</summary>
    public static Finding Single(ErrorCode code, IEnumerable<Finding> findings) =>
        Assert.Single(findings, finding => finding.Code == code);

    /// <summary>Slots without an acquired image.</summary>
    public static int[] Holes(BuiltVolume built) => [.. built.Slots.Where(slot => slot.Source is null).Select(slot => slot.Slice)];

    public static InpaintException Refuses(ErrorCode code, Action action)
    {
        var refusal = Assert.Throws<InpaintException>(action);
        Assert.Equal(code, refusal.Code);
        Assert.DoesNotContain('\n', refusal.Message);
        return refusal;
    }
}
