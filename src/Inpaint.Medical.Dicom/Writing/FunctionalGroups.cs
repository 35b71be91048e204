using FellowOakDicom;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>Functional groups of a multi-frame source, without private elements (PS3.3 C.7.6.16).</summary>
internal static class FunctionalGroups
{
    /// <summary>Written for every frame anew, wherever the source had them.</summary>
    private static readonly DicomTag[] PerFrameOnly =
    [
        DicomTag.FrameContentSequence, DicomTag.MRImageFrameTypeSequence, DicomTag.CTImageFrameTypeSequence, DicomTag.PlanePositionSequence,
        DicomTag.PixelValueTransformationSequence, DicomTag.DerivationImageSequence,
    ];

    /// <summary>Tell of an acquisition that did not happen.</summary>
    private static readonly DicomTag[] Acquired =
    [
        DicomTag.CardiacSynchronizationSequence, DicomTag.RespiratorySynchronizationSequence, DicomTag.TemporalPositionSequence,
        DicomTag.CTExposureSequence, DicomTag.CTTableDynamicsSequence, DicomTag.CTPositionSequence, DicomTag.IrradiationEventIdentificationSequence,
    ];

    /// <summary>The groups common to all frames of the derived object.</summary>
    public static DicomDataset Shared(DicomDataset source)
    {
        DicomDataset shared = First(source, DicomTag.SharedFunctionalGroupsSequence) is { } item ? Cleaned(item) : Codes.Empty();
        shared.Remove(item => PerFrameOnly.Contains(item.Tag));
        return shared;
    }

    /// <summary>A frame's own groups, and those shared ones that are written for every frame.</summary>
    public static DicomDataset PerFrame(DicomDataset source, int frame, bool isRebuilt)
    {
        DicomDataset own = source.TryGetSequence(DicomTag.PerFrameFunctionalGroupsSequence, out DicomSequence frames) && frame < frames.Items.Count
            ? Cleaned(frames.Items[frame])
            : Codes.Empty();
        if (First(source, DicomTag.SharedFunctionalGroupsSequence) is { } shared)
        {
            foreach (DicomTag tag in PerFrameOnly.Where(tag => !own.Contains(tag) && shared.Contains(tag)))
            {
                own.Add(new DicomSequence(tag, [.. shared.GetSequence(tag).Items.Select(Cleaned)]));
            }
        }

        if (isRebuilt)
        {
            own.Remove(item => Acquired.Contains(item.Tag));
        }

        return own;
    }

    /// <summary>The first item of a sequence, or null.</summary>
    public static DicomDataset? First(DicomDataset dataset, DicomTag tag) =>
        dataset.TryGetSequence(tag, out DicomSequence sequence) && sequence.Items.Count > 0 ? sequence.Items[0] : null;

    private static DicomDataset Cleaned(DicomDataset source)
    {
        DicomDataset clean = Codes.Empty();
        foreach (DicomItem item in source)
        {
            if (item.Tag.Group % 2 == 0)
            {
                clean.Add(item is DicomSequence sequence ? new DicomSequence(item.Tag, [.. sequence.Items.Select(Cleaned)]) : item);
            }
        }

        return clean;
    }
}
