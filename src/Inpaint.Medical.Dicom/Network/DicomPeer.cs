using System.Globalization;
using System.Text.RegularExpressions;

namespace Inpaint.Medical.Dicom.Network;

/// <summary>Another application entity: AE title, host, port.</summary>
public sealed partial record DicomPeer(string AeTitle, string Host, int Port)
{
    /// <summary>Reads "AET@host:port"; IPv6 hosts in brackets.</summary>
    /// <returns>Null when the text is not of that form.</returns>
    public static DicomPeer? Parse(string text)
    {
        Match match = Form().Match(text);
        return match.Success && int.TryParse(match.Groups["port"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            && port is > 0 and < 65536
            ? new DicomPeer(match.Groups["aet"].Value, match.Groups["host"].Value.Trim('[', ']'), port)
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{AeTitle}@{Host}:{Port}");

    // PS3.5 6.2, VR AE: at most 16 characters of the default repertoire, no backslash and no control characters.
    [GeneratedRegex(@"^(?<aet>[ -\[\]-~]{1,16})@(?<host>\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.\-]+):(?<port>[0-9]{1,5})$")]
    private static partial Regex Form();
}
