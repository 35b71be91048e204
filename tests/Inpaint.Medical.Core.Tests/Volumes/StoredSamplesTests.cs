using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.Core.Tests.Volumes;

public sealed class StoredSamplesTests
{
    public static TheoryData<SampleType, int, int> Formats => new()
    {
        { SampleType.UInt16, 16, 15 }, { SampleType.UInt16, 12, 11 }, { SampleType.UInt16, 12, 15 }, { SampleType.UInt16, 10, 12 },
        { SampleType.Int16, 16, 15 }, { SampleType.Int16, 12, 11 }, { SampleType.Int16, 12, 13 }, { SampleType.Int16, 1, 0 },
        { SampleType.UInt8, 8, 7 }, { SampleType.UInt8, 7, 6 }, { SampleType.Int8, 8, 7 }, { SampleType.Int8, 6, 6 },
        { SampleType.UInt32, 32, 31 }, { SampleType.Int32, 24, 23 }, { SampleType.Int64, 64, 63 },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void EveryBitPatternIsReadAsItsSlowTwinReadsIt(SampleType type, int bitsStored, int highBit)
    {
        var format = new PixelFormat(type, bitsStored, highBit);
        var rescale = new Rescale(1.25, -1024);
        byte[] stored = new byte[1003 * format.BytesPerSample];
        new Random(7).NextBytes(stored);
        var real = new float[1003];

        StoredSamples.ToReal(stored, format, rescale, real);

        for (int i = 0; i < real.Length; i++)
        {
            double expected = (SlowRead(stored.AsSpan(i * format.BytesPerSample, format.BytesPerSample), format) * 1.25) - 1024;
            Assert.Equal((float)expected, real[i]);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void WhatIsWrittenIsReadBack(SampleType type, int bitsStored, int highBit)
    {
        var format = new PixelFormat(type, bitsStored, highBit);
        (double minimum, double maximum) = StoredSamples.Range(format);
        double[] values = [minimum, Math.Truncate(minimum / 2), 0, Math.Truncate(maximum / 3), maximum];
        byte[] stored = new byte[values.Length * format.BytesPerSample];

        for (int i = 0; i < values.Length; i++)
        {
            StoredSamples.Write(stored, i, format, values[i]);
        }

        Assert.Equal(values, Enumerable.Range(0, values.Length).Select(i => StoredSamples.Read(stored, i, format)));
    }

    [Fact]
    public void SignedTwelveBitsIgnoreWhatLiesAbove()
    {
        // 0xF801: bits above bit 11 are rubbish; 0x801 is −2047.
        var real = new float[1];

        StoredSamples.ToReal([0x01, 0xF8], new PixelFormat(SampleType.Int16, 12, 11), Rescale.Identity, real);

        VolumeAssert.BitEqual([-2047], real);
    }

    [Fact]
    public void LengthsMustAgree() =>
        Assert.Throws<ArgumentException>(() => StoredSamples.ToReal(new byte[5], new PixelFormat(SampleType.Int16, 16, 15), Rescale.Identity, new float[2]));

    // Bit by bit, as PS3.5 8.1.1 describes it.
    private static double SlowRead(ReadOnlySpan<byte> sample, PixelFormat format)
    {
        int lowBit = format.HighBit + 1 - format.BitsStored;
        Int128 value = 0;
        for (int bit = 0; bit < format.BitsStored; bit++)
        {
            int at = lowBit + bit;
            if ((sample[at / 8] >> (at % 8) & 1) == 1)
            {
                bool isSign = format.IsSigned && bit == format.BitsStored - 1;
                value += isSign ? -(Int128.One << bit) : Int128.One << bit;
            }
        }

        return (double)value;
    }
}
