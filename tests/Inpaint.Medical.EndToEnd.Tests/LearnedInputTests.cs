using Xunit;

namespace Inpaint.Medical.EndToEnd.Tests;

/// <summary>Input that a learned method could stumble over: a clear refusal or finite voxels, never NaN.</summary>
public sealed class LearnedInputTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public static TheoryData<string, string> Oddities
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string method in new[] { "transformer", "auto", "linear" })
            {
                foreach (string oddity in new[] { "nan", "nan beside the gap", "infinite", "whole slice nan", "constant", "huge", "tiny" })
                {
                    data.Add(method, oddity);
                }
            }

            return data;
        }
    }

    public void Dispose() => _work.Dispose();

    [Theory]
    [MemberData(nameof(Oddities))]
    public void OddVoxelsStillGiveFiniteSlices(string method, string oddity)
    {
        FloatNifti.Write(_work.At("in.nii"), (x, y, z) => oddity switch
        {
            "nan" when (x, y, z) == (5, 6, 4) => float.NaN,
            "nan beside the gap" when (x, y, z) is (5, 6, 6) or (7, 8, 8) => float.NaN,
            "infinite" when (x, y, z) == (5, 6, 9) => float.NegativeInfinity,
            "whole slice nan" when z == 10 => float.NaN,
            "constant" => 7,
            "huge" => 1e30f * (x + y + z),
            "tiny" => 1e-30f * (x + y + z),
            _ => (30 * x) + (20 * y) + (10 * z),
        });

        Fill(method, "CT", "--slices", "7").MustSucceed();

        Assert.All(FloatNifti.Slice(_work.At("out.nii"), 7), voxel => Assert.True(float.IsFinite(voxel), $"{voxel}"));
    }

    [Theory]
    [InlineData("transformer")]
    [InlineData("auto")]
    public void AVolumeOfOneValueIsFilledWithIt(string method)
    {
        FloatNifti.Write(_work.At("in.nii"), (_, _, _) => 7);

        Fill(method, "MR", "--slices", "7").MustSucceed();

        Assert.All(FloatNifti.Slice(_work.At("out.nii"), 7), voxel => Assert.Equal(7, voxel));
    }

    [Theory]
    [InlineData("transformer")]
    [InlineData("auto")]
    [InlineData("linear")]
    public void VoxelsThatAreNowhereFiniteAreRefused(string method)
    {
        FloatNifti.Write(_work.At("in.nii"), (x, y, z) => (x, y) == (5, 6) ? float.NaN : x + y + z);

        Fill(method, "CT", "--slices", "7").MustBeRejected(3, "NothingVisible");

        Assert.False(File.Exists(_work.At("out.nii")));
    }

    [Theory]
    [InlineData("transformer", "1-15", "GapTooLong|TooManyMasked|NothingVisible")]
    [InlineData("auto", "1-15", "GapTooLong|TooManyMasked|NothingVisible")]
    [InlineData("transformer", "0-15", "NothingVisible")]
    [InlineData("auto", "0-15", "NothingVisible")]
    public void TooLittleLeftIsRefusedOrFilled(string method, string slices, string errors)
    {
        FloatNifti.Write(_work.At("in.nii"), (x, y, z) => x + y + z);

        ProgramRun run = Fill(method, "MR", "--slices", slices);

        if (run.ExitCode != 0)
        {
            Assert.Contains(errors.Split('|'), error => run.Error.Contains($" {error}: ", StringComparison.Ordinal));
            Assert.False(File.Exists(_work.At("out.nii")));
            return;
        }

        Assert.NotEqual("0-15", slices);
        Assert.All(Enumerable.Range(1, 15).SelectMany(slice => FloatNifti.Slice(_work.At("out.nii"), slice)), voxel => Assert.True(float.IsFinite(voxel)));
    }

    [Theory]
    [InlineData("transformer")]
    [InlineData("auto")]
    public void SixtyPercentMaskedIsFilledOrRefusedByName(string method)
    {
        FloatNifti.Write(_work.At("in.nii"), (x, y, z) => (30 * x) + (20 * y) + (10 * z));

        ProgramRun run = Fill(method, "CT", "--slices", "1-3,5-7,9-11");

        if (run.ExitCode != 0)
        {
            run.MustBeRejected(3, "TooManyMasked");
            return;
        }

        Assert.All(new[] { 1, 2, 3, 5, 6, 7, 9, 10, 11 }.SelectMany(slice => FloatNifti.Slice(_work.At("out.nii"), slice)), voxel => Assert.True(float.IsFinite(voxel)));
    }

    [Fact]
    public void NegativeSpacingIsReadAsItsLength()
    {
        FloatNifti.Write(_work.At("in.nii"), (x, y, z) => (30 * x) + (20 * y) + (10 * z), sliceSpacing: -3);

        Fill("transformer", "CT", "--slices", "7").MustSucceed();

        Assert.All(FloatNifti.Slice(_work.At("out.nii"), 7), voxel => Assert.True(float.IsFinite(voxel)));
    }

    [Fact]
    public void ACtCalledMrIsFilledInItsOwnUnits()
    {
        FloatNifti.Write(_work.At("in.nii"), (x, y, z) => x is > 4 and < 18 && y is > 4 and < 18 ? 40 : -1000);

        Fill("transformer", "MR", "--slices", "7").MustSucceed();

        Assert.All(FloatNifti.Slice(_work.At("out.nii"), 7), voxel => Assert.InRange(voxel, -1300, 400));
    }

    [Fact]
    public void ADeviceThatIsNotThereIsNamed()
    {
        Assert.SkipWhen(Directory.Exists("/proc/driver/nvidia"), "There may be a CUDA device.");
        FloatNifti.Write(_work.At("in.nii"), (x, y, z) => x + y + z);

        Fill("transformer", "CT", "--slices", "7", "--device", "cuda").MustBeRejected(3, "DeviceUnavailable");
    }

    [Fact]
    public void AutoGoesOnWithoutADeviceThatIsNotThere()
    {
        Assert.SkipWhen(Directory.Exists("/proc/driver/nvidia"), "There may be a CUDA device.");
        FloatNifti.Write(_work.At("in.nii"), (x, y, z) => x + y + z);

        Assert.Contains("DeviceUnavailable", Fill("auto", "CT", "--slices", "7", "--device", "cuda").MustSucceed().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ADeviceOfAnotherNameIsAUsageError() => Fill("transformer", "CT", "--slices", "7", "--device", "tpu").MustBeRejected(2, "UsageInvalid");

    [Theory]
    [InlineData("transformer", 16)]
    [InlineData("transformer", 40)]
    [InlineData("auto", 40)]
    public void AFullDiskKeepsNothingOfAFile(string method, int kilobytes)
    {
        FloatNifti.Write(_work.At("in.nii"), (x, y, z) => x + y + z);
        using SmallDisk disk = SmallDisk.Mount(_work.At("disk"), kilobytes);

        InpaintProgram.Run("reconstruct", _work.At("in.nii"), "-o", _work.At("disk", "out.nii"), "--method", method, "--modality", "CT", "--slices", "7")
            .MustBeRejected(3, "OutputNotWritable");

        Assert.Empty(Directory.GetFileSystemEntries(_work.At("disk")));
    }

    [Fact]
    public void AdaptationIsRecordedAndTheSameEachTime()
    {
        string input = _work.Phantom("in", "--drop", "9");
        string[] Adapt(string output)
        {
            System.Text.Json.JsonElement record = InpaintProgram.Run("reconstruct", input, "-o", _work.At(output), "--method", "transformer", "--adapt", "1", "--json").MustSucceed()
                .Json.GetProperty("series")[0].GetProperty("record");
            System.Text.Json.JsonElement adaptation = record.GetProperty("adaptations")[0];
            Assert.Equal(4, adaptation.GetProperty("steps").GetInt32());
            bool isKept = adaptation.GetProperty("errorAfter").GetDouble() < adaptation.GetProperty("errorBefore").GetDouble();
            Assert.Equal(isKept, adaptation.GetProperty("isKept").GetBoolean());
            Assert.Equal(isKept, record.GetProperty("choices")[0].GetProperty("method").GetProperty("version").GetString()!.Contains("adapted", StringComparison.Ordinal));
            return [adaptation.GetRawText(), .. record.GetProperty("output").EnumerateArray().Select(slice => slice.GetProperty("outputPixelSha256").GetString()!)];
        }

        Assert.Equal(Adapt("first"), Adapt("second"));
    }

    [Fact]
    public void AdaptationOfAClassicalMethodIsAFinding() =>
        Assert.Contains("NotAdapted", InpaintProgram.Run(
            "reconstruct", _work.Phantom("in", "--drop", "9"), "-o", _work.At("out"), "--method", "cubic", "--adapt", "1").MustSucceed().Error, StringComparison.Ordinal);

    private ProgramRun Fill(string method, string modality, params string[] options) =>
        InpaintProgram.Run(["reconstruct", _work.At("in.nii"), "-o", _work.At("out.nii"), "--method", method, "--modality", modality, .. options]);
}
