using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Nifti;

/// <summary>Writes a NIfTI file as it was read, with the voxels it now holds: whole or not at all.</summary>
public static class NiftiWriter
{
    /// <summary>Writes under a temporary name beside the target, flushes to the disk, and renames.</summary>
    /// <param name="path">Ends in .nii or .nii.gz; must not exist. Equal content gives equal bytes.</param>
    /// <exception cref="InpaintException"><see cref="ErrorCode.OutputExists"/>, <see cref="ErrorCode.OutputNotWritable"/>,
    /// <see cref="ErrorCode.UsageInvalid"/>.</exception>
    public static void Write(NiftiFile file, string path)
    {
        bool compressed = path.EndsWith(".nii.gz", StringComparison.OrdinalIgnoreCase);
        if (!compressed && !path.EndsWith(".nii", StringComparison.OrdinalIgnoreCase))
        {
            throw new InpaintException(ErrorCode.UsageInvalid, $"{path}: the name of the output must end in .nii or .nii.gz.");
        }

        if (Path.Exists(path))
        {
            throw new InpaintException(ErrorCode.OutputExists, $"{path}: exists already; choose another name or remove it.");
        }

        string partial = $"{path}.{Environment.ProcessId}.partial";
        try
        {
            using (var target = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, 1))
            {
                if (compressed)
                {
                    GzipBlocks.Write(file, target);
                }
                else
                {
                    foreach (ReadOnlyMemory<byte> part in file.Parts())
                    {
                        target.Write(part.Span);
                    }
                }

                target.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: false);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            Remove(partial);
            throw new InpaintException(ErrorCode.OutputNotWritable, $"{path}: cannot be written ({Reason(cause)}); nothing was left there.", cause);
        }
        catch
        {
            Remove(partial);
            throw;
        }
    }

    private static string Reason(Exception cause) => cause switch
    {
        DirectoryNotFoundException => "no such folder",
        UnauthorizedAccessException => "no permission",
        // Linux's ENOSPC, Windows' ERROR_DISK_FULL.
        { HResult: 28 or unchecked((int)0x80070070) } => "the disk is full",
        _ => cause.GetType().Name,
    };

    private static void Remove(string partial)
    {
        try
        {
            File.Delete(partial);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            // The first failure is the one to report; the leftover bears a name that no reader takes for a result.
        }
    }
}
