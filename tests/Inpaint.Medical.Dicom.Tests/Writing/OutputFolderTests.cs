using System.Diagnostics;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Dicom.Writing;
using Xunit;

namespace Inpaint.Medical.Dicom.Tests.Writing;

/// <summary>The output folder is complete or absent, whatever happens.</summary>
public class OutputFolderTests
{
    private const string Gap = "mr-memprage-siemens-genuine-missing-slice";

    [Fact]
    public async Task NothingIsSeenBeforeTheCommitAndEverythingAfterIt()
    {
        using Written written = await Written.Of(Gap, DerivedPlan.Linear);
        using var folder = new TemporaryFolder();
        string target = folder["new/out"];
        await using IStagedDelivery staged = await Writer(written, target).StageAsync(written.Series, TestContext.Current.CancellationToken);
        await staged.AttachAsync("provenance.json", "{}"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.False(Directory.Exists(target));

        await staged.CommitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(22, Directory.GetFiles(target).Length);
        Assert.Equal(["out"], Directory.GetFileSystemEntries(folder["new"]).Select(Path.GetFileName));
    }

    [Fact]
    public async Task WithoutACommitNothingIsLeft()
    {
        using Written written = await Written.Of(Gap, DerivedPlan.Linear);
        using var folder = new TemporaryFolder();

        await (await Writer(written, folder["new/out"]).StageAsync(written.Series, TestContext.Current.CancellationToken)).DisposeAsync();

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task ACancelledWriteLeavesNothing()
    {
        using Written written = await Written.Of(Gap, DerivedPlan.Linear);
        using var folder = new TemporaryFolder();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Writer(written, folder["out"]).StageAsync(written.Series, cancelled.Token));

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task AFolderInUseIsRefused()
    {
        using Written written = await Written.Of(Gap, DerivedPlan.Linear);

        Assert.Equal(ErrorCode.OutputExists, (await Refused(written, written.Folder)).Code);
    }

    [Fact]
    public async Task TheInputIsNeverWrittenInto()
    {
        using Written written = await Written.Of(Gap, DerivedPlan.Linear);
        using var folder = new TemporaryFolder();
        string input = Path.Combine(RealDicom.Folder, Gap);
        Directory.CreateSymbolicLink(folder["link"], input);

        Assert.Equal(ErrorCode.OutputInsideInput, (await Refused(written, Path.Combine(input, "out"))).Code);
        Assert.Equal(ErrorCode.OutputInsideInput, (await Refused(written, input + "/../" + Gap)).Code);
        Assert.Equal(ErrorCode.OutputInsideInput, (await Refused(written, Path.Combine(folder["link"], "deep", "out"))).Code);
    }

    [Fact]
    public async Task AnUnwritablePlaceIsSaid()
    {
        using Written written = await Written.Of(Gap, DerivedPlan.Linear);
        using var folder = new TemporaryFolder();
        string file = folder.Write("file", [1]);

        Assert.Equal(ErrorCode.OutputNotWritable, (await Refused(written, Path.Combine(file, "out"))).Code);
        Assert.Equal(ErrorCode.OutputNotWritable, (await Refused(written, "/proc/out")).Code);
    }

    [Fact]
    public async Task AFullDiskLeavesNothingBehind()
    {
        using Written written = await Written.Of(Gap, DerivedPlan.Linear);
        using var folder = new TemporaryFolder();
        string disk = folder["disk"];
        Directory.CreateDirectory(disk);
        using (Process mount = Process.Start(new ProcessStartInfo("mount", ["-t", "tmpfs", "-o", "size=300k", "tmpfs", disk]) { RedirectStandardError = true })!)
        {
            await mount.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.SkipUnless(mount.ExitCode == 0, "A small disk needs the right to mount one.");
        }

        try
        {
            InpaintException error = await Refused(written, Path.Combine(disk, "out"));
            Assert.Equal(ErrorCode.OutputNotWritable, error.Code);
            Assert.Empty(Directory.GetFileSystemEntries(disk));
        }
        finally
        {
            using Process unmount = Process.Start("umount", [disk]);
            await unmount.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static DerivedSeriesWriter Writer(Written written, string target) =>
        new(written.Source, _ => target, new DeterministicUidFactory(), DerivedSeriesSettings.Default);

    private static Task<InpaintException> Refused(Written written, string target) =>
        Assert.ThrowsAsync<InpaintException>(() => Writer(written, target).StageAsync(written.Series, TestContext.Current.CancellationToken));
}
