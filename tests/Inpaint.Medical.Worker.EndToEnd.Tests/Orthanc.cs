using System.Text.Json;
using System.Text.Json.Nodes;
using Inpaint.Medical.TestSupport;
using Inpaint.Medical.Worker.Tests;
using Xunit;

namespace Inpaint.Medical.Worker.EndToEnd.Tests;

/// <summary>An Orthanc of its own on free loopback ports, which knows the worker as a modality; DICOMweb where the plugin is installed.</summary>
internal sealed class Orthanc : IDisposable
{
    private const string WebPlugin = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";
    private static readonly HttpClient Http = new();
    private readonly ExternalProgram _program;
    private readonly int _http = RunningWorker.FreePort();
    private readonly int _dicom = RunningWorker.FreePort();

    /// <param name="folder">Of its configuration and storage; created.</param>
    /// <param name="workerPort">Where reports of storage commitment and moved instances go.</param>
    /// <param name="moveAe">AE title under which it knows the worker.</param>
    public Orthanc(string folder, int workerPort, string moveAe = "INPAINT")
    {
        Directory.CreateDirectory(folder);
        var settings = new JsonObject
        {
            ["Name"] = "test",
            ["StorageDirectory"] = Path.Combine(folder, "storage"),
            ["IndexDirectory"] = Path.Combine(folder, "index"),
            ["HttpPort"] = _http,
            ["DicomPort"] = _dicom,
            ["DicomAet"] = "ORTHANC",
            ["RemoteAccessAllowed"] = false,
            ["AuthenticationEnabled"] = false,
            ["DicomAlwaysAllowGet"] = true,
            ["DicomAlwaysAllowMove"] = true,
            ["DicomAlwaysAllowFind"] = true,
            ["StableAge"] = 1,
            ["ConcurrentJobs"] = 2,
            ["DicomModalities"] = new JsonObject { ["worker"] = new JsonArray(moveAe, "127.0.0.1", workerPort) },
            ["DicomWeb"] = new JsonObject { ["Enable"] = true, ["Root"] = "/dicom-web/" },
            ["Plugins"] = HasWeb ? new JsonArray(WebPlugin) : [],
        };
        string file = Path.Combine(folder, "orthanc.json");
        File.WriteAllText(file, settings.ToJsonString());
        _program = new ExternalProgram(Peer.IsInstalled("/usr/sbin/Orthanc") ? "/usr/sbin/Orthanc" : "Orthanc", file);
    }

    /// <summary>Whether the DICOMweb plugin is installed.</summary>
    public static bool HasWeb => File.Exists(WebPlugin);

    public string Dimse => $"ORTHANC@127.0.0.1:{_dicom}";

    public string Web => $"http://127.0.0.1:{_http}/dicom-web/";

    public string Output => _program.Output;

    public Task ReadyAsync() => RunningWorker.UntilAsync(
        async () => (await Http.GetAsync($"http://127.0.0.1:{_http}/system")).IsSuccessStatusCode, "Orthanc is ready");

    /// <summary>Puts files into it, as if they had come from elsewhere.</summary>
    public async Task StoreAsync(IEnumerable<string> files)
    {
        foreach (string file in files)
        {
            using var content = new ByteArrayContent(await File.ReadAllBytesAsync(file));
            (await Http.PostAsync($"http://127.0.0.1:{_http}/instances", content)).EnsureSuccessStatusCode();
        }
    }

    /// <summary>SOP Instance UID to Orthanc's own identifier, of all instances of a series.</summary>
    public async Task<IReadOnlyDictionary<string, string>> InstancesAsync(string seriesUid)
    {
        using var query = new StringContent(JsonSerializer.Serialize(new
        {
            Level = "Instance",
            Expand = true,
            Query = new { SeriesInstanceUID = seriesUid },
        }));
        using HttpResponseMessage answer = await Http.PostAsync($"http://127.0.0.1:{_http}/tools/find", query);
        using JsonDocument found = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync());
        return found.RootElement.EnumerateArray().ToDictionary(
            item => item.GetProperty("MainDicomTags").GetProperty("SOPInstanceUID").GetString()!,
            item => item.GetProperty("ID").GetString()!);
    }

    /// <summary>A stored instance as a file.</summary>
    public async Task<string> DownloadAsync(string id, string folder)
    {
        string path = Path.Combine(Directory.CreateDirectory(folder).FullName, id + ".dcm");
        await File.WriteAllBytesAsync(path, await Http.GetByteArrayAsync($"http://127.0.0.1:{_http}/instances/{id}/file"));
        return path;
    }

    public void Dispose() => _program.Dispose();
}
