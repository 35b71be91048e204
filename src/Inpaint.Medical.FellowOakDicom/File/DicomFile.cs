using System.Text;
using FellowOakDicom.IO;
using FellowOakDicom.IO.Reader;
using FellowOakDicom.IO.Writer;

namespace FellowOakDicom;

public enum DicomFileFormat
{
    Unknown = 0,

    /// <summary>Preamble, file meta information, dataset (PS3.10 §7).</summary>
    DICOM3 = 1,

    /// <summary>File meta information without preamble.</summary>
    DICOM3NoPreamble = 2,

    /// <summary>A dataset alone.</summary>
    DICOM3NoFileMetaInfo = 3,
    ACRNEMA1 = 4,
    ACRNEMA2 = 5,
}

/// <summary>A dataset with the file meta information that a file needs.</summary>
public partial class DicomFile
{
    public DicomFile()
    {
        FileMetaInfo = new DicomFileMetaInformation();
        Dataset = new DicomDataset();
        Format = DicomFileFormat.DICOM3;
    }

    /// <exception cref="DicomDataException">SOP Class UID or SOP Instance UID is absent.</exception>
    public DicomFile(DicomDataset dataset)
    {
        Dataset = dataset ?? throw new ArgumentNullException(nameof(dataset));
        FileMetaInfo = new DicomFileMetaInformation(dataset);
        Format = DicomFileFormat.DICOM3;
    }

    public IFileReference File { get; protected set; }

    public DicomFileFormat Format { get; protected set; }

    public DicomFileMetaInformation FileMetaInfo { get; protected set; }

    public DicomDataset Dataset { get; protected set; }

    /// <summary>Whether the input ended within an element, or a stop callback ended reading.</summary>
    public bool IsPartial { get; protected set; }

    public static DicomFile Open(string fileName, FileReadOption readOption = FileReadOption.Default, int largeObjectSize = 0) =>
        Open(fileName, DicomEncoding.Default, null, readOption, largeObjectSize);

    /// <summary>Reads a file.</summary>
    /// <param name="fileName">Path.</param>
    /// <param name="fallbackEncoding">Character set of text where the dataset names none.</param>
    /// <param name="stop">Called before each element; true ends reading there.</param>
    /// <param name="readOption">What happens to large values.</param>
    /// <param name="largeObjectSize">Bytes from which a value counts as large; 64 KiB if not positive.</param>
    /// <exception cref="DicomFileException">The file is absent, unreadable or not DICOM; the inner exception says which.</exception>
    public static DicomFile Open(
        string fileName, Encoding fallbackEncoding, Func<ParseState, bool> stop = null, FileReadOption readOption = FileReadOption.Default,
        int largeObjectSize = 0)
    {
        ArgumentNullException.ThrowIfNull(fallbackEncoding);
        var file = new DicomFile();
        return file.Load(fileName, () => file.File = new FileReference(fileName), () => new ByteSource(file.File), fallbackEncoding, stop, readOption, largeObjectSize);
    }

    public static DicomFile Open(Stream stream, FileReadOption readOption = FileReadOption.Default, int largeObjectSize = 0) =>
        Open(stream, DicomEncoding.Default, null, readOption, largeObjectSize);

