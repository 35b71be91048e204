using System.Runtime.InteropServices;

namespace Inpaint.Medical.Dicom.Codecs;

/// <summary>JPEG 2000 Part 1 by OpenJPEG 2.5 (C interface of openjpeg.h), one thread, from memory.</summary>
internal static unsafe class Jpeg2000Decoder
{
    private const string Process = "JPEG 2000";
    private const int RawCodestream = 0;
    private const int ParametersSize = 16384;  // opj_dparameters_t is 8252 bytes in 2.5; the library fills in defaults

    private static readonly NativeCodecLibrary Library = new("libopenjp2.so.7", "libopenjp2-7");

    private static readonly Lazy<Functions> Native = new(Functions.Load, LazyThreadSafetyMode.PublicationOnly);

    public static bool IsAvailable => Library.IsAvailable;

    /// <summary>Decodes one frame. The inverse colour transform, where the codestream has one, is done.</summary>
    /// <param name="frame">Samples out, colour by pixel, little endian, exactly <paramref name="shape"/>'s bytes.</param>
    /// <exception cref="CodestreamException">Library missing; damaged, cut short, or other dimensions than the header's.</exception>
    public static void Decode(ReadOnlySpan<byte> codestream, FrameShape shape, Span<byte> frame)
    {
        codestream = Jpeg2000Header.FindCodestream(codestream);
        Jpeg2000Header.Parse(codestream).Require(shape);

        Functions native = Native.Value;
        var source = new Source { Length = codestream.Length };
        fixed (byte* data = codestream)
        {
            source.Data = data;
            nint stream = 0, codec = 0;
            Image* image = null;
            try
            {
                stream = OpenStream(native, &source);
                codec = OpenCodec(native, &source);
                bool read = native.ReadHeader(stream, codec, &image) != 0
                    && native.Decode(codec, stream, image) != 0
                    && native.EndDecompress(codec, stream) != 0;
                if (!read)
                {
                    throw new CodestreamException($"{Process}: {source.Message}");
                }

                Store(image, shape, frame);
            }
            finally
            {
                native.DestroyImage(image);
                native.DestroyCodec(codec);
                native.DestroyStream(stream);
            }
        }
    }

    private static nint OpenStream(Functions native, Source* source)
    {
        nint stream = native.CreateStream((nuint)Math.Clamp(source->Length, 4096, 1 << 20), 1);
        if (stream == 0)
        {
            throw new CodestreamException($"{Process}: no memory for a stream.");
        }

        native.SetUserData(stream, source, 0);
        native.SetUserDataLength(stream, (ulong)source->Length);
        native.SetRead(stream, &Read);
        native.SetSkip(stream, &Skip);
        native.SetSeek(stream, &Seek);
        return stream;
    }

    private static nint OpenCodec(Functions native, Source* source)
    {
        nint codec = native.CreateDecompress(RawCodestream);
        byte* parameters = stackalloc byte[ParametersSize];
        new Span<byte>(parameters, ParametersSize).Clear();
        native.SetDefaultParameters(parameters);
        if (codec == 0 || native.SetErrorHandler(codec, &KeepMessage, source) == 0 || native.SetupDecoder(codec, parameters) == 0)
        {
            native.DestroyCodec(codec);
            throw new CodestreamException($"{Process}: the decoder could not be set up.");
        }

        return codec;
    }

