using FellowOakDicom;

namespace Inpaint.Medical.FellowOakDicom.Tests;

/// <summary>Datasets that tests need: a small valid one, and any number of random ones.</summary>
internal static class SomeDataset
{
    private static readonly DicomVR[] Kinds =
    [
        DicomVR.CS, DicomVR.DS, DicomVR.IS, DicomVR.LO, DicomVR.PN, DicomVR.UI, DicomVR.US, DicomVR.SS, DicomVR.UL, DicomVR.SL, DicomVR.FL, DicomVR.FD,
        DicomVR.OB, DicomVR.OW, DicomVR.UT, DicomVR.AT, DicomVR.UV, DicomVR.SV, DicomVR.SQ,
    ];

    public static DicomDataset Minimal(DicomTransferSyntax? syntax = null) => new(syntax ?? DicomTransferSyntax.ExplicitVRLittleEndian)
    {
        { DicomTag.SOPClassUID, DicomUID.CTImageStorage },
        { DicomTag.SOPInstanceUID, "1.2.3.4" },
        { DicomTag.PatientName, "Doe^Jane" },
    };

    /// <summary>Random private elements of all kinds, sequences up to three deep; the same seed gives the same dataset.</summary>
    public static DicomDataset Random(int seed, DicomTransferSyntax syntax)
    {
        DicomDataset dataset = Minimal(syntax);
        dataset.Add(DicomTag.SpecificCharacterSet, "ISO_IR 192");
        Fill(dataset, new Random(seed), 3);
        return dataset;
    }

    private static void Fill(DicomDataset dataset, Random random, int depth)
    {
        for (ushort element = 1; element <= random.Next(1, 20); element++)
        {
            var tag = new DicomTag(0x0011, element, "INPAINT TEST");
            DicomVR vr = Kinds[random.Next(depth > 0 ? Kinds.Length : Kinds.Length - 1)];
            dataset.AddOrUpdate(Make(vr, tag, random, depth));
        }
    }

    private static DicomItem Make(DicomVR vr, DicomTag tag, Random random, int depth)
    {
        int count = random.Next(4);
        return vr.Code switch
        {
            "CS" => new DicomCodeString(tag, Many(count, () => $"CODE_{random.Next(1000)}")),
            "DS" => new DicomDecimalString(tag, Many(count, () => (decimal)random.Next() / 1000)),
            "IS" => new DicomIntegerString(tag, Many(count, random.Next)),
            "LO" => new DicomLongString(tag, Many(count, () => $"Größe {random.Next()}")),
            "PN" => new DicomPersonName(tag, Many(count, () => $"Yamada^Tarou=山田^太郎{random.Next(9)}")),
            "UI" => new DicomUniqueIdentifier(tag, Many(count, () => $"1.2.{random.Next()}")),
            "US" => new DicomUnsignedShort(tag, Many(count, () => (ushort)random.Next())),
            "SS" => new DicomSignedShort(tag, Many(count, () => (short)random.Next())),
            "UL" => new DicomUnsignedLong(tag, Many(count, () => (uint)random.Next())),
            "SL" => new DicomSignedLong(tag, Many(count, random.Next)),
            "FL" => new DicomFloatingPointSingle(tag, Many(count, random.NextSingle)),
            "FD" => new DicomFloatingPointDouble(tag, Many(count, random.NextDouble)),
            "OB" => new DicomOtherByte(tag, Many(2 * count, () => (byte)random.Next())),
            "OW" => new DicomOtherWord(tag, Many(count, () => (ushort)random.Next())),
            "UT" => new DicomUnlimitedText(tag, new string('x', count) + "\r\nñ"),
            "AT" => new DicomAttributeTag(tag, Many(count, () => new DicomTag((ushort)random.Next(), (ushort)random.Next()))),
            "UV" => new DicomUnsignedVeryLong(tag, Many(count, () => (ulong)random.NextInt64())),
            "SV" => new DicomSignedVeryLong(tag, Many(count, random.NextInt64)),
            _ => new DicomSequence(tag, Many(count, () =>
            {
                var item = new DicomDataset();
                Fill(item, random, depth - 1);
                return item;
            })),
        };
    }

    private static T[] Many<T>(int count, Func<T> make) => [.. Enumerable.Range(0, count).Select(_ => make())];
}
