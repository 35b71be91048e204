namespace FellowOakDicom.IO;

/// <summary>A file by name.</summary>
public interface IFileReference
{
    string Name { get; }

    bool Exists { get; }

    /// <summary>Whether the file is deleted when this reference is no longer used.</summary>
    bool IsTempFile { get; set; }

    DirectoryInfo Directory { get; }

    Stream Create();

    Stream Open();

    Stream OpenRead();

    Stream OpenWrite();

    void Delete();

    void Move(string dstFileName, bool overwrite = false);

    byte[] GetByteRange(long offset, int count);
}

/// <summary>A file on disk.</summary>
public sealed class FileReference : IFileReference
{
    private TemporaryFile _temporary;

    public FileReference(string fileName) => Name = fileName;

    public string Name { get; private set; }

    public bool Exists => File.Exists(Name);

    public bool IsTempFile
    {
        get => _temporary is not null;
        set
        {
            _temporary?.Keep();
            _temporary = value ? new TemporaryFile(Name) : null;
        }
    }

    public DirectoryInfo Directory => new(Path.GetDirectoryName(Path.GetFullPath(Name)));

    public Stream Create() => File.Create(Name);

    public Stream Open() => File.Open(Name, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);

    public Stream OpenRead() => File.OpenRead(Name);

    public Stream OpenWrite() => File.OpenWrite(Name);

    public void Delete() => File.Delete(Name);

    public void Move(string dstFileName, bool overwrite = false)
    {
        File.Move(Name, dstFileName, overwrite);
        IsTempFile = false;
        Name = Path.GetFullPath(dstFileName);
    }

    public byte[] GetByteRange(long offset, int count)
    {
        var bytes = new byte[count];
        using Stream stream = OpenRead();
        stream.Position = offset;
        stream.ReadExactly(bytes);
        return bytes;
    }

    public override string ToString() => IsTempFile ? $"{Name} [TEMP]" : Name;

    /// <summary>Deletes a file when it is collected.</summary>
    private sealed class TemporaryFile(string path)
    {
        private bool _isKept;

        ~TemporaryFile()
        {
            try
            {
                if (!_isKept)
                {
                    File.Delete(path);
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // A finalizer has nobody to tell; the system's own clearing of its temporary folder remains.
            }
        }

        public void Keep() => _isKept = true;
    }
}
