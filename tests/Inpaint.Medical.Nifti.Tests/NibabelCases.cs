using System.Diagnostics;
using System.Text.Json;

namespace Inpaint.Medical.Nifti.Tests;

/// <summary>Files that nibabel wrote and what it reads from them; made once for all tests.</summary>
public sealed class NibabelCases : IDisposable
{
    private const string Python = "/usr/bin/python3";

    public NibabelCases()
    {
        Folder = Directory.CreateTempSubdirectory("nifti-cases-").FullName;
        IsAvailable = File.Exists(Python) && Run("-c", "import nibabel").ExitCode == 0;
        if (IsAvailable)
        {
            (int exitCode, string output) = Run(Path.Combine(AppContext.BaseDirectory, "nibabel_cases.py"), Folder);
            Assert.True(exitCode == 0, output);
            Cases = JsonSerializer.Deserialize<NibabelCase[]>(File.ReadAllText(Path.Combine(Folder, "cases.json")), JsonSerializerOptions.Web)!;
        }
    }

    public string Folder { get; }

    public bool IsAvailable { get; }

    public IReadOnlyList<NibabelCase> Cases { get; } = [];

    public void SkipWithoutNibabel() => Assert.SkipUnless(IsAvailable, "python3-nibabel is not installed.");

    public string PathOf(NibabelCase nibabelCase) => Path.Combine(Folder, nibabelCase.File);

    public static (int ExitCode, string Output) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

public sealed record NibabelCase(
    string File, int Version, bool LittleEndian, int[] Shape, double[] Affine, double[] Zooms, JsonElement[][] Extensions);
