using FellowOakDicom;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>Carries over what the policy allows.</summary>
internal static class CarriedAttributes
{
    /// <param name="survey">The sources, with their policy.</param>
    /// <param name="isCopy">Whether the target's pixels are those of <paramref name="reference"/>.</param>
    public static void Add(SourceSurvey survey, bool isCopy, DicomDataset reference, DicomDataset target)
    {
        foreach (CarriedAttribute attribute in survey.Policy.Attributes)
        {
            DicomDataset source = attribute.Rule == CarryRule.Entity ? survey.Representative : reference;
            bool isCarried = attribute.Rule switch
            {
                CarryRule.Entity => true,
                CarryRule.Slice => isCopy || survey.IsUniform(attribute.Tag),
                CarryRule.Acquired => isCopy,
                _ => survey.IsUniform(attribute.Tag),
            };
            if (isCarried && source.GetDicomItem<DicomItem>(attribute.Tag) is { } item)
            {
                target.AddOrUpdate(item);
            }
            else if (attribute.Type == '2')
            {
                AddEmpty(attribute.Tag, target);
            }
        }
    }

    private static void AddEmpty(DicomTag tag, DicomDataset target)
    {
        if (tag.DictionaryEntry.ValueRepresentations[0] == DicomVR.SQ)
        {
            target.AddOrUpdate(new DicomSequence(tag));
        }
        else
        {
            target.AddOrUpdate(tag, Array.Empty<string>());
        }
    }
}
