using Inpaint.Medical.TestSupport;

namespace Inpaint.Medical.Dicom.Tests;

/// <summary>The real DICOM files; tests that ask for them are skipped where they are absent.</summary>
internal static class RealDicom
{
    public static string Folder => RealData.PathOf("dicom");

    /// <summary>A single file of an odd encoding.</summary>
    public static string File(string name) => RealData.PathOf("dicom", "files", name);

    /// <summary>Every file of every series, and the single files.</summary>
    public static IEnumerable<string> Files() => RealData.FilesUnder("dicom");
}
