using FellowOakDicom;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>DCMTK's storescu towards the worker.</summary>
internal static class Sender
{
    // storescu proposes one compressed transfer syntax, or none.
    private static readonly Dictionary<DicomTransferSyntax, string> Proposals = new()
    {
        [DicomTransferSyntax.JPEGProcess14SV1] = "-xs",
        [DicomTransferSyntax.JPEGLSLossless] = "-xt",
        [DicomTransferSyntax.JPEG2000Lossless] = "-xv",
        [DicomTransferSyntax.RLELossless] = "-xr",
    };

    /// <summary>One association for all files.</summary>
    public static bool Send(int port, IEnumerable<string> files, string ourAe = "SCANNER")
    {
        string[] paths = [.. files];
        return ExternalProgram.Run("storescu", [.. For(paths), "-aet", ourAe, "-aec", "INPAINT", "127.0.0.1", $"{port}", .. paths]).ExitCode == 0;
    }

    /// <summary>High byte of the status that one file was answered with: 0 for success.</summary>
    public static int Answer(int port, string file) =>
        ExternalProgram.Run("storescu", "-aec", "INPAINT", "127.0.0.1", $"{port}", file).ExitCode;

    private static string[] For(string[] files) => [.. files
        .Select(file => Proposals.GetValueOrDefault(DicomFile.Open(file).FileMetaInfo.TransferSyntax)).OfType<string>().Distinct()];
}
