namespace FellowOakDicom;

/// <summary>Where a reader stands; given to the callback that may stop it.</summary>
public sealed class ParseState
{
    public DicomTag PreviousTag { get; set; }

    /// <summary>The element that is read next unless the callback stops here.</summary>
    public DicomTag Tag { get; set; }

    /// <summary>0 in the dataset itself, 1 in the items of its sequences, and so on.</summary>
    public int SequenceDepth { get; set; }
}

/// <summary>What to do with values of the large object size or more.</summary>
public enum FileReadOption
{
    /// <summary>As <see cref="ReadLargeOnDemand"/> from files and seekable streams, else as <see cref="ReadAll"/>.</summary>
    Default = 0,

    /// <summary>Leave them in the file or stream until they are asked for.</summary>
    ReadLargeOnDemand = 1,

    /// <summary>Leave them out of the dataset.</summary>
    SkipLargeTags = 2,

    ReadAll = 3,
}
