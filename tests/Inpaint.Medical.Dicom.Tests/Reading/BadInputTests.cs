using System.IO.Compression;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Dicom.Reading;
using FellowOakDicom;
using Xunit;

namespace Inpaint.Medical.Dicom.Tests.Reading;

/// <summary>Input as people really have it: in archives, behind links, damaged, hostile, or no DICOM at all.</summary>
public class BadInputTests
{
    private const string Small = "mr-hitachi-4-slices";

    [Fact]
    public async Task AbsentPathsAreNamed()
    {
        using var source = new DicomInstanceSource(["/nowhere/at-all", "also-nothing-*.dcm"]);

        InpaintException error = await Assert.ThrowsAsync<InpaintException>(() => source.ReadHeadersAsync(TestContext.Current.CancellationToken));

        Assert.Equal(ErrorCode.PathNotFound, error.Code);
        Assert.Contains("/nowhere/at-all", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEmptyFolderGivesNothing()
    {
        using var folder = new TemporaryFolder();

        InstanceSet set = await Read(folder.Path);

        Assert.Empty(set.Instances);
        Assert.Empty(set.Findings);
    }

    [Fact]
    public async Task WhatIsNotDicomIsLeftOutAndSaid()
    {
        using var folder = new TemporaryFolder();
        string note = folder.Write("note.txt", "Dear colleague, please find enclosed."u8.ToArray());
        folder.Write("empty.dcm", []);
        folder.Write("DICOMDIR", [1, 2, 3]);

        InstanceSet set = await Read(folder.Path);

        Assert.Equal([ErrorCode.NotDicom, ErrorCode.NotDicom], set.Findings.Select(finding => finding.Code));
        Assert.All(set.Findings, finding => Assert.Equal(FindingSeverity.Info, finding.Severity));
        Assert.Equal(FindingSeverity.Error, Assert.Single((await Read(note)).Findings).Severity);
    }

    [Fact]
    public async Task FoldersFilesPatternsAndArchivesGiveTheSameImages()
    {
        string folder = Path.Combine(RealDicom.Folder, Small);
        using var temporary = new TemporaryFolder();
        ZipFile.CreateFromDirectory(folder, temporary["images.zip"]);
        InstanceSet expected = await Read(folder);

        foreach (string[] paths in new[] { Directory.GetFiles(folder), [Path.Combine(folder, "*")], [Path.Combine(RealDicom.Folder, "mr-hita*", "*.dcm")], [temporary["images.zip"]], [temporary.Path], [folder, folder] })
        {
            using var source = new DicomInstanceSource(paths);
            InstanceSet set = await source.ReadHeadersAsync(TestContext.Current.CancellationToken);
            Assert.Equal(expected.Instances.Select(image => image.SopInstanceUid).Order(), set.Instances.Select(image => image.SopInstanceUid).Order());
            Assert.Equal(set.Instances.Length, set.Instances.Select(image => image.Source).Distinct().Count());
            var pixels = new byte[set.Instances[0].FrameLength];
            source.ReadPixels(set.Instances[0], pixels);
            Assert.Contains(pixels, value => value != 0);
            Assert.Equal(64, source.Sha256(set.Instances[0]).Length);
        }
    }

    [Fact]
    public async Task LinksInsideAFolderAreNotFollowed()
    {
        using var outside = new TemporaryFolder();
        using var folder = new TemporaryFolder();
        string real = Directory.GetFiles(Path.Combine(RealDicom.Folder, Small))[0];
        File.Copy(real, folder["own.dcm"]);
        File.CreateSymbolicLink(folder["link.dcm"], real);
        Directory.CreateSymbolicLink(folder["elsewhere"], Path.Combine(RealDicom.Folder, Small));
        Directory.CreateSymbolicLink(folder["loop"], folder.Path);

        InstanceSet set = await Read(folder.Path);

        Assert.Equal(folder["own.dcm"], Assert.Single(set.Instances).Source);
        Assert.Equal(3, set.Findings.Length);
    }

    [Theory]
    [InlineData("../escape.dcm")]
    [InlineData("/etc/absolute.dcm")]
    [InlineData("a\\..\\b.dcm")]
    [InlineData("C:evil.dcm")]
    public async Task ArchivesWhoseNamesLeadElsewhereAreRefused(string name)
    {
        using var folder = new TemporaryFolder();
        Zip(folder["bad.zip"], (name, new byte[10]));

        Assert.Equal(ErrorCode.ArchiveRefused, (await Refused(folder["bad.zip"])).Code);
    }

    [Fact]
    public async Task ArchivesThatUnpackToMuchOrAreDamagedAreRefused()
    {
        using var folder = new TemporaryFolder();
        Zip(folder["bomb.zip"], ("a.dcm", new byte[20 << 20]));
        byte[] damaged = File.ReadAllBytes(folder["bomb.zip"]);
        folder.Write("damaged.zip", damaged[..(damaged.Length / 2)]);
        Zip(folder["many.zip"], [.. Enumerable.Range(0, 20).Select(i => ($"{i}.dcm", new byte[1]))]);

        Assert.Contains("inflates", (await Refused(folder["bomb.zip"])).Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.ArchiveRefused, (await Refused(folder["damaged.zip"])).Code);
        var limits = new DicomSourceSettings { ArchiveLimits = new ArchiveLimits { Entries = 10 } };
        Assert.Contains("20 entries", (await Refused(folder["many.zip"], limits)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATruncatedFileKeepsItsPlaceAndSaysWhyItHasNoPixels()
    {
        using var folder = new TemporaryFolder();
        byte[] whole = File.ReadAllBytes(Directory.GetFiles(Path.Combine(RealDicom.Folder, "mr-memprage-siemens-genuine-missing-slice"))[0]);
        folder.Write("cut.dcm", whole[..(whole.Length - 20_000)]);

        using var source = new DicomInstanceSource([folder.Path]);
        InstanceSet set = await source.ReadHeadersAsync(TestContext.Current.CancellationToken);

        InstanceHeader image = Assert.Single(set.Instances);
        Assert.True(image.IsTruncated);
        Assert.NotNull(image.Position);
        Assert.Equal(ErrorCode.InstanceTruncated, Assert.Single(set.Findings).Code);
        InpaintException error = Assert.Throws<InpaintException>(() => source.ReadPixels(image, new byte[image.FrameLength]));
        Assert.Equal(ErrorCode.SliceTruncated, error.Code);
        Assert.Contains("cut.dcm", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NestingBombsAreRefusedBeforeAnythingIsParsed()
    {
        using var folder = new TemporaryFolder();
        DicomBytes bomb = DicomBytes.File(DicomBytes.ExplicitUid)
            .Repeat(5000, file => file.ExplicitHeader(0x00081140, "SQ", DicomBytes.Undefined).ImplicitHeader(0xFFFEE000, DicomBytes.Undefined));
        folder.Write("bomb.dcm", bomb.ToArray());

        Finding finding = Assert.Single((await Read(folder.Path)).Findings);

        Assert.Equal(ErrorCode.ParseLimitExceeded, finding.Code);
        Assert.Contains("byte", finding.Message, StringComparison.Ordinal);
        Assert.Equal([folder["bomb.dcm"]], finding.Sources);
    }

    [Theory]
    [InlineData("1,5\\2\\3")]
    [InlineData("NaN\\0\\0")]
    [InlineData("1e999\\0\\0")]
    [InlineData("1\\2")]
    [InlineData("left\\0\\0")]
    public async Task PositionsThatAreNoNumbersAreNoPositions(string position)
    {
        using var folder = new TemporaryFolder();
        DicomDataset dataset = DicomFile.Open(Directory.GetFiles(Path.Combine(RealDicom.Folder, Small))[0], FileReadOption.ReadAll).Dataset.NotValidated();
        dataset.AddOrUpdate(new DicomDecimalString(DicomTag.ImagePositionPatient, position.Split('\\')));
        await new DicomFile(dataset).SaveAsync(folder["bad.dcm"]);

        InstanceSet set = await Read(folder.Path);

        Assert.Null(Assert.Single(set.Instances).Position);
        Finding finding = Assert.Single(set.Findings);
        Assert.Equal((ErrorCode.AttributeInvalid, position), (finding.Code, finding.Found));
    }

    [Fact]
    public async Task PatientsAreToldApartButNotNamed()
    {
        using var folder = new TemporaryFolder();
        int i = 0;
        foreach (string path in Directory.GetFiles(Path.Combine(RealDicom.Folder, Small)).Take(2))
        {
            DicomDataset dataset = DicomFile.Open(path, FileReadOption.ReadAll).Dataset.NotValidated();
            dataset.AddOrUpdate(DicomTag.PatientID, "SECRET" + i);
            await new DicomFile(dataset).SaveAsync(folder[$"{i++}.dcm"]);
        }

        InstanceSet set = await Read(folder.Path);

        Assert.Equal(2, set.Instances.Select(image => image.PatientKey).Distinct().Count());
        Assert.All(set.Instances, image => Assert.DoesNotContain("SECRET", image.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task EveryOddFileIsReadOrRefusedWithACode()
    {
        InstanceSet set = await Read(Path.Combine(RealDicom.Folder, "files"));

        int files = Directory.GetFiles(Path.Combine(RealDicom.Folder, "files"), "*", SearchOption.AllDirectories).Length;
        var named = set.Instances.Select(image => image.Source).Concat(set.Findings.SelectMany(finding => finding.Sources)).ToHashSet();
        Assert.Equal(files, named.Count);
        Assert.All(set.Findings, finding => Assert.NotEqual(ErrorCode.Internal, finding.Code));
        Assert.Contains(set.Instances, image => image.Source.EndsWith("pydicom-MR_truncated.dcm", StringComparison.Ordinal) && image.IsTruncated);
    }

    private static async Task<InstanceSet> Read(string path)
    {
        using var source = new DicomInstanceSource([path]);
        return await source.ReadHeadersAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<InpaintException> Refused(string path, DicomSourceSettings? settings = null)
    {
        using var source = new DicomInstanceSource([path], settings);
        return await Assert.ThrowsAsync<InpaintException>(() => source.ReadHeadersAsync(TestContext.Current.CancellationToken));
    }

    private static void Zip(string path, params (string Name, byte[] Content)[] entries)
    {
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach ((string name, byte[] content) in entries)
        {
            using Stream stream = zip.CreateEntry(name).Open();
            stream.Write(content);
        }
    }
}
