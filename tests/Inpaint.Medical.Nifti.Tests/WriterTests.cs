using System.Diagnostics;
using System.IO.Compression;
using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Nifti.Tests;

/// <summary>What was not replaced is written back bit for bit; what was written is whole or absent.</summary>
public sealed class WriterTests(NibabelCases nibabel) : TemporaryFolder, IClassFixture<NibabelCases>
{
    [Fact]
    public void EveryFileIsWrittenBackAsItWasRead()
    {
        nibabel.SkipWithoutNibabel();
        foreach (NibabelCase file in nibabel.Cases)
        {
            byte[] original = Content(nibabel.PathOf(file));
            foreach (string extension in new[] { ".nii", ".nii.gz" })
            {
                string output = PathOf($"out{extension}");
                NiftiWriter.Write(NiftiReader.Read(nibabel.PathOf(file)), output);
                Assert.Equal(original, Content(output));
                File.Delete(output);
            }
        }
    }

    [Fact]
    public void OnlyTheReplacedSliceDiffersOnEveryAxis()
    {
        nibabel.SkipWithoutNibabel();
        foreach (NibabelCase file in nibabel.Cases)
        {
            foreach (SliceAxis axis in Enum.GetValues<SliceAxis>())
            {
                CheckReplacement(nibabel.PathOf(file), axis);
            }
        }
    }

    [Fact]
    public void GzipOutputIsValidAndDeterministic()
    {
        // Several blocks, the last one cut, and content that does not compress.
        var random = new Random(3);
        var voxels = new byte[300 * 300 * 20 * 2];
        random.NextBytes(voxels.AsSpan(0, voxels.Length / 2));
        var bytes = new NiftiBytes { Dim = [3, 300, 300, 20, 1, 1, 1, 1], Voxels = voxels };
        NiftiFile file = NiftiReader.Read(bytes.Save(Folder));
        NiftiWriter.Write(file, PathOf("a.nii.gz"));
        NiftiWriter.Write(file, PathOf("b.nii.gz"));
        Assert.Equal(File.ReadAllBytes(PathOf("a.nii.gz")), File.ReadAllBytes(PathOf("b.nii.gz")));
        Assert.Equal(bytes.ToArray(), Content(PathOf("a.nii.gz")));

        Assert.SkipUnless(File.Exists("/bin/gzip"), "gzip is not installed.");
        using Process gzip = Process.Start("/bin/gzip", ["-t", PathOf("a.nii.gz")]);
        gzip.WaitForExit();
        Assert.Equal(0, gzip.ExitCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("123456789")]
    [InlineData("The quick brown fox jumps over the lazy dog")]
    public void ChecksumIsThatOfGzip(string text)
    {
        byte[] bytes = System.Text.Encoding.ASCII.GetBytes(text);
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
            gzip.Flush();
        }

        // An empty stream has no trailer in .NET.
        uint expected = bytes.Length == 0 ? 0 : BitConverter.ToUInt32(stream.ToArray().AsSpan()[^8..]);
        Assert.Equal(expected, Crc32.Append(0, bytes));
        Assert.Equal(expected, Crc32.Append(Crc32.Append(0, bytes.AsSpan(0, bytes.Length / 2)), bytes.AsSpan(bytes.Length / 2)));
    }

