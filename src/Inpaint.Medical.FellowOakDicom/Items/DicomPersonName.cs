using System.Text;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

/// <summary>Names of up to five components, in up to three scripts (PS3.5 §6.2.1).</summary>
public sealed class DicomPersonName : DicomMultiStringElement
{
    public DicomPersonName(DicomTag tag, params string[] values) : base(tag, values)
    {
    }

    public DicomPersonName(DicomTag tag, string last, string first, string middle = null, string prefix = null, string suffix = null)
        : base(tag, string.Join('^', last, first, middle, prefix, suffix).TrimEnd('^'))
    {
    }

    public DicomPersonName(DicomTag tag, IByteBuffer data) : base(tag, DicomEncoding.DefaultArray, data)
    {
    }

    public DicomPersonName(DicomTag tag, Encoding[] encodings, IByteBuffer buffer) : base(tag, encodings, buffer)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.PN;

    public string Last => Component(0);

    public string First => Component(1);

    public string Middle => Component(2);

    public string Prefix => Component(3);

    public string Suffix => Component(4);

    /// <summary>Whether the names are equal, empty components and groups at the end not counted.</summary>
    public static bool HaveSameContent(DicomPersonName a, DicomPersonName b) =>
        a is null || b is null ? a is null && b is null : a.Values.Select(Normalize).SequenceEqual(b.Values.Select(Normalize));

    private static string Normalize(string name) => string.Join('=', name.Split('=').Select(group => group.TrimEnd('^', ' '))).TrimEnd('=');

    private string Component(int index)
    {
        string[] components = Count == 0 ? [] : Values[0].Split('=')[0].Split('^');
        return index < components.Length ? components[index] : "";
    }
}
