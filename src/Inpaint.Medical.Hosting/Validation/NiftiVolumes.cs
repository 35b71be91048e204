using System.Globalization;
using System.Security.Cryptography;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Nifti;
using Inpaint.Medical.Validation;

namespace Inpaint.Medical.Hosting.Validation;

/// <summary>Volumes of a NIfTI file: one, or those of a 4-D file as NAME#001, NAME#002, ….</summary>
internal static class NiftiVolumes
{
    public static IEnumerable<IValidationInput> Of(string path, string name, string split, string? modality, NiftiReading reading)
    {
        int count = CountOf(path);
        modality ??= NiftiSidecar.Modality(path) ?? reading.Modality;
        // The volumes of one file are asked for one after the other; the file is kept while they are.
        var opened = new WeakReference<NiftiSeries?>(null);
        NiftiSeries Open()
        {
            if (!opened.TryGetTarget(out NiftiSeries? series))
            {
                series = NiftiSeries.Open(path, new NiftiSelection { Axis = reading.Axis, Modality = modality });
                opened.SetTarget(series);
            }

            return series;
        }

        for (int i = 0; i < count; i++)
        {
            int volume = i;
            string volumeName = count == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}#{volume + 1:D3}");
            yield return new ValidationInput(volumeName, split, () => DigestOf(path), () => Open().Build(volume).Built);
        }
    }

    // A file that cannot be read counts as one volume; reading it says why it is refused.
    private static int CountOf(string path)
    {
        try
        {
            return (int)Math.Min(NiftiReader.ReadHeader(path).VolumeCount, 100_000);
        }
        catch (InpaintException)
        {
            return 1;
        }
    }

    private static string DigestOf(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
