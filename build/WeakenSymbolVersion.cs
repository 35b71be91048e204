using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// Copies an ELF64 shared object and marks one needed symbol version as weak,
/// so the dynamic linker tolerates a library that does not define that version.
public sealed class WeakenSymbolVersion : Task
{
    [Required] public string Source { get; set; } = "";
    [Required] public string Destination { get; set; } = "";
    [Required] public string Version { get; set; } = "";

    public override bool Execute()
    {
        byte[] image = File.ReadAllBytes(Source);
        int marked = Mark(image, Version);
        if (marked < 0) { Log.LogError("{0} is not a little-endian ELF64 file", Source); return false; }
        if (marked == 0) Log.LogMessage(MessageImportance.Normal, "{0} does not need {1}; copied unchanged", Source, Version);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(Destination))!);
        string temporary = Destination + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(temporary, image);
        if (File.Exists(Destination)) File.Delete(Destination);
        try { File.Move(temporary, Destination); }
        catch (IOException) when (File.Exists(Destination)) { File.Delete(temporary); }
        return true;
    }

    private static int Mark(byte[] d, string version)
    {
        if (d.Length < 64 || d[0] != 0x7f || d[1] != 'E' || d[2] != 'L' || d[3] != 'F' || d[4] != 2 || d[5] != 1) return -1;
        const uint VerNeed = 0x6ffffffe;
        long table = BitConverter.ToInt64(d, 0x28);
        int size = BitConverter.ToUInt16(d, 0x3a), count = BitConverter.ToUInt16(d, 0x3c), marked = 0;
        for (int i = 0; i < count; i++)
        {
            int header = checked((int)(table + (long)i * size));
            if (BitConverter.ToUInt32(d, header + 4) != VerNeed) continue;
            int link = checked((int)(table + (long)BitConverter.ToUInt32(d, header + 40) * size));
            int strings = checked((int)BitConverter.ToInt64(d, link + 24));
            int need = checked((int)BitConverter.ToInt64(d, header + 24));
            while (true)
            {
                int aux = need + (int)BitConverter.ToUInt32(d, need + 8);
                for (int left = BitConverter.ToUInt16(d, need + 2); left > 0; left--)
                {
                    int name = strings + (int)BitConverter.ToUInt32(d, aux + 8);
                    int end = Array.IndexOf(d, (byte)0, name);
                    if (Encoding.ASCII.GetString(d, name, end - name) == version) { d[aux + 4] |= 2; marked++; }
                    int step = (int)BitConverter.ToUInt32(d, aux + 12);
                    if (step == 0) break;
                    aux += step;
                }
                int next = (int)BitConverter.ToUInt32(d, need + 12);
                if (next == 0) break;
                need += next;
            }
        }
        return marked;
    }
}
