using System.Runtime.InteropServices;

namespace Inpaint.Medical.Dicom.Codecs;

/// <summary>JPEG-LS, lossless and near-lossless, by CharLS 2 (C interface of charls_jpegls_decoder.h).</summary>
internal static unsafe class JpegLsDecoder
{
    private const string Process = "JPEG-LS";
    private const int InterleaveNone = 0;

    private static readonly NativeCodecLibrary Library = new("libcharls.so.2", "libcharls2");

    private static readonly Lazy<Functions> Native = new(Functions.Load, LazyThreadSafetyMode.PublicationOnly);

    public static bool IsAvailable => Library.IsAvailable;

    /// <summary>Decodes one frame.</summary>
    /// <param name="frame">Samples out, colour by pixel, little endian, exactly <paramref name="shape"/>'s bytes.</param>
    /// <exception cref="CodestreamException">Library missing; damaged, cut short, or other dimensions than the header's.</exception>
    public static void Decode(ReadOnlySpan<byte> codestream, FrameShape shape, Span<byte> frame)
    {
        codestream = UpToItsEnd(codestream);
        Functions native = Native.Value;
        nint decoder = native.Create();
        if (decoder == 0)
        {
            throw new CodestreamException($"{Process}: no memory for a decoder.");
        }

        fixed (byte* source = codestream)
        {
            try
            {
                native.Check(native.SetSource(decoder, source, (nuint)codestream.Length));
                native.Check(native.ReadHeader(decoder));
                DecodeSamples(native, decoder, shape, frame);
            }
            finally
            {
                native.Destroy(decoder);
            }
        }
    }

    /// <summary>
    /// Cuts padding off. A codestream without its end is refused here: CharLS 2.4 spends seconds on counting the zeros that it takes to
    /// follow.
    /// </summary>
    private static ReadOnlySpan<byte> UpToItsEnd(ReadOnlySpan<byte> codestream)
    {
        const int MostPadding = 16;
        int end = codestream.LastIndexOf([(byte)0xFF, JpegSegments.EndOfImage]);
        return end >= 0 && end + 2 >= codestream.Length - MostPadding
            ? codestream[..(end + 2)]
            : throw new CodestreamException($"{Process}: the codestream has no end of image; it is cut short.");
    }

    private static void DecodeSamples(Functions native, nint decoder, FrameShape shape, Span<byte> frame)
    {
        FrameInfo info;
        native.Check(native.GetFrameInfo(decoder, &info));
        shape.Require(Process, info.Height, info.Width, info.ComponentCount, info.BitsPerSample);

        nuint size;
        int interleave;
        native.Check(native.GetDestinationSize(decoder, 0, &size));
        native.Check(native.GetInterleaveMode(decoder, &interleave));
        int sampleBytes = info.BitsPerSample <= 8 ? 1 : 2;
        long sampleCount = (long)shape.Rows * shape.Columns * shape.SamplesPerPixel;
        if ((long)size != sampleCount * sampleBytes)
        {
            throw new CodestreamException(FormattableString.Invariant($"{Process}: {size} bytes for {sampleCount} samples."));
        }

        bool isPlanar = interleave == InterleaveNone && shape.SamplesPerPixel > 1;
        if (!isPlanar && sampleBytes == shape.BytesPerSample)
        {
            fixed (byte* target = frame)
            {
                native.Check(native.DecodeToBuffer(decoder, target, size, 0));
            }

            return;
        }

        byte[] samples = new byte[(int)size];
        fixed (byte* target = samples)
        {
            native.Check(native.DecodeToBuffer(decoder, target, size, 0));
        }

        Rearrange(samples, sampleBytes, isPlanar, shape, frame);
    }

    private static void Rearrange(byte[] samples, int sampleBytes, bool isPlanar, FrameShape shape, Span<byte> frame)
    {
        int pixels = shape.Rows * shape.Columns;
        for (int i = 0; i < pixels * shape.SamplesPerPixel; i++)
        {
            int value = sampleBytes == 1 ? samples[i] : samples[2 * i] | (samples[(2 * i) + 1] << 8);
            shape.Store(frame, isPlanar ? (i % pixels * shape.SamplesPerPixel) + (i / pixels) : i, value);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct FrameInfo
    {
        public uint Width, Height;
        public int BitsPerSample, ComponentCount;
    }

    private sealed class Functions
    {
        public required delegate* unmanaged[Cdecl]<nint> Create;
        public required delegate* unmanaged[Cdecl]<nint, void> Destroy;
        public required delegate* unmanaged[Cdecl]<nint, byte*, nuint, int> SetSource;
        public required delegate* unmanaged[Cdecl]<nint, int> ReadHeader;
        public required delegate* unmanaged[Cdecl]<nint, FrameInfo*, int> GetFrameInfo;
        public required delegate* unmanaged[Cdecl]<nint, int*, int> GetInterleaveMode;
        public required delegate* unmanaged[Cdecl]<nint, uint, nuint*, int> GetDestinationSize;
        public required delegate* unmanaged[Cdecl]<nint, byte*, nuint, uint, int> DecodeToBuffer;
        public required delegate* unmanaged[Cdecl]<int, byte*> GetErrorMessage;

        public static Functions Load() => new()
        {
            Create = (delegate* unmanaged[Cdecl]<nint>)Library.Export("charls_jpegls_decoder_create"),
            Destroy = (delegate* unmanaged[Cdecl]<nint, void>)Library.Export("charls_jpegls_decoder_destroy"),
            SetSource = (delegate* unmanaged[Cdecl]<nint, byte*, nuint, int>)Library.Export("charls_jpegls_decoder_set_source_buffer"),
            ReadHeader = (delegate* unmanaged[Cdecl]<nint, int>)Library.Export("charls_jpegls_decoder_read_header"),
            GetFrameInfo = (delegate* unmanaged[Cdecl]<nint, FrameInfo*, int>)Library.Export("charls_jpegls_decoder_get_frame_info"),
            GetInterleaveMode = (delegate* unmanaged[Cdecl]<nint, int*, int>)Library.Export("charls_jpegls_decoder_get_interleave_mode"),
            GetDestinationSize = (delegate* unmanaged[Cdecl]<nint, uint, nuint*, int>)Library.Export("charls_jpegls_decoder_get_destination_size"),
            DecodeToBuffer = (delegate* unmanaged[Cdecl]<nint, byte*, nuint, uint, int>)Library.Export("charls_jpegls_decoder_decode_to_buffer"),
            GetErrorMessage = (delegate* unmanaged[Cdecl]<int, byte*>)Library.Export("charls_get_error_message"),
        };

        public void Check(int error)
        {
            if (error != 0)
            {
                throw new CodestreamException($"{Process}: {Marshal.PtrToStringUTF8((nint)GetErrorMessage(error))}");
            }
        }
    }
}
