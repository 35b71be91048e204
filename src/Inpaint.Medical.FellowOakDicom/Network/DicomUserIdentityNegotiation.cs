namespace FellowOakDicom.Network;

/// <summary>Form of a user identity, PS3.7 table D.3-14.</summary>
public enum DicomUserIdentityType
{
    Username = 1,
    UsernameAndPasscode = 2,
    Kerberos = 3,
    Saml = 4,
    Jwt = 5,
}

/// <summary>User identity of an association, PS3.7 D.3.3.7. Fields are text in UTF-8.</summary>
public class DicomUserIdentityNegotiation
{
    public DicomUserIdentityType UserIdentityType { get; set; } = DicomUserIdentityType.Username;

    public bool PositiveResponseRequested { get; set; }

    /// <summary>User name, Kerberos ticket, SAML assertion or JSON web token.</summary>
    public string PrimaryField { get; set; } = string.Empty;

    /// <summary>Passcode; only with <see cref="DicomUserIdentityType.UsernameAndPasscode"/>.</summary>
    public string SecondaryField { get; set; } = string.Empty;

    /// <summary>The acceptor's answer; null means that it sent none.</summary>
    public string ServerResponse { get; set; }

    public DicomUserIdentityNegotiation Clone() => (DicomUserIdentityNegotiation)MemberwiseClone();
}
