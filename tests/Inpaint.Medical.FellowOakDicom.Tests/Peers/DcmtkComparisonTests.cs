using System.Collections.Concurrent;
using FellowOakDicom;
using FellowOakDicom.Serialization;
using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.FellowOakDicom.Tests.Peers;

/// <summary>Every real file is read as DCMTK reads it, all values compared, or refused with a typed error.</summary>
public class DcmtkComparisonTests
{
    [Fact]
    public void EveryFileIsReadAsDcmtkReadsItOrRefused()
    {
        IReadOnlyList<string> files = RealData.FilesUnder("dicom");
        Assert.SkipUnless(Peer.IsInstalled("dcm2json") && Peer.IsInstalled("dcmdump"), "DCMTK is not installed.");
        var differences = new ConcurrentBag<string>();
        Parallel.ForEach(files, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, path =>
        {
            foreach (string difference in Compare(path).Take(5))
            {
                differences.Add($"{Path.GetRelativePath(RealData.Root!, path)}: {difference}");
            }
        });
        Assert.True(differences.IsEmpty, string.Join(Environment.NewLine, differences.Order(StringComparer.Ordinal)));
        Assert.NotEmpty(files);
    }

    private static List<string> Compare(string path)
    {
        DicomFile file;
        try
        {
            file = DicomFile.Open(path);
        }
        catch (DicomFileException refused)
        {
            // What we refuse, DCMTK refuses too.
            return Peer.Run("dcmdump", path).ExitCode != 0 ? [] : [$"refused, DCMTK reads it: {refused.Message}"];
        }

        (int exitCode, string json, _) = Peer.Run("dcm2json", path);
        if (exitCode == 0)
        {
            string ours = DicomJson.ConvertDicomToJson(file.Dataset, numberSerializationMode: NumberSerializationMode.PreferablyAsNumber);
            return JsonComparison.Differences(json, ours);
        }

        (exitCode, string dump, _) = Peer.Run(System.Text.Encoding.Latin1, "dcmdump", "+L", "-Un", "-q", path);
        return exitCode == 0 ? DumpComparison.Differences(dump, file.Dataset) : file.IsPartial ? [] : CompareWithPydicom(path, file);
    }

    /// <summary>For the file at whose stray group length DCMTK loses its way.</summary>
    private static List<string> CompareWithPydicom(string path, DicomFile file)
    {
        const string Script = "import pydicom, sys; d = pydicom.dcmread(sys.argv[1]); d.pop('PixelData', None); print(d.to_json())";
        (int exitCode, string json, _) = Peer.Run("/usr/bin/python3", "-c", Script, path);
        DicomDataset dataset = file.Dataset.Clone().Remove(DicomTag.PixelData);
        return exitCode != 0 ? ["read whole, DCMTK and pydicom do not read it"]
            : JsonComparison.Differences(json, DicomJson.ConvertDicomToJson(dataset, numberSerializationMode: NumberSerializationMode.PreferablyAsNumber));
    }
}
