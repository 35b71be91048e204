using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Inpaint.Medical.Dicom.Codecs;
using Xunit;

namespace Inpaint.Medical.Dicom.Tests.Codecs;

public class JpegLosslessDecoderTests
{
    [Property(MaxTest = 300)]
    public Property WhatTheTwinCodesIsDecodedExactly() => Prop.ForAll(Cases().ToArbitrary(), c =>
    {
        ushort[] samples = Samples(c.Writer, c.Seed);
        byte[] frame = Decode(c.Writer, c.Writer.Write(samples));
        Assert.Equal(samples.Select(s => (ushort)(s >> c.Writer.PointTransform << c.Writer.PointTransform)), ToSamples(frame));
    });

    [Fact]
    public void TheLargestDifferenceHasNoFurtherBits()
    {
        var writer = new LosslessJpegWriter { Rows = 1, Columns = 3 };
        ushort[] samples = [0, 0x8000, 0];

        Assert.Equal(samples, ToSamples(Decode(writer, writer.Write(samples))));
    }

    [Theory]
    [InlineData(5, 4, 1, 16, "4 x 4")]
    [InlineData(4, 5, 1, 16, "5 columns")]
    [InlineData(4, 4, 3, 16, "1 component")]
    [InlineData(4, 4, 1, 8, "16 bits per sample")]
    public void AHeaderThatSaysOtherwiseIsRefused(int rows, int columns, int samples, int bits, string told)
    {
        var writer = new LosslessJpegWriter { Rows = 4, Columns = 4 };
        byte[] codestream = writer.Write(new ushort[16]);
        var shape = new FrameShape(rows, columns, samples, bits);

        var e = Assert.Throws<CodestreamException>(() => JpegLosslessDecoder.Decode(codestream, shape, new byte[shape.ByteCount]));

        Assert.Contains(told, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        var writer = new LosslessJpegWriter { Rows = 9, Columns = 7, RestartRows = 2 };
        byte[] codestream = writer.Write(Samples(writer, 5));

        for (int length = 0; length < codestream.Length - 2; length++)
        {
            Assert.Throws<CodestreamException>(() => Decode(writer, codestream[..length]));
        }
    }

    [Fact]
    public void AMissingRestartMarkerIsRefused()
    {
        var writer = new LosslessJpegWriter { Rows = 8, Columns = 8, RestartRows = 1 };
        byte[] codestream = writer.Write(Samples(writer, 5));
        codestream[codestream.AsSpan().IndexOf([(byte)0xFF, (byte)0xD2]) + 1] = 0xD5;

        Assert.Throws<CodestreamException>(() => Decode(writer, codestream));
    }

    private static Gen<(LosslessJpegWriter Writer, int Seed)> Cases() =>
        from rows in Gen.Choose(1, 12)
        from columns in Gen.Choose(1, 12)
        from components in Gen.Elements(1, 3)
        from precision in Gen.Choose(2, 16)
        from predictor in Gen.Choose(1, 7)
        from pointTransform in Gen.Choose(0, Math.Min(3, precision - 1))
        from restartRows in Gen.Choose(0, 3)
        from isInterleaved in Gen.Elements(true, false)
        from seed in Gen.Choose(0, int.MaxValue)
        select (new LosslessJpegWriter
        {
            Rows = rows,
            Columns = columns,
            Components = components,
            Precision = precision,
            Predictor = predictor,
            PointTransform = pointTransform,
            RestartRows = restartRows,
            IsInterleaved = isInterleaved,
        }, seed);

    private static ushort[] Samples(LosslessJpegWriter writer, int seed)
    {
        var random = new Random(seed);
        var samples = new ushort[writer.Rows * writer.Columns * writer.Components];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = (ushort)random.Next(1 << writer.Precision);
        }

        return samples;
    }

    private static byte[] Decode(LosslessJpegWriter writer, byte[] codestream)
    {
        var shape = new FrameShape(writer.Rows, writer.Columns, writer.Components, 16);
        byte[] frame = new byte[shape.ByteCount];
        JpegLosslessDecoder.Decode(codestream, shape, frame);
        return frame;
    }

    private static IEnumerable<ushort> ToSamples(byte[] frame) =>
        Enumerable.Range(0, frame.Length / 2).Select(i => BinaryPrimitives.ReadUInt16LittleEndian(frame.AsSpan(2 * i)));
}
