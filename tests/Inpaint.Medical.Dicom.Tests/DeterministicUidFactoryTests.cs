using System.Text.RegularExpressions;
using Xunit;

namespace Inpaint.Medical.Dicom.Tests;

public class DeterministicUidFactoryTests
{
    [Fact]
    public void TheSameFieldsGiveTheSameUidAndOthersAnother()
    {
        var uids = new DeterministicUidFactory();

        Assert.Equal(uids.Create("image", "1.2", "3"), uids.Create("image", "1.2", "3"));
        Assert.NotEqual(uids.Create("image", "1.2", "3"), uids.Create("image", "1.23"));
        Assert.NotEqual(uids.Create("image", "1.2", "3"), new DeterministicUidFactory("secret"u8.ToArray()).Create("image", "1.2", "3"));
    }

    [Fact]
    // $ python3 -c "import hmac,hashlib;h=bytearray(hmac.new(b'key',b'slice-repair/uid/1\x1fseries\x1f1.2.3',hashlib.sha256).digest()[:16]);
    //   h[6]=h[6]&15|128;h[8]=h[8]&63|128;print('2.25.%d'%int.from_bytes(h,'big'))"
    public void AgreesWithAnIndependentComputation() => Assert.Equal(
        "2.25.322023517944837468853592081713178848505", new DeterministicUidFactory("key"u8.ToArray()).Create("series", "1.2.3"));

    [Fact]
    public void EveryUidIsAVersion8UuidOfAtMost44Characters()
    {
        var uids = new DeterministicUidFactory();
        for (int i = 0; i < 1000; i++)
        {
            string uid = uids.Create("image", i.ToString(System.Globalization.CultureInfo.InvariantCulture));

            Assert.Matches(new Regex(@"^2\.25\.[1-9][0-9]{0,38}$"), uid);
            byte[] uuid = System.Numerics.BigInteger.Parse(uid[5..], System.Globalization.CultureInfo.InvariantCulture).ToByteArray(isUnsigned: true, isBigEndian: true);
            byte[] padded = [.. new byte[16 - uuid.Length], .. uuid];
            Assert.Equal(8, padded[6] >> 4);
            Assert.Equal(2, padded[8] >> 6);
        }
    }
}
