namespace Inpaint.Medical.Dicom;

/// <summary>
/// Walks the structure of a DICOM file before a parser sees it: tags and lengths only, no recursion, a fixed amount of memory, large
/// values gone over by seeking. What passes can neither nest a parser to death nor make it inflate or allocate beyond the limits.
/// Lenient where real files are: no preamble or file meta information, a wrong transfer syntax or VR, odd lengths, UN of undefined
/// length, trailing bytes. Sources: PS3.10, 7; PS3.5, 6.2.2, 7.1, 7.5, A.4 and A.5.
/// </summary>
public static class Part10PreScan
{
    private const int PreambleSize = 128;

    /// <summary>Checks a file.</summary>
    /// <exception cref="Part10ScanException">The file is outside <paramref name="limits"/>; it must not be parsed.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Part10ScanReport Check(string path, Part10ScanLimits? limits = null)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        return Check(file, limits);
    }

    /// <summary>Checks a file from the stream's current position on, and brings the stream back there.</summary>
    /// <param name="stream">Must be able to seek.</param>
    /// <exception cref="Part10ScanException">The file is outside <paramref name="limits"/>; it must not be parsed.</exception>
    public static Part10ScanReport Check(Stream stream, Part10ScanLimits? limits = null)
    {
        if (!stream.CanSeek)
        {
            throw new ArgumentException("The stream must be able to seek, so that it can be parsed afterwards.", nameof(stream));
        }

        long origin = stream.Position;
        try
        {
            return Scan(new ScanSource(stream), limits ?? Part10ScanLimits.Default);
        }
        finally
        {
            stream.Position = origin;
        }
    }

    private static Part10ScanReport Scan(ScanSource source, Part10ScanLimits limits)
    {
        SkipPreamble(source);
        var walk = new Part10Walk(source, limits);
        string syntax = walk.ReadFileMetaInformation();
        if (syntax == Part10Encoding.DeflatedUid)
        {
            walk = new Part10Walk(Inflated(source, limits), limits);
        }

        walk.WalkDataset(Part10Encoding.Of(syntax));
        if (walk.Truncation is { } truncation && !limits.AcceptTruncated)
        {
            throw truncation;
        }

        return new Part10ScanReport(syntax, walk.ElementCount, walk.DeepestNesting, walk.Truncation);
    }

    private static void SkipPreamble(ScanSource source)
    {
        ReadOnlySpan<byte> start = source.Peek(PreambleSize + 4);
        if (start.Length == PreambleSize + 4 && start[PreambleSize..].SequenceEqual("DICM"u8))
        {
            source.Skip(PreambleSize + 4);
        }
        else if (start.StartsWith("DICM"u8))
        {
            source.Skip(4);
        }
    }

    private static ScanSource Inflated(ScanSource source, Part10ScanLimits limits)
    {
        long deflated = source.Length - source.Position;
        long most = Math.Min(limits.InflatedBytes, Math.Max(limits.RatioFreeBytes, deflated * limits.InflateRatio));
        return source.Inflate(inflated =>
        {
            if (inflated > most)
            {
                throw new Part10ScanException(Part10Fault.InflatesTooMuch, inflated, "data set", FormattableString.Invariant(
                    $"The deflated data set of {deflated} bytes inflates to more than {most}"));
            }
        });
    }
}
