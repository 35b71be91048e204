using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FellowOakDicom.IO;

/// <summary>Byte order of a transfer syntax.</summary>
public readonly struct Endian : IEquatable<Endian>
{
    public static readonly Endian Little = new(false);
    public static readonly Endian Big = new(true);
    public static readonly Endian LocalMachine = BitConverter.IsLittleEndian ? Little : Big;
    public static readonly Endian Network = Big;

    private readonly bool _isBigEndian;

    private Endian(bool isBigEndian) => _isBigEndian = isBigEndian;

    public static bool operator ==(Endian a, Endian b) => a.Equals(b);

    public static bool operator !=(Endian a, Endian b) => !a.Equals(b);

    public bool Equals(Endian other) => _isBigEndian == other._isBigEndian;

    public override bool Equals(object obj) => obj is Endian other && Equals(other);

    public override int GetHashCode() => _isBigEndian ? 1 : 0;

    public override string ToString() => _isBigEndian ? "Big Endian" : "Little Endian";

    public static void SwapBytes(int bytesToSwap, byte[] bytes) => SwapBytes(bytesToSwap, bytes, bytes.Length);

    public static void SwapBytes(int bytesToSwap, byte[] bytes, int count) => SwapBytes(bytesToSwap, bytes.AsSpan(0, count));

    public static short Swap(short value) => BinaryPrimitives.ReverseEndianness(value);

    public static ushort Swap(ushort value) => BinaryPrimitives.ReverseEndianness(value);

    public static int Swap(int value) => BinaryPrimitives.ReverseEndianness(value);

    public static uint Swap(uint value) => BinaryPrimitives.ReverseEndianness(value);

    public static long Swap(long value) => BinaryPrimitives.ReverseEndianness(value);

    public static ulong Swap(ulong value) => BinaryPrimitives.ReverseEndianness(value);

    /// <summary>Reverses each whole unit of <paramref name="unit"/> bytes; a shorter rest at the end stays as it is.</summary>
    internal static void SwapBytes(int unit, Span<byte> bytes)
    {
        Span<byte> whole = bytes[..(bytes.Length - (unit > 1 ? bytes.Length % unit : 0))];
        switch (unit)
        {
            case 1:
                break;
            case 2:
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ushort>(whole), MemoryMarshal.Cast<byte, ushort>(whole));
                break;
            case 4:
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, uint>(whole), MemoryMarshal.Cast<byte, uint>(whole));
                break;
            case 8:
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ulong>(whole), MemoryMarshal.Cast<byte, ulong>(whole));
                break;
            default:
                for (int start = 0; start < whole.Length; start += unit)
                {
                    whole.Slice(start, unit).Reverse();
                }

                break;
        }
    }
}
