using System.Globalization;
using Xunit;

namespace Inpaint.Medical.EndToEnd.Tests;

/// <summary>Whatever is put in, the answer is one clear line and no output, never a stack trace.</summary>
public sealed class BadInputTests : IDisposable
{
    private const uint PatientId = 0x00100020;
    private const uint PatientName = 0x00100010;
    private const uint Position = 0x00200032;
    private const uint Orientation = 0x00200037;
    private const uint PixelSpacing = 0x00280030;

    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void GivenAnEmptyFolder_ThenNoInstances()
    {
        Directory.CreateDirectory(_work.At("in"));
        Reject(_work.At("in"), 3, "NoInstances");
    }

    [Fact]
    public void GivenFilesThatAreNotDicom_ThenNoInstances()
    {
        Directory.CreateDirectory(_work.At("in"));
        File.WriteAllText(_work.At("in", "notes.txt"), "Not an image.");
        File.WriteAllBytes(_work.At("in", "noise.dcm"), [.. Enumerable.Range(0, 5000).Select(i => (byte)((i * 7919) >> 3))]);
        File.WriteAllBytes(_work.At("in", "empty.dcm"), []);
        Reject(_work.At("in"), 3, "NoInstances");
    }

    [Fact]
    public void GivenAPathThatIsNotThere_ThenPathNotFound() => Reject(_work.At("nowhere"), 3, "PathNotFound");

    [Fact]
    public void GivenOneSlice_ThenTooFewSlices()
    {
        _work.Phantom("whole");
        Directory.CreateDirectory(_work.At("in"));
        File.Copy(_work.At("whole", "IM0010.dcm"), _work.At("in", "IM0010.dcm"));
        Reject(_work.At("in"), 3, "TooFewSlices", "whole");
    }

    [Fact]
    public void GivenColourImages_ThenColourImage()
    {
        string folder = _work.Phantom("in", "--drop", "9");
        DicomPatch.Folder(folder, patch =>
        {
            patch.Set(0x00280002, 3);
            patch.Set(0x00280004, "CS", "RGB");
            patch.Set(0x00280006, 0);
            patch.SetBytes(0x7FE00010, [.. patch.Bytes(0x7FE00010), .. patch.Bytes(0x7FE00010), .. patch.Bytes(0x7FE00010)]);
        });
        Reject(folder, 3, "ColourImage");
    }

    [Fact]
    public void GivenTwoPatientsInOneSeries_ThenSeveralPatients()
    {
        string folder = _work.Phantom("in", "--drop", "9");
        DicomPatch.Folder(
            folder,
            patch =>
            {
                patch.Set(PatientId, "LO", "OTHER");
                patch.Set(PatientName, "PN", "OTHER^PERSON");
            },
            index => index > 10);
        Reject(folder, 3, "SeveralPatients");
    }

    [Theory]
    [InlineData(Position)]
    [InlineData(Orientation)]
    [InlineData(PixelSpacing)]
    public void GivenMissingGeometry_ThenGeometryMissing(uint tag)
    {
        string folder = _work.Phantom("in", "--drop", "9");
        DicomPatch.Folder(folder, patch => patch.Remove(tag));
        Reject(folder, 3, "GeometryMissing");
    }

    [Theory]
    [InlineData(Position, @"NaN\NaN\NaN")]
    [InlineData(PixelSpacing, @"0\0")]
    [InlineData(PixelSpacing, @"-1\1")]
    [InlineData(Orientation, @"0\0\0\0\0\0")]
    public void GivenImpossibleGeometry_ThenGeometryInvalid(uint tag, string value)
    {
        string folder = _work.Phantom("in", "--drop", "9");
        DicomPatch.Folder(folder, patch => patch.Set(tag, "DS", value));
        ProgramRun run = Reconstruct(folder);
        run.MustBeRejected(3, run.Error.Contains("GeometryMissing", StringComparison.Ordinal) ? "GeometryMissing" : "GeometryInvalid");
        Assert.Empty(_work.Leftovers("in"));
    }

    [Fact]
    public void GivenSixtyPercentMissing_ThenRefused()
    {
        string folder = _work.Phantom("in", "--drop", "1,3-5,7-9,12,13,15,16,18");
        Reject(folder, 3, "TooManyMasked");
    }

    [Fact]
    public void GivenALongGap_ThenGapTooLong() => Reject(_work.Phantom("in", "--drop", "6-11"), 3, "GapTooLong");

    [Fact]
    public void GivenAnOutputWhereNothingCanBeWritten_ThenOutputNotWritable()
    {
        string folder = _work.Phantom("in", "--drop", "9");
        InpaintProgram.Run("reconstruct", folder, "-o", "/proc/inpaint/out").MustBeRejected(3, "OutputNotWritable");
    }

