using System.Security.Cryptography;
using System.Text.RegularExpressions;
using FellowOakDicom;
using FellowOakDicom.IO.Buffer;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Dicom.Reading;

namespace Inpaint.Medical.Dicom.Network;

/// <summary>What the ledger must know of an object that was received as a Part 10 file.</summary>
/// <param name="IsOwnOutput">Synthetic or derived by this product: never an input.</param>
public sealed partial record ReceivedInstance(
    string SopClassUid,
    string SopInstanceUid,
    string StudyInstanceUid,
    string SeriesInstanceUid,
    bool HasPixels,
    bool IsOwnOutput,
    int? ImagesInAcquisition)
{
    /// <summary>Checks and reads a Part 10 file.</summary>
    /// <param name="content">Can seek, stands at the beginning; large values are not read.</param>
    /// <exception cref="InpaintException">
    /// <see cref="ErrorCode.InstanceUnreadable"/> or <see cref="ErrorCode.ParseLimitExceeded"/>: not a data set;
    /// <see cref="ErrorCode.InstanceTruncated"/>; <see cref="ErrorCode.AttributeInvalid"/>: an identifier is missing or malformed.
    /// </exception>
    public static ReceivedInstance Read(Stream content)
    {
        DicomFile file = Open(content);
        if (file.IsPartial)
        {
            throw new InpaintException(ErrorCode.InstanceTruncated, "The data set ends before its declared end.");
        }

        DicomDataset dataset = file.Dataset;
        return new ReceivedInstance(
            Uid(dataset, DicomTag.SOPClassUID),
            Uid(dataset, DicomTag.SOPInstanceUID),
            Uid(dataset, DicomTag.StudyInstanceUID),
            Uid(dataset, DicomTag.SeriesInstanceUID),
            dataset.Contains(DicomTag.PixelData),
            OwnOutput.Is(new AttributeReader(dataset, null, null, "", [])),
            dataset.TryGetSingleValue(DicomTag.ImagesInAcquisition, out int images) && images > 0 ? images : null);
    }

    /// <summary>Whether two Part 10 files hold the same Pixel Data value, as encoded. Without pixels nothing is the same.</summary>
    /// <param name="first">Can seek, stands at the beginning.</param>
    /// <param name="second">Can seek, stands at the beginning.</param>
    /// <exception cref="InpaintException">As in <see cref="Read"/>.</exception>
    public static bool HaveSamePixels(Stream first, Stream second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        DicomItem? one = Open(first).Dataset.GetDicomItem<DicomItem>(DicomTag.PixelData);
        DicomItem? other = Open(second).Dataset.GetDicomItem<DicomItem>(DicomTag.PixelData);
        return one is not null && other is not null && Digest(one) == Digest(other);
    }

    private static DicomFile Open(Stream content)
    {
        try
        {
            Part10PreScan.Check(content);
            return DicomFile.Open(content, FileReadOption.ReadLargeOnDemand);
        }
        catch (Part10ScanException refused)
        {
            throw new InpaintException(ErrorCode.ParseLimitExceeded, refused.Message, refused);
        }
        catch (DicomException unreadable)
        {
            // The library's message may quote values; its type says enough.
            throw new InpaintException(ErrorCode.InstanceUnreadable, $"Not a readable data set ({unreadable.GetType().Name}).", unreadable);
        }
    }

    private static string Uid(DicomDataset dataset, DicomTag tag)
    {
        string value = dataset.GetSingleValueOrDefault(tag, "");
        return UidForm().IsMatch(value) && value.Length <= 64
            ? value
            : throw new InpaintException(ErrorCode.AttributeInvalid, $"{tag.DictionaryEntry.Keyword} {tag} is missing or not a UID.");
    }

    private static string Digest(DicomItem pixels)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var stream = new HashStream(hash);
        switch (pixels)
        {
            case DicomElement element:
                element.Buffer.CopyToStream(stream);
                break;
            case DicomFragmentSequence fragments:
                foreach (IByteBuffer fragment in fragments.Fragments)
                {
                    fragment.CopyToStream(stream);
                }

                break;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    [GeneratedRegex(@"^[0-9]+(\.[0-9]+)*$")]
    private static partial Regex UidForm();

    /// <summary>A stream that keeps nothing but the digest.</summary>
    private sealed class HashStream(IncrementalHash hash) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => hash.AppendData(buffer, offset, count);

        public override void Write(ReadOnlySpan<byte> buffer) => hash.AppendData(buffer);

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
