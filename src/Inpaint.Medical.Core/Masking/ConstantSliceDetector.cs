using System.Globalization;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Masking;

/// <summary>
/// Slices with one value everywhere that lie between slices with content. At the ends of a stack empty slices are common and right.
/// </summary>
public sealed class ConstantSliceDetector : ISliceDetector
{
    public IEnumerable<DetectedSlice> Detect(BuiltVolume built)
    {
        ArgumentNullException.ThrowIfNull(built);
        Volume volume = built.Volume;
        int[] withContent = [.. Enumerable.Range(0, volume.SliceCount).Where(slice => volume.IsPresent(slice) && !IsConstant(volume.Slice(slice)))];
        if (withContent.Length == 0)
        {
            yield break;
        }

        for (int slice = withContent[0] + 1; slice < withContent[^1]; slice++)
        {
            if (volume.IsPresent(slice) && IsConstant(volume.Slice(slice)))
            {
                yield return new DetectedSlice(slice, ErrorCode.SliceConstant, string.Create(
                    CultureInfo.InvariantCulture, $"Every pixel of the slice is {volume.Slice(slice)[0]:0.###}, while slices on both sides have content."));
            }
        }
    }

    private static bool IsConstant(ReadOnlySpan<float> voxels) => !voxels.ContainsAnyExcept(voxels[0]);
}
