using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Inpaint.Medical.Worker.Deliver;

/// <summary>UIDs of transactions, which must never repeat (PS3.5 B.2).</summary>
internal static class RandomUid
{
    public static string Create() => "2.25." + new BigInteger(
        RandomNumberGenerator.GetBytes(16), isUnsigned: true, isBigEndian: true).ToString(CultureInfo.InvariantCulture);
}
