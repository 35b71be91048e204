namespace FellowOakDicom;

/// <summary>A value representation (PS3.5 §6.2): how the bytes of a value are to be read.</summary>
public sealed class DicomVR
{
    internal const int IndexSize = 26 * 26;

    private const byte Space = 0x20;

    public static readonly DicomVR NONE = new("NONE", "No Value Representation", typeof(object));
    public static readonly DicomVR AE = Text("AE", "Application Entity", 16, validate: DicomValidation.ValidateAE);
    public static readonly DicomVR AS = Text("AS", "Age String", 4, validate: DicomValidation.ValidateAS);
    public static readonly DicomVR AT = Binary("AT", "Attribute Tag", 4, typeof(DicomTag), byteSwap: 2);
    public static readonly DicomVR CS = Text("CS", "Code String", 16, validate: DicomValidation.ValidateCS);
    public static readonly DicomVR DA = Text("DA", "Date", 18, validate: DicomValidation.ValidateDA, valueType: typeof(DateTime));
    public static readonly DicomVR DS = Text("DS", "Decimal String", 16, validate: DicomValidation.ValidateDS, valueType: typeof(decimal));
    public static readonly DicomVR DT = Text("DT", "Date Time", 54, validate: DicomValidation.ValidateDT, valueType: typeof(DateTime));
    public static readonly DicomVR FD = Binary("FD", "Floating Point Double", 8, typeof(double));
    public static readonly DicomVR FL = Binary("FL", "Floating Point Single", 4, typeof(float));
    public static readonly DicomVR IS = Text("IS", "Integer String", 12, validate: DicomValidation.ValidateIS, valueType: typeof(int));
    public static readonly DicomVR LO = Text("LO", "Long String", 64, encoded: true, validate: DicomValidation.ValidateLO);
    public static readonly DicomVR LT = Text("LT", "Long Text", 10240, encoded: true, multi: false, validate: DicomValidation.ValidateLT);
    public static readonly DicomVR OB = Bulk("OB", "Other Byte", 1, typeof(byte[]));
    public static readonly DicomVR OD = Bulk("OD", "Other Double", 8, typeof(double[]));
    public static readonly DicomVR OF = Bulk("OF", "Other Float", 4, typeof(float[]));
    public static readonly DicomVR OL = Bulk("OL", "Other Long", 4, typeof(uint[]));
    public static readonly DicomVR OV = Bulk("OV", "Other Very Long", 8, typeof(ulong[]));
    public static readonly DicomVR OW = Bulk("OW", "Other Word", 2, typeof(ushort[]));
    public static readonly DicomVR PN = Text("PN", "Person Name", 64, encoded: true, validate: DicomValidation.ValidatePN);
    public static readonly DicomVR SH = Text("SH", "Short String", 16, encoded: true, validate: DicomValidation.ValidateSH);
    public static readonly DicomVR SL = Binary("SL", "Signed Long", 4, typeof(int));
    public static readonly DicomVR SQ = new("SQ", "Sequence of Items", typeof(DicomDataset));
    public static readonly DicomVR SS = Binary("SS", "Signed Short", 2, typeof(short));
    public static readonly DicomVR ST = Text("ST", "Short Text", 1024, encoded: true, multi: false, validate: DicomValidation.ValidateST);
    public static readonly DicomVR SV = Binary("SV", "Signed Very Long", 8, typeof(long), shortLength: false);
    public static readonly DicomVR TM = Text("TM", "Time", 16, validate: DicomValidation.ValidateTM, valueType: typeof(DateTime));
    public static readonly DicomVR UC = Text("UC", "Unlimited Characters", 0, encoded: true, shortLength: false);
    public static readonly DicomVR UI = Text("UI", "Unique Identifier", 64, padding: 0, validate: DicomValidation.ValidateUI);
    public static readonly DicomVR UL = Binary("UL", "Unsigned Long", 4, typeof(uint));
    public static readonly DicomVR UN = Bulk("UN", "Unknown", 1, typeof(byte[]));
    public static readonly DicomVR UR = Text("UR", "Universal Resource Identifier or Universal Resource Locator", 0, multi: false, shortLength: false);
    public static readonly DicomVR US = Binary("US", "Unsigned Short", 2, typeof(ushort));
    public static readonly DicomVR UT = Text("UT", "Unlimited Text", 0, encoded: true, multi: false, shortLength: false);
    public static readonly DicomVR UV = Binary("UV", "Unsigned Very Long", 8, typeof(ulong), shortLength: false);

