using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Protocols;

namespace Inpaint.Medical.Storage;

/// <summary>Protocols as files.</summary>
public static class ProtocolFolder
{
    /// <summary>All protocols of a folder (*.yaml), in name order.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.PathNotFound"/>, <see cref="ErrorCode.ProtocolInvalid"/>.</exception>
    public static ImmutableArray<Protocol> Load(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new InpaintException(ErrorCode.PathNotFound, $"There is no folder of protocols at '{folder}'.");
        }

        ImmutableArray<Protocol> protocols = [.. Files(folder).Select(LoadFile).OrderBy(protocol => protocol.Name, StringComparer.Ordinal)];
        string? twice = protocols.GroupBy(protocol => protocol.Name).FirstOrDefault(group => group.Count() > 1)?.Key;
        return twice is null
            ? protocols
            : throw new InpaintException(ErrorCode.ProtocolInvalid, $"{folder}: two files define a protocol named '{twice}'.");
    }

    /// <summary>The files that <see cref="Load"/> reads, in name order.</summary>
    public static ImmutableArray<string> Files(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal)];

    /// <exception cref="InpaintException"><see cref="ErrorCode.PathNotFound"/>, <see cref="ErrorCode.ProtocolInvalid"/>.</exception>
    public static Protocol LoadFile(string file)
    {
        try
        {
            return ProtocolParser.Parse(File.ReadAllText(file), file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InpaintException(ErrorCode.PathNotFound, $"The protocol '{file}' cannot be read: {error.Message}", error);
        }
    }
}
