using System.IO.Enumeration;
using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Dicom.Reading;

/// <summary>
/// Turns what the operator names (folders, files, patterns, zip archives) into files, in an order that does not depend on the file
/// system. Folders are read recursively; symbolic links inside them are not followed, so that nothing outside is read.
/// </summary>
internal sealed class InputPaths(ArchiveLimits limits) : IDisposable
{
    private readonly List<InputFile> _files = [];
    private readonly List<Finding> _findings = [];
    private readonly List<InputArchive> _archives = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public IReadOnlyList<InputFile> Files => _files;

    public IReadOnlyList<Finding> Findings => _findings;

    /// <exception cref="InpaintException"><see cref="ErrorCode.PathNotFound"/>, <see cref="ErrorCode.ArchiveRefused"/>.</exception>
    public void Add(string path)
    {
        if (Directory.Exists(path))
        {
            AddFolder(path);
        }
        else if (File.Exists(path))
        {
            AddFile(path, path, isNamed: true);
        }
        else
        {
            string[] matches = IsPattern(path) ? Matches(path) : [];
            if (matches.Length == 0)
            {
                throw new InpaintException(ErrorCode.PathNotFound, $"'{path}' does not exist or matches nothing; give a folder, file, pattern or zip archive.");
            }

            foreach (string match in matches)
            {
                Add(match);
            }
        }
    }

    public void Dispose() => _archives.ForEach(archive => archive.Dispose());

    private void AddFolder(string folder)
    {
        try
        {
            foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().OrderBy(e => e.Name, StringComparer.Ordinal))
            {
                string path = Path.Combine(folder, entry.Name);
                if (entry.LinkTarget is not null)
                {
                    _findings.Add(Skipped(path, "Symbolic link inside a folder, not followed.", "Name its target itself to have it read."));
                }
                else if (entry is DirectoryInfo)
                {
                    AddFolder(path);
                }
                else
                {
                    AddFile(path, path, isNamed: false);
                }
            }
        }
        catch (UnauthorizedAccessException)
        {
            _findings.Add(Skipped(folder, "The folder may not be read.", "Check its permissions."));
        }
    }

    private void AddFile(string name, string path, bool isNamed)
    {
        string full = Path.GetFullPath(path);
        if (string.Equals(Path.GetFileName(path), "DICOMDIR", StringComparison.OrdinalIgnoreCase) || !_seen.Add(full))
        {
            return;
        }

        if (IsArchive(path, isNamed))
        {
            AddArchive(name, full);
        }
        else
        {
            _files.Add(new DiskFile(name, isNamed, full));
        }
    }

    private void AddArchive(string name, string path)
    {
        var archive = new InputArchive(name, path, limits);
        _archives.Add(archive);
        var members = archive.Entries
            .Select((entry, index) => (entry.FullName, entry.Name, Index: index))
            .Where(entry => entry.Name.Length > 0 && !string.Equals(entry.Name, "DICOMDIR", StringComparison.OrdinalIgnoreCase))
            .DistinctBy(entry => entry.FullName)
            .OrderBy(entry => entry.FullName, StringComparer.Ordinal);
        foreach ((string fullName, _, int index) in members)
        {
            _files.Add(new ArchiveMember($"{name}!{fullName}", IsNamed: false, archive, index));
        }
    }

    private static bool IsArchive(string path, bool isNamed)
    {
        if (!isNamed && !path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        try
        {
            using FileStream file = File.OpenRead(path);
            Span<byte> magic = stackalloc byte[4];
            return file.ReadAtLeast(magic, 4, throwOnEndOfStream: false) == 4
                && magic[..2].SequenceEqual("PK"u8) && (magic[2], magic[3]) is (3, 4) or (5, 6);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsPattern(string path) => path.AsSpan().ContainsAny('*', '?');

    private static string[] Matches(string pattern)
    {
        string root = Path.IsPathRooted(pattern) ? Path.GetPathRoot(pattern)! : string.Empty;
        string[] parts = pattern[root.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts.Aggregate((IEnumerable<string>)[root], Narrow).OrderBy(path => path, StringComparer.Ordinal).ToArray();
    }

    private static IEnumerable<string> Narrow(IEnumerable<string> folders, string part) => folders.SelectMany(folder =>
    {
        if (!IsPattern(part))
        {
            string next = Path.Combine(folder, part);
            return Path.Exists(next) ? [next] : Array.Empty<string>();
        }

        string searched = folder.Length == 0 ? "." : folder;
        return Directory.Exists(searched)
            ? Directory.EnumerateFileSystemEntries(searched)
                .Select(entry => Path.GetFileName(entry))
                .Where(name => FileSystemName.MatchesSimpleExpression(part, name, ignoreCase: false))
                .Select(name => Path.Combine(folder, name))
            : [];
    });

    private static Finding Skipped(string path, string message, string hint) => new()
    {
        Code = ErrorCode.InstanceUnreadable,
        Severity = FindingSeverity.Warning,
        Message = message,
        Sources = [path],
        Hint = hint,
    };
}
