using Inpaint.Medical.Cli.Output;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Hosting.Validation;
using Inpaint.Medical.Torch.Training;
using Inpaint.Medical.Validation;

namespace Inpaint.Medical.Cli.Commands;

/// <summary>Complete scans that a model learns from or is calibrated on.</summary>
internal static class TrainingData
{
    /// <param name="paths">NIfTI files, DICOM series, or folders of either; scans with missing slices are left out with a note.</param>
    /// <exception cref="InpaintException"><see cref="ErrorCode.NoInstances"/>: no complete volume at all.</exception>
    public static async Task<TrainingVolume[]> LoadAsync(string[] paths, CancellationToken cancellation)
    {
        using ValidationInputs inputs = await ValidationInputs.FindAsync(paths, new NiftiReading(null, null), cancellation).ConfigureAwait(false);
        var volumes = new List<TrainingVolume>();
        foreach (IValidationInput input in inputs.All.OrderBy(input => input.Name, StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                Volume volume = input.Load().Volume;
                int odd = NotFinite(volume);
                volumes.Add(TrainingVolume.Of(input.Name, volume));
                if (odd > 0)
                {
                    Messages.Note($"{input.Name}: {odd} voxels that are not finite count as 0.");
                }
            }
            catch (ArgumentException unfit)
            {
                Messages.Note($"{input.Name} is left out: {unfit.Message}");
            }
        }

        return volumes.Count > 0 ? [.. volumes] : throw new InpaintException(ErrorCode.NoInstances, $"No complete volume in {string.Join(", ", paths)}.");
    }

    private static int NotFinite(Volume volume)
    {
        int count = 0;
        foreach (int slice in Enumerable.Range(0, volume.SliceCount).Where(volume.IsPresent))
        {
            foreach (float voxel in volume.Slice(slice))
            {
                count += float.IsFinite(voxel) ? 0 : 1;
            }
        }

        return count;
    }
}
