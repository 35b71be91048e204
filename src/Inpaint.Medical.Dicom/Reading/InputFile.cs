using FellowOakDicom;

namespace Inpaint.Medical.Dicom.Reading;

/// <summary>One file to be read: on disk or in an archive.</summary>
/// <param name="Name">As shown to the operator; unique within a run.</param>
/// <param name="IsNamed">Named by the operator, rather than found in a folder.</param>
internal abstract record InputFile(string Name, bool IsNamed)
{
    /// <summary>The bytes as stored; can seek.</summary>
    public abstract Stream OpenRead();

    /// <summary>Parses the file. Large values stay on disk until asked for, where there is a disk.</summary>
    public abstract DicomFile Parse();
}

internal sealed record DiskFile(string Name, bool IsNamed, string FullPath) : InputFile(Name, IsNamed)
{
    public override Stream OpenRead() =>
        new FileStream(FullPath, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.SequentialScan);

    public override DicomFile Parse() => DicomFile.Open(FullPath, FileReadOption.ReadLargeOnDemand);
}

internal sealed record ArchiveMember(string Name, bool IsNamed, InputArchive Archive, int Index) : InputFile(Name, IsNamed)
{
    public override Stream OpenRead() => new MemoryStream(Archive.Read(Index), writable: false);

    public override DicomFile Parse()
    {
        using Stream stream = OpenRead();
        return DicomFile.Open(stream, FileReadOption.ReadAll);
    }
}