    [Fact]
    public void GivenAFullDisk_ThenOutputNotWritableAndNothingIsLeft()
    {
        string folder = _work.Phantom("in", "--drop", "9");
        string disk = _work.At("disk");
        using SmallDisk small = SmallDisk.Mount(disk, 24);

        InpaintProgram.Run("reconstruct", folder, "-o", Path.Combine(disk, "out")).MustBeRejected(3, "OutputNotWritable");

        Assert.Empty(Directory.GetFileSystemEntries(disk));
    }

    [Fact]
    public void GivenAnOutputThatExists_ThenItIsLeftAlone()
    {
        string folder = _work.Phantom("in", "--drop", "9");
        Directory.CreateDirectory(_work.At("out"));
        File.WriteAllText(_work.At("out", "mine.txt"), "mine");

        InpaintProgram.Run("reconstruct", folder, "-o", _work.At("out")).MustBeRejected(3, "OutputExists");

        Assert.Equal([_work.At("out", "mine.txt")], Directory.GetFileSystemEntries(_work.At("out")));
    }

    [Fact]
    public void GivenAnOutputInsideTheInput_ThenRefused()
    {
        string folder = _work.Phantom("in", "--drop", "9");
        int before = Directory.GetFileSystemEntries(folder).Length;

        InpaintProgram.Run("reconstruct", folder, "-o", Path.Combine(folder, "out")).MustBeRejected(3, "OutputInsideInput");

        Assert.Equal(before, Directory.GetFileSystemEntries(folder).Length);
    }

    [Theory]
    [InlineData("reconstruct")]
    [InlineData("reconstruct", "IN")]
    [InlineData("reconstruct", "IN", "-o", "OUT", "--nonsense")]
    [InlineData("reconstruct", "IN", "-o", "OUT", "--mode", "half")]
    [InlineData("reconstruct", "IN", "-o", "OUT", "--slices", "3-")]
    [InlineData("reconstruct", "IN", "-o", "OUT", "--protocol", "no-such")]
    [InlineData("reconstruct", "IN", "-o", "OUT", "--axis", "z")]
    [InlineData("inspect")]
    [InlineData("fly")]
    [InlineData]
    public void GivenWrongArguments_ThenUsage(params string[] arguments)
    {
        string folder = _work.Phantom("in", "--drop", "9");
        string[] given = [.. arguments.Select(argument => argument switch { "IN" => folder, "OUT" => _work.At("out"), _ => argument })];

        InpaintProgram.Run(given).MustBeRejected(2, "UsageInvalid");

        Assert.False(Directory.Exists(_work.At("out")));
    }

    [Fact]
    public void GivenAnUnknownMethod_ThenTheMessageNamesTheMethods()
    {
        ProgramRun run = InpaintProgram.Run("reconstruct", _work.Phantom("in", "--drop", "9"), "-o", _work.At("out"), "--method", "magic");

        run.MustBeRejected(2, "MethodUnknown");
        Assert.Contains("linear", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("100", "SliceNumberOutOfRange")]
    [InlineData("0-19", "NothingVisible")]
    public void GivenImpossibleSlices_ThenRefused(string slices, string error)
    {
        InpaintProgram.Run("reconstruct", _work.Phantom("in"), "-o", _work.At("out"), "--slices", slices).MustBeRejected(3, error);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(9)]
    public async Task GivenAKillMidway_ThenTheOutputIsCompleteOrAbsent(int signal)
    {
        InpaintProgram.Run("sample", "phantom", "-o", _work.At("in"), "--count", "120", "--size", "128", "--drop", "50").MustSucceed();
        using var process = InpaintProgram.Start(new Dictionary<string, string>(), "reconstruct", _work.At("in"), "-o", _work.At("out"));
        while (!process.HasExited && Directory.GetDirectories(_work.At(), ".out.partial-*").Length == 0)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        System.Diagnostics.Process.Start("/bin/kill", [$"-{signal.ToString(CultureInfo.InvariantCulture)}", process.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
        ProgramRun run = InpaintProgram.Finish(process);

        if (run.ExitCode == 0)
        {
            Assert.Equal(121, Directory.GetFiles(_work.At("out", "series-1")).Length);
            return;
        }

        Assert.False(Directory.Exists(_work.At("out")));
        if (signal == 2)
        {
            run.MustBeRejected(130, "Cancelled");
            Assert.Empty(_work.Leftovers("in"));
        }
    }

    private ProgramRun Reconstruct(string input) => InpaintProgram.Run("reconstruct", input, "-o", _work.At("out"));

    private void Reject(string input, int exitCode, string error, params string[] known)
    {
        Reconstruct(input).MustBeRejected(exitCode, error);
        Assert.Empty(_work.Leftovers(["in", .. known]));
    }
}