    private static readonly DicomVR[] ByLetters = IndexLetters(
        AE, AS, AT, CS, DA, DS, DT, FD, FL, IS, LO, LT, OB, OD, OF, OL, OV, OW, PN, SH, SL, SQ, SS, ST, SV, TM, UC, UI, UL, UN, UR, US, UT, UV);

    private Action<string> _validate;

    private DicomVR(string code, string name, Type valueType)
    {
        Code = code;
        Index = code.Length == 2 ? ((code[0] - 'A') * 26) + (code[1] - 'A') : 0;
        Name = name;
        ValueType = valueType;
        UnitSize = 1;
        ByteSwap = 1;
    }

    public string Code { get; }

    /// <summary>A number for look-up tables of <see cref="IndexSize"/> entries, told from the two letters.</summary>
    internal int Index { get; }

    public string Name { get; }

    public bool IsString { get; private init; }

    /// <summary>Whether Specific Character Set (0008,0005) governs its bytes.</summary>
    public bool IsStringEncoded { get; private init; }

    /// <summary>Whether its length field has 16 bits in explicit VR syntaxes.</summary>
    public bool Is16bitLength { get; private init; }

    public bool IsMultiValue { get; private init; }

    public byte PaddingValue { get; private init; }

    /// <summary>Characters per value; 0 means unlimited.</summary>
    public uint MaximumLength { get; private init; }

    /// <summary>Bytes per value.</summary>
    public int UnitSize { get; private init; }

    /// <summary>Bytes to reverse together when the byte order changes.</summary>
    public int ByteSwap { get; private init; }

    public Type ValueType { get; }

    /// <exception cref="DicomDataException">Not one of the 34 codes.</exception>
    public static DicomVR Parse(string vr) =>
        TryParse(vr, out DicomVR result) ? result : throw new DicomDataException($"Unknown value representation \"{vr}\".");

    public static bool TryParse(string vr, out DicomVR result)
    {
        result = vr == "NONE" ? NONE : vr is { Length: 2 } ? FromLetters(vr[0], vr[1]) : null;
        return result is not null;
    }

    public static bool TryParse(byte[] vr, out DicomVR result)
    {
        result = vr is { Length: >= 2 } ? FromLetters((char)vr[0], (char)vr[1]) : null;
        return result is not null;
    }

    /// <exception cref="DicomValidationException">The value breaks the rules of this VR.</exception>
    public void ValidateString(string content) => _validate?.Invoke(content);

    public override string ToString() => Code;

    internal static DicomVR FromLetters(int first, int second)
    {
        int row = first - 'A', column = second - 'A';
        return (uint)row < 26 && (uint)column < 26 ? ByLetters[(row * 26) + column] : null;
    }

    private static DicomVR[] IndexLetters(params DicomVR[] all)
    {
        var index = new DicomVR[IndexSize];
        foreach (DicomVR vr in all)
        {
            index[vr.Index] = vr;
        }

        return index;
    }

    private static DicomVR Text(
        string code, string name, uint maximum, bool encoded = false, bool multi = true, bool shortLength = true, byte padding = Space,
        Action<string> validate = null, Type valueType = null) =>
        new(code, name, valueType ?? typeof(string))
        {
            IsString = true,
            IsStringEncoded = encoded,
            IsMultiValue = multi,
            Is16bitLength = shortLength,
            PaddingValue = padding,
            MaximumLength = maximum,
            _validate = validate,
        };

    private static DicomVR Binary(string code, string name, int size, Type valueType, int byteSwap = 0, bool shortLength = true) =>
        new(code, name, valueType)
        {
            IsMultiValue = true,
            Is16bitLength = shortLength,
            MaximumLength = (uint)size,
            UnitSize = size,
            ByteSwap = byteSwap == 0 ? size : byteSwap,
        };

    private static DicomVR Bulk(string code, string name, int size, Type valueType) =>
        new(code, name, valueType) { IsMultiValue = true, UnitSize = size, ByteSwap = size };
}
