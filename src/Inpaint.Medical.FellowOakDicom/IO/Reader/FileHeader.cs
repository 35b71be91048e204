using System.Buffers.Binary;

namespace FellowOakDicom.IO.Reader;

/// <summary>What the first bytes of a file say about its form.</summary>
internal static class FileHeader
{
    public const int DatasetOffset = 132;

    public static bool HasPreamble(ReadOnlySpan<byte> start) => start.Length >= DatasetOffset && start.Slice(128, 4).SequenceEqual("DICM"u8);

    /// <summary>The syntax that the first element of a dataset without meta information is in; null if it looks like none.</summary>
    public static DicomTransferSyntax GuessSyntax(ReadOnlySpan<byte> start, long remaining)
    {
        if (start.Length < 8)
        {
            return null;
        }

        ushort little = BinaryPrimitives.ReadUInt16LittleEndian(start);
        ushort big = BinaryPrimitives.ReadUInt16BigEndian(start);
        if (DicomVR.FromLetters(start[4], start[5]) is not null)
        {
            return IsEarlyGroup(little) ? DicomTransferSyntax.ExplicitVRLittleEndian : IsEarlyGroup(big) ? DicomTransferSyntax.ExplicitVRBigEndian : null;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(start[4..]);
        bool isKnown = DicomDictionary.Default.FindRepresentations(new DicomTag(little, BinaryPrimitives.ReadUInt16LittleEndian(start[2..]))) is not null;
        return IsEarlyGroup(little) && isKnown && length <= remaining - 8 ? DicomTransferSyntax.ImplicitVRLittleEndian : null;
    }

    /// <summary>Groups that a dataset can begin with: commands, directory, identification, patient.</summary>
    private static bool IsEarlyGroup(ushort group) => group is 0x0000 or 0x0002 or 0x0004 or 0x0008 or 0x0010 or 0x0018 or 0x0020 or 0x0028;
}
