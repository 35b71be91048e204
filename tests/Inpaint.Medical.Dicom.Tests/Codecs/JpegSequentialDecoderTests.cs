using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Inpaint.Medical.Dicom.Codecs;
using Xunit;

namespace Inpaint.Medical.Dicom.Tests.Codecs;

public class JpegSequentialDecoderTests
{
    [Property(MaxTest = 200)]
    public Property FlatBlocksComeBackWithAnyRestartInterval() => Prop.ForAll(Cases().ToArbitrary(), c =>
    {
        int[] levels = Levels(c);
        byte[] frame = Decode(Write(c, levels), c);
        for (int row = 0; row < c.Rows; row++)
        {
            for (int column = 0; column < c.Columns; column++)
            {
                int level = levels[(row / 8 * BlocksPerRow(c)) + (column / 8)];
                Assert.Equal(level, BitConverter.ToUInt16(frame, 2 * ((row * c.Columns) + column)));
            }
        }
    });

    [Fact]
    public void ARestartMarkerOutOfOrderIsRefused()
    {
        var c = new Case(Rows: 24, Columns: 24, Precision: 8, Restart: 2, Seed: 1);
        byte[] codestream = Write(c, Levels(c));
        codestream[codestream.AsSpan().IndexOf([(byte)0xFF, (byte)0xD1]) + 1] = 0xD4;

        Assert.Throws<CodestreamException>(() => Decode(codestream, c));
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        var c = new Case(Rows: 20, Columns: 17, Precision: 12, Restart: 0, Seed: 3);
        byte[] codestream = Write(c, Levels(c));

        for (int length = 0; length < codestream.Length - 2; length++)
        {
            Assert.Throws<CodestreamException>(() => Decode(codestream[..length], c));
        }
    }

    private static Gen<Case> Cases() =>
        from rows in Gen.Choose(1, 40)
        from columns in Gen.Choose(1, 40)
        from precision in Gen.Elements(8, 12)
        from restart in Gen.Choose(0, 6)
        from seed in Gen.Choose(0, int.MaxValue)
        select new Case(rows, columns, precision, restart, seed);

    private static int BlocksPerRow(Case c) => (c.Columns + 7) / 8;

    private static int[] Levels(Case c)
    {
        var random = new System.Random(c.Seed);
        int[] levels = new int[BlocksPerRow(c) * ((c.Rows + 7) / 8)];
        for (int i = 0; i < levels.Length; i++)
        {
            levels[i] = random.Next(1 << c.Precision);
        }

        return levels;
    }

    /// <summary>Blocks of one level: with a quantisation step of 8 the DC coefficient is the level less the middle, and there is no other.</summary>
    private static byte[] Write(Case c, int[] levels)
    {
        var output = new JpegByteWriter();
        output.Marker(0xD8);
        output.Segment(0xDB, [0, .. Enumerable.Repeat((byte)8, 64)]);
        output.Segment(0xC1, [(byte)c.Precision, 0, (byte)c.Rows, 0, (byte)c.Columns, 1, 1, 0x11, 0]);
        output.Segment(0xC4, [0x00, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. Enumerable.Range(0, 16).Select(i => (byte)i)]);
        output.Segment(0xC4, [0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        output.Segment(0xDD, [0, (byte)c.Restart]);
        output.Segment(0xDA, [1, 1, 0x00, 0, 63, 0]);
        int previous = 0;
        for (int block = 0; block < levels.Length; block++)
        {
            if (c.Restart > 0 && block > 0 && block % c.Restart == 0)
            {
                output.Restart((block / c.Restart) - 1);
                previous = 0;
            }

            int dc = levels[block] - (1 << (c.Precision - 1));
            WriteDifference(output, dc - previous);
            previous = dc;
            output.Bits(0, 1);  // end of block
        }

        output.Flush();
        output.Marker(0xD9);
        return output.ToArray();
    }

    private static void WriteDifference(JpegByteWriter output, int difference)
    {
        int category = 0;
        while (Math.Abs(difference) >= 1 << category)
        {
            category++;
        }

        output.Bits((uint)category, 5);
        output.Bits((uint)(difference < 0 ? difference + (1 << category) - 1 : difference), category);
    }

    private static byte[] Decode(byte[] codestream, Case c)
    {
        var shape = new FrameShape(c.Rows, c.Columns, 1, 16);
        byte[] frame = new byte[shape.ByteCount];
        JpegSequentialDecoder.Decode(codestream, shape, frame);
        return frame;
    }

    private sealed record Case(int Rows, int Columns, int Precision, int Restart, int Seed);
}
