using System.Diagnostics;

namespace Inpaint.Medical.Benchmarks;

/// <summary>A NIfTI volume with missing slices, filled by the program and by nibabel with numpy, as whole processes.</summary>
internal static class NiftiBenchmarks
{
    private const string Python = "/usr/bin/python3";

    private const string Make =
        "import sys, numpy as n, nibabel as b\n" +
        "z, y, x = n.mgrid[0:192, 0:256, 0:256].astype('f4')\n" +
        "v = (400 + 200 * n.sin(x / 17 + z / 9) * n.cos(y / 23)).astype('i2') + n.random.default_rng(1).integers(-20, 20, (192, 256, 256), 'i2')\n" +
        "v[1::3][:60] = 0\n" +
        "b.save(b.Nifti1Image(n.ascontiguousarray(v.transpose(2, 1, 0)), n.eye(4)), sys.argv[1])\n";

    private const string Fill =
        "import sys, numpy as n, nibabel as b\n" +
        "i = b.load(sys.argv[1]); v = n.asarray(i.dataobj).copy(); f = v.astype('f4')\n" +
        "for z in [int(s) for s in sys.argv[3].split(',')]:\n" +
        "    v[:, :, z] = n.rint((f[:, :, z - 1] + f[:, :, z + 1]) / 2).astype(v.dtype)\n" +
        "b.save(b.Nifti1Image(v, i.affine, i.header), sys.argv[2])\n";

    public static IEnumerable<Row> Run(string inpaint)
    {
        if (!File.Exists(Python) || Process.Start(new ProcessStartInfo(Python, ["-c", "import nibabel"]) { RedirectStandardError = true })! is var probe
            && !WaitsWell(probe))
        {
            yield break;
        }

        string folder = Directory.CreateTempSubdirectory("nifti").FullName;
        string input = Path.Combine(folder, "in.nii.gz");
        Peer.Time(Python, "-c", Make, input);
        string slices = string.Join(',', Enumerable.Range(0, 60).Select(i => (3 * i) + 1));
        string ours = Path.Combine(folder, "ours.nii.gz");
        (double seconds, double peer) = Paired.Best(
            () =>
            {
                foreach (string file in Directory.EnumerateFiles(folder, "ours*"))
                {
                    File.Delete(file);
                }

                return Peer.Time(inpaint, "reconstruct", input, "--missing", slices, "--axis", "z", "--method", "linear", "-o", ours);
            },
            () => Peer.Time(Python, "-c", Fill, input, Path.Combine(folder, "peer.nii.gz"), slices));
        Directory.Delete(folder, recursive: true);
        yield return new Row(
            "`reconstruct` of a 256×256×192 NIfTI, 60 slices missing, linear", Row.Seconds(seconds), $"nibabel + numpy {Row.Seconds(peer)}",
            "no longer", seconds <= peer);
    }

    private static bool WaitsWell(Process process)
    {
        using (process)
        {
            process.WaitForExit();
            return process.ExitCode == 0;
        }
    }
}
