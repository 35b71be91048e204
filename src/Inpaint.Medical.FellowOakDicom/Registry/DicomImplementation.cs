namespace FellowOakDicom;

/// <summary>
/// How this implementation names itself in files and associations (PS3.7 §D.3.3.2). It does not pass for the package whose interface it
/// has: its class and name are its own until the application sets others.
/// </summary>
public static class DicomImplementation
{
    public static DicomUID ClassUID { get; set; } = new("2.25.285688374551876869625987231810211982408", "Implementation Class UID", DicomUidType.Unknown);

    public static string Version { get; set; } = "INPAINT";
}
