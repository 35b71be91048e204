using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Inpaint.Medical.Core.Ports;

namespace Inpaint.Medical.Dicom;

/// <summary>
/// UIDs of form 2.25 (PS3.5 B.2) from HMAC-SHA-256 over the key fields, as UUIDs of version 8 (RFC 9562). The same fields give the
/// same UID wherever the site secret is the same; without the secret nobody can tell which fields a UID came from.
/// </summary>
/// <param name="siteSecret">May be empty where output never leaves the site.</param>
public sealed class DeterministicUidFactory(ReadOnlyMemory<byte> siteSecret) : IUidFactory
{
    private const string Scheme = "slice-repair/uid/1";
    private const char Separator = '\u001F';

    public DeterministicUidFactory()
        : this(ReadOnlyMemory<byte>.Empty)
    {
    }

    public string Create(params ReadOnlySpan<string> fields)
    {
        string key = string.Join(Separator, [Scheme, .. fields]);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(siteSecret.Span, Encoding.UTF8.GetBytes(key), hash);

        Span<byte> uuid = hash[..16];
        uuid[6] = (byte)((uuid[6] & 0x0F) | 0x80);
        uuid[8] = (byte)((uuid[8] & 0x3F) | 0x80);
        return "2.25." + new BigInteger(uuid, isUnsigned: true, isBigEndian: true);
    }
}
