using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Nifti;

/// <summary>Bytes of a fixed header to a checked <see cref="NiftiHeader"/>.</summary>
internal static class NiftiHeaderParser
{
    public const int Nifti1Size = 348;
    public const int Nifti2Size = 540;

    /// <summary>Version and byte order from the first 4 bytes, or (0, true) if they are of no NIfTI file.</summary>
    public static (int Version, bool IsLittleEndian) Identify(ReadOnlySpan<byte> start)
    {
        int little = BinaryPrimitives.ReadInt32LittleEndian(start);
        int big = BinaryPrimitives.ReadInt32BigEndian(start);
        return (little, big) switch
        {
            (Nifti1Size, _) => (1, true),
            (_, Nifti1Size) => (1, false),
            (Nifti2Size, _) => (2, true),
            (_, Nifti2Size) => (2, false),
            _ => (0, true),
        };
    }

    public static NiftiHeader Parse(ReadOnlySpan<byte> bytes, string name)
    {
        (int version, bool little) = Identify(bytes);
        var fields = new Fields(bytes, little);
        CheckMagic(bytes, version, name);

        NiftiHeader header = version == 1 ? Parse1(fields, name) : Parse2(fields, name);
        Check(header, version == 1 ? fields.Int16(72) : fields.Int16(14), name);
        return header;
    }

    private static NiftiHeader Parse1(Fields fields, string name) => new()
    {
        Version = 1,
        IsLittleEndian = fields.Little,
        Dim = Dimensions(Read(8, fields, static (f, i) => f.Int16(40 + (2 * i))), name),
        DataType = DataType(fields.Int16(70), name),
        PixDim = ReadDouble(8, fields, static (f, i) => f.Single(76 + (4 * i))),
        VoxelOffset = Offset(fields.Single(108), 352, name),
        StoredSlope = fields.Single(112),
        StoredIntercept = fields.Single(116),
        DimInfo = fields.Byte(39),
        Units = fields.Byte(123),
        QformCode = fields.Int16(252),
        SformCode = fields.Int16(254),
        Qform = ReadDouble(6, fields, static (f, i) => f.Single(256 + (4 * i))),
        Sform = ReadDouble(12, fields, static (f, i) => f.Single(280 + (4 * i))),
        Description = fields.Text(148, 80),
        IntentCode = fields.Int16(68),
        IntentName = fields.Text(328, 16),
    };

    private static NiftiHeader Parse2(Fields fields, string name) => new()
    {
        Version = 2,
        IsLittleEndian = fields.Little,
        Dim = Dimensions(Read(8, fields, static (f, i) => f.Int64(16 + (8 * i))), name),
        DataType = DataType(fields.Int16(12), name),
        PixDim = ReadDouble(8, fields, static (f, i) => f.Double(104 + (8 * i))),
        VoxelOffset = Offset(fields.Int64(168), 544, name),
        StoredSlope = fields.Double(176),
        StoredIntercept = fields.Double(184),
        DimInfo = fields.Byte(524),
        Units = fields.Int32(500),
        QformCode = fields.Int32(344),
        SformCode = fields.Int32(348),
        Qform = ReadDouble(6, fields, static (f, i) => f.Double(352 + (8 * i))),
        Sform = ReadDouble(12, fields, static (f, i) => f.Double(400 + (8 * i))),
        Description = fields.Text(240, 80),
        IntentCode = fields.Int32(504),
        IntentName = fields.Text(508, 16),
    };

    private static void CheckMagic(ReadOnlySpan<byte> bytes, int version, string name)
    {
        ReadOnlySpan<byte> magic = version == 1 ? bytes.Slice(344, 4) : bytes.Slice(4, 8);
        ReadOnlySpan<byte> single = version == 1 ? "n+1\0"u8 : "n+2\0\r\n\x1a\n"u8;
        if (magic.SequenceEqual(single))
        {
            return;
        }

        ReadOnlySpan<byte> pair = version == 1 ? "ni1\0"u8 : "ni2\0\r\n\x1a\n"u8;
        throw new InpaintException(ErrorCode.NiftiHeaderInvalid, magic.SequenceEqual(pair)
            ? $"{name}: a .hdr/.img pair; convert it to one .nii file."
            : $"{name}: no NIfTI magic (an ANALYZE header has none); expected n+{version}.");
    }

