using System.Collections;

namespace FellowOakDicom.Network;

/// <summary>Service class application information of an extended negotiation (PS3.7 D.3.3.5): bytes numbered from 1.</summary>
public class DicomServiceApplicationInfo : IEnumerable<KeyValuePair<byte, byte>>
{
    private readonly SortedDictionary<byte, byte> _fields = [];

    public DicomServiceApplicationInfo()
    {
    }

    /// <param name="rawApplicationInfo">The bytes as on the wire; the first has index 1.</param>
    public DicomServiceApplicationInfo(byte[] rawApplicationInfo)
    {
        for (int i = 0; i < Math.Min(rawApplicationInfo.Length, byte.MaxValue); i++)
        {
            _fields[(byte)(i + 1)] = rawApplicationInfo[i];
        }
    }

    public int Count => _fields.Count;

    public byte this[byte index]
    {
        get => _fields[index];
        set => _fields[index] = value;
    }

    public void Add(byte index, byte value) => _fields.Add(index, value);

    public void AddOrUpdate(byte index, byte value) => _fields[index] = value;

    public bool Contains(byte index) => _fields.ContainsKey(index);

    public bool Remove(byte index) => _fields.Remove(index);

    /// <summary>The bytes as on the wire; fields that are not set are zero.</summary>
    public byte[] GetValues()
    {
        var values = new byte[_fields.Count == 0 ? 0 : _fields.Keys.Max()];
        foreach ((byte index, byte value) in _fields)
        {
            values[index - 1] = value;
        }

        return values;
    }

    public IEnumerator<KeyValuePair<byte, byte>> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Join(", ", _fields.Select(field => $"{field.Key}: {field.Value}"));
}
