using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Series;

namespace Inpaint.Medical.Core.Ports;

/// <summary>Where instances come from: files, folders, archives, a network store.</summary>
public interface IInstanceSource
{
    /// <summary>Reads all headers. An instance that cannot be read becomes a finding, not an exception.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.PathNotFound"/>, <see cref="ErrorCode.NoInstances"/>.</exception>
    Task<InstanceSet> ReadHeadersAsync(CancellationToken cancellationToken);

    /// <summary>Decodes one frame into <paramref name="destination"/>: native little-endian samples, [rows × columns]. Thread-safe.</summary>
    /// <param name="destination">Exactly <see cref="InstanceHeader.FrameLength"/> bytes.</param>
    /// <exception cref="InpaintException">
    /// <see cref="ErrorCode.SliceTruncated"/>, <see cref="ErrorCode.SliceUndecodable"/>, <see cref="ErrorCode.TransferSyntaxUnsupported"/>.
    /// </exception>
    void ReadPixels(InstanceHeader instance, Span<byte> destination);

    /// <summary>SHA-256 of the instance as stored (whole file or archive member), lower-case hex.</summary>
    string Sha256(InstanceHeader instance);
}
