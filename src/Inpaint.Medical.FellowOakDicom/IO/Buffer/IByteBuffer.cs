namespace FellowOakDicom.IO.Buffer;

/// <summary>The bytes of a value, in memory or wherever they can be had when asked for.</summary>
public interface IByteBuffer
{
    /// <summary>Whether <see cref="Data"/> is already in memory, so that asking for it copies nothing.</summary>
    bool IsMemory { get; }

    long Size { get; }

    /// <summary>All bytes; a copy made for this call unless <see cref="IsMemory"/>.</summary>
    byte[] Data { get; }

    /// <summary>Copies <paramref name="count"/> bytes from <paramref name="offset"/> to the start of <paramref name="output"/>.</summary>
    void GetByteRange(long offset, int count, byte[] output);

    void CopyToStream(Stream stream);

    Task CopyToStreamAsync(Stream stream, CancellationToken cancellationToken);
}

/// <summary>Bytes that stay elsewhere and are named by a URI (BulkDataURI of the DICOM JSON model).</summary>
public interface IBulkDataUriByteBuffer : IByteBuffer
{
    string BulkDataUri { get; }
}
