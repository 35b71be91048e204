using FsCheck.Xunit;

namespace Inpaint.Medical.Nifti.Tests;

/// <summary>Any header that the standard allows is read as it was written, and written back as it was read.</summary>
public sealed class HeaderPropertyTests : TemporaryFolder
{
    private static readonly NiftiDataType[] Types = Enum.GetValues<NiftiDataType>();

    [Property(MaxTest = 200)]
    public bool HeadersRoundTrip(bool first, bool little, int seed)
    {
        var random = new Random(seed);
        double Single() => (float)((random.NextDouble() - 0.5) * 1000);
        double[] Singles(int count) => [.. Enumerable.Range(0, count).Select(_ => Single())];
        int axes = random.Next(3, 8);
        var written = new NiftiBytes
        {
            Version = first ? 1 : 2,
            LittleEndian = little,
            Dim = [axes, .. Enumerable.Range(1, 7).Select(axis => axis <= axes ? random.NextInt64(1, 5) : 1)],
            DataType = (int)Types[random.Next(Types.Length)],
            PixDim = Singles(8),
            Slope = Single(),
            Intercept = Single(),
            QformCode = random.Next(5),
            SformCode = random.Next(5),
            Qform = Singles(6),
            Sform = Singles(12),
            Extension = new byte[4 + (16 * random.Next(3))],
        };
        string path = written.Save(Folder);
        NiftiFile read = NiftiReader.Read(path);
        NiftiHeader header = read.Header;
        string copy = PathOf("copy.nii");
        NiftiWriter.Write(read, copy);
        bool sameBytes = File.ReadAllBytes(copy).AsSpan().SequenceEqual(File.ReadAllBytes(path));
        File.Delete(copy);
        return sameBytes
            && header.Version == written.Version && header.IsLittleEndian == little
            && header.Dim.SequenceEqual(written.Dim) && (int)header.DataType == written.DataType
            && header.PixDim.SequenceEqual(written.PixDim)
            && header.StoredSlope == written.Slope && header.StoredIntercept == written.Intercept
            && header.QformCode == written.QformCode && header.SformCode == written.SformCode
            && header.Qform.SequenceEqual(written.Qform) && header.Sform.SequenceEqual(written.Sform)
            && header.VoxelOffset == header.SizeInBytes + written.Extension.Length;
    }
}
