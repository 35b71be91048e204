namespace FellowOakDicom.Network;

/// <summary>Query/Retrieve Level (0008,0052) of an identifier.</summary>
internal static class QueryLevel
{
    internal static DicomQueryRetrieveLevel Get(DicomDataset identifier)
    {
        string level = identifier?.GetSingleValueOrDefault(DicomTag.QueryRetrieveLevel, string.Empty).Trim() ?? string.Empty;
        return level.ToUpperInvariant() switch
        {
            "PATIENT" => DicomQueryRetrieveLevel.Patient,
            "STUDY" => DicomQueryRetrieveLevel.Study,
            "SERIES" => DicomQueryRetrieveLevel.Series,
            "IMAGE" => DicomQueryRetrieveLevel.Image,
            _ => identifier?.Contains(DicomTag.ScheduledProcedureStepSequence) == true
                ? DicomQueryRetrieveLevel.Worklist
                : DicomQueryRetrieveLevel.NotApplicable,
        };
    }

    internal static void Set(DicomDataset identifier, DicomQueryRetrieveLevel level)
    {
        if (level is DicomQueryRetrieveLevel.NotApplicable or DicomQueryRetrieveLevel.Worklist)
        {
            identifier.Remove(DicomTag.QueryRetrieveLevel);
        }
        else
        {
            identifier.AddOrUpdate(DicomTag.QueryRetrieveLevel, level.ToString().ToUpperInvariant());
        }
    }

    /// <summary>The identifier that names one study, series or instance (PS3.4 C.4.2.1).</summary>
    internal static DicomDataset Identify(string studyUid, string seriesUid, string instanceUid)
    {
        var identifier = new DicomDataset { { DicomTag.StudyInstanceUID, studyUid } };
        Set(
            identifier,
            instanceUid != null ? DicomQueryRetrieveLevel.Image
            : seriesUid != null ? DicomQueryRetrieveLevel.Series
            : DicomQueryRetrieveLevel.Study);
        if (seriesUid != null)
        {
            identifier.Add(DicomTag.SeriesInstanceUID, seriesUid);
        }

        if (instanceUid != null)
        {
            identifier.Add(DicomTag.SOPInstanceUID, instanceUid);
        }

        return identifier;
    }
}
