using System.Collections.Concurrent;

namespace FellowOakDicom;

/// <summary>Replaces identifiers by new random ones, the same source always by the same new one within an instance.</summary>
public class DicomUIDGenerator
{
    private readonly ConcurrentDictionary<string, DicomUID> _replacements = new(StringComparer.Ordinal);

    public static DicomUID GenerateDerivedFromUUID() => DicomUID.FromUuid(Guid.NewGuid());

    public static DicomUID GenerateNew() => GenerateDerivedFromUUID();

    public DicomUID Generate(DicomUID sourceUid)
    {
        ArgumentNullException.ThrowIfNull(sourceUid);
        return _replacements.GetOrAdd(sourceUid.UID, static _ => GenerateDerivedFromUUID());
    }

    /// <summary>Replaces every instance identifier in the dataset and its sequences; registered ones (classes, syntaxes) stay.</summary>
    public void RegenerateAll(DicomDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var pending = new Stack<DicomDataset>([dataset]);
        while (pending.TryPop(out DicomDataset current))
        {
            foreach (DicomItem item in current.ToArray())
            {
                if (item is DicomSequence sequence)
                {
                    sequence.Items.ToList().ForEach(pending.Push);
                }
                else if (item is DicomUniqueIdentifier element)
                {
                    Replace(current, element);
                }
            }
        }
    }

    private void Replace(DicomDataset dataset, DicomUniqueIdentifier element)
    {
        DicomUID[] uids = [.. element.Get<DicomUID[]>().Select(uid =>
            uid.Type is DicomUidType.SOPInstance or DicomUidType.FrameOfReference or DicomUidType.Unknown && uid.UID.Length > 0
            && !uid.UID.StartsWith("1.2.840.10008.", StringComparison.Ordinal) ? Generate(uid) : uid)];
        dataset.AddOrUpdate(new DicomUniqueIdentifier(element.Tag, uids));
    }
}
