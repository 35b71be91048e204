namespace FellowOakDicom.IO;

/// <summary>Makes temporary files, readable by this user only.</summary>
public static class TemporaryFile
{
    private static string _storagePath;

    /// <summary>Folder of the files; that of the system unless set. It is made when missing.</summary>
    public static string StoragePath
    {
        get => _storagePath ?? Path.GetTempPath();
        set
        {
            if (value != null)
            {
                Directory.CreateDirectory(value);
            }

            _storagePath = value;
        }
    }

    /// <summary>A new, empty file that is deleted when its reference is no longer used.</summary>
    public static IFileReference Create()
    {
        IFileReference file = Create(out FileStream stream);
        stream.Dispose();
        return file;
    }

    /// <summary>As above, open for writing, without a buffer as fragments are large.</summary>
    internal static IFileReference Create(out FileStream stream)
    {
        string name = Path.Combine(StoragePath, $"{Guid.NewGuid():N}.tmp");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        stream = new FileStream(name, options);
        return new FileReference(name) { IsTempFile = true };
    }
}