    private static ImmutableArray<long> Dimensions(ImmutableArray<long> stored, string name)
    {
        if (stored[0] is < 1 or > 7)
        {
            throw Invalid(name, $"dim[0] is {stored[0]}; expected 1 to 7 axes.");
        }

        var lengths = new long[8];
        lengths[0] = stored[0];
        for (int axis = 1; axis < 8; axis++)
        {
            lengths[axis] = axis <= stored[0] ? stored[axis] : 1;
            if (lengths[axis] < 1)
            {
                throw Invalid(name, $"dim[{axis}] is {lengths[axis]}; expected at least 1.");
            }
        }

        return [.. lengths];
    }

    private static NiftiDataType DataType(int code, string name)
    {
        if (Enum.IsDefined((NiftiDataType)code))
        {
            return (NiftiDataType)code;
        }

        throw NiftiDataTypes.UnsupportedName(code) is { } known
            ? new InpaintException(ErrorCode.NiftiTypeUnsupported, $"{name}: voxels are {known}; only real scalar types are read (8 to 64 bit integers, float32, float64).")
            : Invalid(name, $"datatype is {code}, which the standard does not define.");
    }

    private static long Offset(double stored, long least, string name)
    {
        // Old writers leave 0 for "straight after the header".
        double offset = stored == 0 ? least : stored;
        if (!(offset >= least && offset <= long.MaxValue / 2 && Math.Floor(offset) == offset))
        {
            throw Invalid(name, FormattableString.Invariant($"vox_offset is {stored}; expected a whole number of at least {least}."));
        }

        return (long)offset;
    }

    private static void Check(NiftiHeader header, int bitsPerVoxel, string name)
    {
        int expected = 8 * header.DataType.SizeInBytes();
        if (bitsPerVoxel != expected)
        {
            throw Invalid(name, $"bitpix is {bitsPerVoxel}; datatype {header.DataType} has {expected}.");
        }

        if (header.IsScaled && !double.IsFinite(header.StoredIntercept))
        {
            throw Invalid(name, FormattableString.Invariant($"scl_inter is {header.StoredIntercept}; expected a finite number."));
        }
    }

    private static InpaintException Invalid(string name, string what) => new(ErrorCode.NiftiHeaderInvalid, $"{name}: {what}");

    private delegate T FieldAt<T>(Fields fields, int index);

    private static ImmutableArray<long> Read(int count, Fields fields, FieldAt<long> field)
    {
        var values = new long[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = field(fields, i);
        }

        return [.. values];
    }

    private static ImmutableArray<double> ReadDouble(int count, Fields fields, FieldAt<double> field)
    {
        var values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = field(fields, i);
        }

        return [.. values];
    }

    private readonly ref struct Fields(ReadOnlySpan<byte> bytes, bool little)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;

        public bool Little { get; } = little;

        public byte Byte(int at) => _bytes[at];

        public short Int16(int at) => Little ? BinaryPrimitives.ReadInt16LittleEndian(_bytes[at..]) : BinaryPrimitives.ReadInt16BigEndian(_bytes[at..]);

        public int Int32(int at) => Little ? BinaryPrimitives.ReadInt32LittleEndian(_bytes[at..]) : BinaryPrimitives.ReadInt32BigEndian(_bytes[at..]);

        public long Int64(int at) => Little ? BinaryPrimitives.ReadInt64LittleEndian(_bytes[at..]) : BinaryPrimitives.ReadInt64BigEndian(_bytes[at..]);

        public float Single(int at) => BitConverter.Int32BitsToSingle(Int32(at));

        public double Double(int at) => BitConverter.Int64BitsToDouble(Int64(at));

        public string Text(int at, int length)
        {
            ReadOnlySpan<byte> text = _bytes.Slice(at, length);
            int end = text.IndexOf((byte)0);
            return Encoding.Latin1.GetString(end < 0 ? text : text[..end]);
        }
    }
}