    [Fact]
    public void ExistingOutputIsRefusedAndKept()
    {
        string path = new NiftiBytes().Save(Folder);
        byte[] before = File.ReadAllBytes(path);
        Assert.Equal(ErrorCode.OutputExists, Assert.Throws<InpaintException>(() => NiftiWriter.Write(NiftiReader.Read(path), path)).Code);
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void OtherNamesAreRefused()
    {
        NiftiFile file = NiftiReader.Read(new NiftiBytes().Save(Folder));
        Assert.Equal(ErrorCode.UsageInvalid, Assert.Throws<InpaintException>(() => NiftiWriter.Write(file, PathOf("out.img"))).Code);
    }

    [Fact]
    public void AbsentFolderIsRefused()
    {
        NiftiFile file = NiftiReader.Read(new NiftiBytes().Save(Folder));
        var refused = Assert.Throws<InpaintException>(() => NiftiWriter.Write(file, Path.Combine(Folder, "none", "out.nii")));
        Assert.Equal(ErrorCode.OutputNotWritable, refused.Code);
        Assert.Contains("no such folder", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("out.nii")]
    [InlineData("out.nii.gz")]
    public void FullDiskLeavesNothing(string name)
    {
        string disk = Directory.CreateDirectory(PathOf("disk")).FullName;
        Assert.SkipUnless(Mount("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk), "A small disk cannot be mounted here.");
        try
        {
            var noise = new byte[64 * 64 * 100 * 2];
            new Random(1).NextBytes(noise);
            NiftiFile file = NiftiReader.Read(new NiftiBytes { Dim = [3, 64, 64, 100, 1, 1, 1, 1], Voxels = noise }.Save(Folder));
            var refused = Assert.Throws<InpaintException>(() => NiftiWriter.Write(file, Path.Combine(disk, name)));
            Assert.Equal(ErrorCode.OutputNotWritable, refused.Code);
            Assert.Contains("the disk is full", refused.Message, StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFileSystemEntries(disk));
        }
        finally
        {
            Mount("umount", disk);
        }
    }

    private void CheckReplacement(string path, SliceAxis axis)
    {
        NiftiSeries series = NiftiSeries.Open(path, new NiftiSelection { Axis = axis, Missing = "2" });
        int volume = series.VolumeCount - 1;
        NiftiMaskedVolume before = series.Build(volume);
        Assert.False(before.Built.Volume.IsPresent(2));

        float[] wanted = [.. Enumerable.Range(0, series.Geometry.SliceLength).Select(i => (i * 9.3f) - 60)];
        series.Replace(volume, 2, wanted);
        string output = PathOf("replaced.nii");
        series.Write(output);

        NiftiSeries again = NiftiSeries.Open(output, new NiftiSelection { Axis = axis });
        AssertQuantised(wanted, again.ReadVolume(volume).Slice(2), again);
        AssertRestUnchanged(Content(path), File.ReadAllBytes(output), series, volume);
        File.Delete(output);
    }

    private static void AssertQuantised(float[] wanted, ReadOnlySpan<float> found, NiftiSeries series)
    {
        NiftiHeader header = series.Header;
        (double least, double greatest) = header.DataType switch
        {
            NiftiDataType.UInt8 => (0.0, 255.0),
            NiftiDataType.Int8 => (-128, 127),
            NiftiDataType.UInt16 or NiftiDataType.UInt32 or NiftiDataType.UInt64 => (0, 65535),
            _ => (double.NegativeInfinity, double.PositiveInfinity),
        };
        for (int i = 0; i < wanted.Length; i++)
        {
            double stored = (wanted[i] - header.Intercept) / header.Slope;
            stored = header.DataType.IsFloatingPoint() ? stored : Math.Clamp(Math.Round(stored), least, greatest);
            Assert.Equal((stored * header.Slope) + header.Intercept, found[i], 1e-4);
        }
    }

    private static void AssertRestUnchanged(byte[] before, byte[] after, NiftiSeries series, int volume)
    {
        Assert.Equal(before.Length, after.Length);
        NiftiHeader header = series.Header;
        (int nx, int ny, int nz) = header.Size;
        int size = header.DataType.SizeInBytes();
        for (int i = 0; i < before.Length; i++)
        {
            long voxel = (i - header.VoxelOffset) / size;
            long inVolume = voxel % (nx * ny * nz);
            long plane = series.Grid.Axis switch
            {
                SliceAxis.X => inVolume % nx,
                SliceAxis.Y => inVolume / nx % ny,
                _ => inVolume / (nx * ny),
            };
            bool mayDiffer = i >= header.VoxelOffset && voxel / (nx * ny * nz) == volume && plane == 2;
            Assert.True(mayDiffer || before[i] == after[i], $"Byte {i} changed.");
        }
    }

    private static byte[] Content(string path)
    {
        using FileStream file = File.OpenRead(path);
        using Stream content = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static bool Mount(string command, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
