using FellowOakDicom;
using FellowOakDicom.Imaging;
using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>A series to send.</summary>
/// <param name="Files">One instance each.</param>
/// <param name="SlicesWhenFilled">Instances of the derived series.</param>
internal sealed record Material(IReadOnlyList<string> Files, int SlicesWhenFilled)
{
    private const string Brain = "/usr/share/mricron/templates/ch2.nii.gz";

    /// <summary>The command line program of the same build.</summary>
    public static string Program { get; } = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "Inpaint.Medical.Cli", new DirectoryInfo(AppContext.BaseDirectory).Name, "inpaint"));

    public string SeriesUid { get; } = DicomFile.Open(Files[0]).Dataset.GetSingleValue<string>(DicomTag.SeriesInstanceUID);

    public static Material Real(string name, int slicesWhenFilled) => new(RealData.FilesUnder("dicom", name), slicesWhenFilled);

    /// <summary>The brain of the demo as DICOM, with slices removed.</summary>
    public static Material Demo(string folder)
    {
        Assert.SkipUnless(File.Exists(Brain), "mricron-data is not installed.");
        Inpaint("sample", "from-nifti", Brain, "-o", folder);
        string[] files = Slices(folder);
        return new Material([.. files.Where((_, index) => index is not (80 or 81 or 120))], files.Length);
    }

    /// <summary>A small phantom without its slice 5.</summary>
    public static Material Phantom(string folder, int slices = 12)
    {
        Inpaint("sample", "phantom", "-o", folder, "--count", $"{slices}", "--size", "32");
        return new Material([.. Slices(folder).Where((_, index) => index != 5)], slices);
    }

    /// <summary>The whole phantom, from which series of any number are made.</summary>
    public static string[] WholePhantom(string folder, int slices = 12)
    {
        Inpaint("sample", "phantom", "-o", folder, "--count", $"{slices}", "--size", "32");
        return Slices(folder);
    }

    /// <summary>The same images as another study, number <paramref name="number"/>.</summary>
    public static string[] Renumber(IEnumerable<string> files, string folder, int number, Action<DicomDataset>? change = null)
    {
        Directory.CreateDirectory(folder);
        return [.. files.Select((file, index) =>
        {
            DicomFile copy = DicomFile.Open(file, FileReadOption.ReadAll);
            copy.Dataset.AddOrUpdate(DicomTag.StudyInstanceUID, $"1.2.826.0.1.3680043.8.498.77.{number}");
            copy.Dataset.AddOrUpdate(DicomTag.SeriesInstanceUID, SeriesNumber(number));
            copy.Dataset.AddOrUpdate(DicomTag.FrameOfReferenceUID, $"1.2.826.0.1.3680043.8.498.77.{number}.2");
            string uid = $"{SeriesNumber(number)}.{index + 1}";
            copy.Dataset.AddOrUpdate(DicomTag.SOPInstanceUID, uid);
            change?.Invoke(copy.Dataset);
            string path = Path.Combine(folder, $"{number}-{index:D4}.dcm");
            new DicomFile(copy.Dataset).Save(path);
            return path;
        })];
    }

    /// <summary>Series Instance UID that <see cref="Renumber"/> gives.</summary>
    public static string SeriesNumber(int number) => $"1.2.826.0.1.3680043.8.498.77.{number}.1";

    /// <summary>Pixel Data of the first frame, as stored.</summary>
    public static byte[] Pixels(string file) =>
        DicomPixelData.Create(DicomFile.Open(file, FileReadOption.ReadAll).Dataset).GetFrame(0).Data;

    public static string Uid(string file) => DicomFile.Open(file).Dataset.GetSingleValue<string>(DicomTag.SOPInstanceUID);

    private static string[] Slices(string folder) => [.. Directory.GetFiles(folder, "*.dcm").Order(StringComparer.Ordinal)];

    private static void Inpaint(params string[] arguments)
    {
        (int exitCode, string output) = ExternalProgram.Run(Program, arguments);
        Assert.True(exitCode == 0, output);
    }
}
