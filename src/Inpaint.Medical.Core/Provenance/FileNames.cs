using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Series;

namespace Inpaint.Medical.Core.Provenance;

/// <summary>Takes file names out of what is kept: folders and files are often named after the patient.</summary>
public static class FileNames
{
    /// <summary>The finding without <see cref="Finding.Sources"/>; a file named in its texts is replaced by the instance's UID.</summary>
    public static Finding Remove(Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return finding with
        {
            Sources = [],
            Message = Replace(finding.Message)!,
            Expected = Replace(finding.Expected),
            Found = Replace(finding.Found),
            LikelyCause = Replace(finding.LikelyCause),
            Hint = Replace(finding.Hint),
        };

        string? Replace(string? text) => text is null
            ? null
            : finding.Sources.Zip(finding.SopInstanceUids).Aggregate(text, (current, pair) => Substitute(current, pair.First, pair.Second));
    }

    /// <summary>The text with the names of these instances' files replaced by their UIDs.</summary>
    public static string Remove(string text, IEnumerable<InstanceHeader> instances)
    {
        ArgumentNullException.ThrowIfNull(instances);
        return instances.Aggregate(text, (current, instance) => Substitute(current, instance.Source, instance.SopInstanceUid));
    }

    private static string Substitute(string text, string source, string uid)
    {
        string name = Path.GetFileName(source);
        string without = source.Length == 0 ? text : text.Replace(source, uid, StringComparison.Ordinal);

        // A name as short as "1" would also hit numbers in the sentence.
        return name.Length < 4 ? without : without.Replace(name, uid, StringComparison.Ordinal);
    }
}