    private static void Store(Image* image, FrameShape shape, Span<byte> frame)
    {
        if (image->ComponentCount != shape.SamplesPerPixel)
        {
            throw new CodestreamException(FormattableString.Invariant($"{Process}: {image->ComponentCount} components were decoded."));
        }

        int pixels = shape.Rows * shape.Columns;
        for (int c = 0; c < shape.SamplesPerPixel; c++)
        {
            Component* component = image->Components + c;
            if (component->Data is null || component->Width != shape.Columns || component->Height != shape.Rows)
            {
                throw new CodestreamException(FormattableString.Invariant($"{Process}: component {c} was not decoded in full."));
            }

            for (int i = 0; i < pixels; i++)
            {
                shape.Store(frame, (i * shape.SamplesPerPixel) + c, component->Data[i]);
            }
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static nuint Read(void* buffer, nuint count, void* userData)
    {
        Source* source = (Source*)userData;
        long taken = Math.Min((long)count, source->Length - source->Position);
        if (taken <= 0)
        {
            return nuint.MaxValue;  // the end, as openjpeg.h has it
        }

        Buffer.MemoryCopy(source->Data + source->Position, buffer, (long)count, taken);
        source->Position += taken;
        return (nuint)taken;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static long Skip(long count, void* userData)
    {
        Source* source = (Source*)userData;
        long skipped = Math.Min(count, source->Length - source->Position);
        if (count < 0 || skipped <= 0)
        {
            return -1;
        }

        source->Position += skipped;
        return skipped;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static int Seek(long position, void* userData)
    {
        Source* source = (Source*)userData;
        if (position < 0 || position > source->Length)
        {
            return 0;
        }

        source->Position = position;
        return 1;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static void KeepMessage(byte* message, void* userData) => ((Source*)userData)->Keep(message);

    /// <summary>The codestream in memory, and the first message that the library had about it.</summary>
    private struct Source
    {
        private const int MessageSize = 200;
        private fixed byte message[MessageSize];

        public byte* Data;
        public long Length, Position;

        public string Message
        {
            get
            {
                fixed (byte* text = message)
                {
                    string kept = Marshal.PtrToStringUTF8((nint)text)!.Trim();
                    return kept.Length > 0 ? kept : "the codestream is damaged.";
                }
            }
        }

        public void Keep(byte* text)
        {
            for (int i = 0; message[0] == 0 || i > 0; i++)
            {
                message[i] = text[i];
                if (text[i] == 0 || i == MessageSize - 2)
                {
                    return;
                }
            }
        }
    }

    /// <summary>opj_image_t of openjpeg.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Image
    {
        public uint X0, Y0, X1, Y1, ComponentCount;
        public int ColorSpace;
        public Component* Components;
        public byte* IccProfile;
        public uint IccProfileLength;
    }

    /// <summary>opj_image_comp_t of openjpeg.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Component
    {
        public uint Dx, Dy, Width, Height, X0, Y0, Precision, BitsPerPixel, IsSigned, ResolutionsDecoded, Factor;
        public int* Data;
        public ushort Alpha;
    }

    private sealed class Functions
    {
        public required delegate* unmanaged[Cdecl]<nuint, int, nint> CreateStream;
        public required delegate* unmanaged[Cdecl]<nint, void> DestroyStream;
        public required delegate* unmanaged[Cdecl]<nint, Source*, nint, void> SetUserData;
        public required delegate* unmanaged[Cdecl]<nint, ulong, void> SetUserDataLength;
        public required delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<void*, nuint, void*, nuint>, void> SetRead;
        public required delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<long, void*, long>, void> SetSkip;
        public required delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<long, void*, int>, void> SetSeek;
        public required delegate* unmanaged[Cdecl]<int, nint> CreateDecompress;
        public required delegate* unmanaged[Cdecl]<nint, void> DestroyCodec;
        public required delegate* unmanaged[Cdecl]<byte*, void> SetDefaultParameters;
        public required delegate* unmanaged[Cdecl]<nint, byte*, int> SetupDecoder;
        public required delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<byte*, void*, void>, Source*, int> SetErrorHandler;
        public required delegate* unmanaged[Cdecl]<nint, nint, Image**, int> ReadHeader;
        public required delegate* unmanaged[Cdecl]<nint, nint, Image*, int> Decode;
        public required delegate* unmanaged[Cdecl]<nint, nint, int> EndDecompress;
        public required delegate* unmanaged[Cdecl]<Image*, void> DestroyImage;

        public static Functions Load() => new()
        {
            CreateStream = (delegate* unmanaged[Cdecl]<nuint, int, nint>)Library.Export("opj_stream_create"),
            DestroyStream = (delegate* unmanaged[Cdecl]<nint, void>)Library.Export("opj_stream_destroy"),
            SetUserData = (delegate* unmanaged[Cdecl]<nint, Source*, nint, void>)Library.Export("opj_stream_set_user_data"),
            SetUserDataLength = (delegate* unmanaged[Cdecl]<nint, ulong, void>)Library.Export("opj_stream_set_user_data_length"),
            SetRead = (delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<void*, nuint, void*, nuint>, void>)Library.Export("opj_stream_set_read_function"),
            SetSkip = (delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<long, void*, long>, void>)Library.Export("opj_stream_set_skip_function"),
            SetSeek = (delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<long, void*, int>, void>)Library.Export("opj_stream_set_seek_function"),
            CreateDecompress = (delegate* unmanaged[Cdecl]<int, nint>)Library.Export("opj_create_decompress"),
            DestroyCodec = (delegate* unmanaged[Cdecl]<nint, void>)Library.Export("opj_destroy_codec"),
            SetDefaultParameters = (delegate* unmanaged[Cdecl]<byte*, void>)Library.Export("opj_set_default_decoder_parameters"),
            SetupDecoder = (delegate* unmanaged[Cdecl]<nint, byte*, int>)Library.Export("opj_setup_decoder"),
            SetErrorHandler = (delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<byte*, void*, void>, Source*, int>)Library.Export("opj_set_error_handler"),
            ReadHeader = (delegate* unmanaged[Cdecl]<nint, nint, Image**, int>)Library.Export("opj_read_header"),
            Decode = (delegate* unmanaged[Cdecl]<nint, nint, Image*, int>)Library.Export("opj_decode"),
            EndDecompress = (delegate* unmanaged[Cdecl]<nint, nint, int>)Library.Export("opj_end_decompress"),
            DestroyImage = (delegate* unmanaged[Cdecl]<Image*, void>)Library.Export("opj_image_destroy"),
        };
    }
}
