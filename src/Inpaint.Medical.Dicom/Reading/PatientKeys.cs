using System.Security.Cryptography;
using System.Text;
using FellowOakDicom;

namespace Inpaint.Medical.Dicom.Reading;

/// <summary>Tells patients apart without naming them: a keyed hash of Patient ID, name and birth date.</summary>
/// <param name="secret">Without it the keys of a known patient could be guessed (PS3.15 E.1.1).</param>
internal sealed class PatientKeys(byte[] secret)
{
    private const char Separator = '\u001F';

    private static readonly DicomTag[] Identity = [DicomTag.PatientID, DicomTag.IssuerOfPatientID, DicomTag.PatientName, DicomTag.PatientBirthDate];

    /// <summary>32 hexadecimal digits.</summary>
    public string KeyOf(AttributeReader attributes)
    {
        string identity = string.Join(Separator, Identity.Select(tag => string.Join('\\', attributes.Texts(tag))));
        byte[] hash = HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(identity));
        return Convert.ToHexStringLower(hash.AsSpan(0, 16));
    }
}