    /// <summary>Reads a file from a stream, which stays open; large values are read from it later if it can seek.</summary>
    /// <exception cref="DicomFileException">The content is not DICOM or cannot be read.</exception>
    public static DicomFile Open(
        Stream stream, Encoding fallbackEncoding, Func<ParseState, bool> stop = null, FileReadOption readOption = FileReadOption.Default,
        int largeObjectSize = 0)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(fallbackEncoding);
        var file = new DicomFile();
        return file.Load("the stream", null, () => new ByteSource(stream), fallbackEncoding, stop, readOption, largeObjectSize);
    }

    public static Task<DicomFile> OpenAsync(string fileName, FileReadOption readOption = FileReadOption.Default, int largeObjectSize = 0) =>
        Task.Run(() => Open(fileName, readOption, largeObjectSize));

    public static Task<DicomFile> OpenAsync(
        string fileName, Encoding fallbackEncoding, Func<ParseState, bool> stop = null, FileReadOption readOption = FileReadOption.Default,
        int largeObjectSize = 0) => Task.Run(() => Open(fileName, fallbackEncoding, stop, readOption, largeObjectSize));

    public static Task<DicomFile> OpenAsync(Stream stream, FileReadOption readOption = FileReadOption.Default, int largeObjectSize = 0) =>
        Task.Run(() => Open(stream, readOption, largeObjectSize));

    public static Task<DicomFile> OpenAsync(
        Stream stream, Encoding fallbackEncoding, Func<ParseState, bool> stop = null, FileReadOption readOption = FileReadOption.Default,
        int largeObjectSize = 0) => Task.Run(() => Open(stream, fallbackEncoding, stop, readOption, largeObjectSize));

    /// <summary>Whether "DICM" stands after a preamble of 128 bytes.</summary>
    public static bool HasValidHeader(string path)
    {
        try
        {
            using FileStream stream = System.IO.File.OpenRead(path);
            var start = new byte[FileHeader.DatasetOffset];
            return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && FileHeader.HasPreamble(start);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Writes the file under a temporary name beside its place and then renames it, so that an old file is replaced whole or not at all.</summary>
    /// <exception cref="DicomFileException">The format is ACR-NEMA.</exception>
    public void Save(string fileName, DicomWriteOptions options = null)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        PrepareToSave();
        string target = Path.GetFullPath(fileName);
        if (File is not null && Path.GetFullPath(File.Name) == target)
        {
            // Values that are still in the file would be lost with it.
            ValueLoader.LoadAll(Dataset);
        }

        string temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                FileWriter.Write(stream, this, options);
            }

            System.IO.File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            System.IO.File.Delete(temporary);
            throw;
        }

        File = new FileReference(fileName);
    }

    public void Save(Stream stream, DicomWriteOptions options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        PrepareToSave();
        using var buffered = new BufferedStream(new KeptOpen(stream), 1 << 16);
        FileWriter.Write(buffered, this, options);
    }

    public Task SaveAsync(string fileName, DicomWriteOptions options = null) => Task.Run(() => Save(fileName, options));

    public Task SaveAsync(Stream stream, DicomWriteOptions options = null) => Task.Run(() => Save(stream, options));

    public override string ToString() => $"DICOM File [{Format}]";

    /// <summary>Called before saving.</summary>
    protected virtual void OnSave()
    {
    }

    private DicomFile Load(
        string name, Action identify, Func<ByteSource> open, Encoding fallback, Func<ParseState, bool> stop, FileReadOption option, int largeObjectSize)
    {
        try
        {
            identify?.Invoke();
            using ByteSource source = open();
            FileReader.Result result = FileReader.Read(source, fallback, stop, option, largeObjectSize);
            Format = result.Format;
            FileMetaInfo = result.MetaInfo;
            Dataset = result.Dataset;
            IsPartial = result.End != ReadEnd.Complete;
            return this;
        }
        catch (Exception error) when (error is not DicomFileException)
        {
            throw new DicomFileException(this, $"Cannot read {name} as DICOM: {error.Message}", error);
        }
    }

    private void PrepareToSave()
    {
        if (Format is DicomFileFormat.ACRNEMA1 or DicomFileFormat.ACRNEMA2)
        {
            throw new DicomFileException(this, "Unable to save ACR-NEMA files");
        }

        FileMetaInfo = Format == DicomFileFormat.DICOM3NoFileMetaInfo ? new DicomFileMetaInformation(Dataset) : new DicomFileMetaInformation(FileMetaInfo);
        OnSave();
    }
}

public static class DicomFileExtensions
{
    /// <summary>A copy with a copy of the dataset; see <see cref="DicomDatasetExtensions.Clone"/> for what is shared.</summary>
    public static DicomFile Clone(this DicomFile original)
    {
        ArgumentNullException.ThrowIfNull(original);
        return new CopiedFile(original);
    }

    private sealed class CopiedFile : DicomFile
    {
        public CopiedFile(DicomFile original)
        {
            File = original.File;
            Format = original.Format;
            FileMetaInfo = new DicomFileMetaInformation(original.FileMetaInfo);
            Dataset = original.Dataset.Clone();
            IsPartial = original.IsPartial;
        }
    }
}
