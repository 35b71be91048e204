namespace FellowOakDicom.Network;

/// <summary>C-FIND request, PS3.7 9.1.2; keys are set in <see cref="DicomMessage.Dataset"/>.</summary>
public sealed class DicomCFindRequest : DicomPriorityRequest
{
    public ResponseDelegate OnResponseReceived;

    public DicomCFindRequest(DicomDataset command)
        : base(command)
    {
    }

    /// <summary>A query of the Study Root model; of the Patient Root model at patient level, of the worklist model for worklists.</summary>
    public DicomCFindRequest(DicomQueryRetrieveLevel level, DicomPriority priority = DicomPriority.Medium)
        : this(DefaultModel(level), level, priority)
    {
    }

    public DicomCFindRequest(DicomUID affectedSopClassUid, DicomPriority priority = DicomPriority.Medium)
        : this(affectedSopClassUid, DicomQueryRetrieveLevel.NotApplicable, priority)
    {
    }

    public DicomCFindRequest(
        DicomUID affectedSopClassUid, DicomQueryRetrieveLevel level, DicomPriority priority = DicomPriority.Medium)
        : base(DicomCommandField.CFindRequest, affectedSopClassUid, priority)
    {
        Dataset = new DicomDataset();
        Level = level;
    }

    public delegate void ResponseDelegate(DicomCFindRequest request, DicomCFindResponse response);

    public DicomQueryRetrieveLevel Level
    {
        get => QueryLevel.Get(Dataset);
        private set => QueryLevel.Set(Dataset, value);
    }

    public static DicomCFindRequest CreatePatientQuery(string patientId = null, string patientName = null) => Query(
        DicomQueryRetrieveLevel.Patient,
        [
            (DicomTag.PatientID, patientId), (DicomTag.PatientName, patientName), (DicomTag.IssuerOfPatientID, null),
            (DicomTag.PatientSex, null), (DicomTag.PatientBirthDate, null),
        ]);

    public static DicomCFindRequest CreateStudyQuery(
        string patientId = null,
        string patientName = null,
        DicomDateRange studyDateTime = null,
        string accession = null,
        string studyId = null,
        string modalitiesInStudy = null,
        string studyInstanceUid = null)
    {
        DicomCFindRequest request = Query(
            DicomQueryRetrieveLevel.Study,
            [
                (DicomTag.PatientID, patientId), (DicomTag.PatientName, patientName), (DicomTag.IssuerOfPatientID, null),
                (DicomTag.PatientSex, null), (DicomTag.PatientBirthDate, null), (DicomTag.StudyInstanceUID, studyInstanceUid),
                (DicomTag.ModalitiesInStudy, modalitiesInStudy), (DicomTag.StudyID, studyId), (DicomTag.AccessionNumber, accession),
                (DicomTag.StudyDescription, null), (DicomTag.NumberOfStudyRelatedSeries, null),
                (DicomTag.NumberOfStudyRelatedInstances, null),
            ]);
        request.Dataset.Add(DicomTag.StudyDate, studyDateTime ?? new DicomDateRange());
        request.Dataset.Add(DicomTag.StudyTime, studyDateTime ?? new DicomDateRange());
        return request;
    }

    public static DicomCFindRequest CreateSeriesQuery(string studyInstanceUid, string modality = null) => Query(
        DicomQueryRetrieveLevel.Series,
        [
            (DicomTag.StudyInstanceUID, studyInstanceUid), (DicomTag.SeriesInstanceUID, null), (DicomTag.SeriesNumber, null),
            (DicomTag.SeriesDescription, null), (DicomTag.Modality, modality), (DicomTag.SeriesDate, null), (DicomTag.SeriesTime, null),
            (DicomTag.NumberOfSeriesRelatedInstances, null),
        ]);

    public static DicomCFindRequest CreateImageQuery(string studyInstanceUid, string seriesInstanceUid, string modality = null) => Query(
        DicomQueryRetrieveLevel.Image,
        [
            (DicomTag.StudyInstanceUID, studyInstanceUid), (DicomTag.SeriesInstanceUID, seriesInstanceUid),
            (DicomTag.SOPInstanceUID, null), (DicomTag.InstanceNumber, null), (DicomTag.Modality, modality),
        ]);

    /// <summary>A Modality Worklist query (PS3.4 annex K) with the keys of the scheduled procedure step.</summary>
    public static DicomCFindRequest CreateWorklistQuery(
        string patientId = null,
        string patientName = null,
        string stationAE = null,
        string stationName = null,
        string modality = null,
        DicomDateRange scheduledDateTime = null)
    {
        DicomCFindRequest request = Query(
            DicomQueryRetrieveLevel.Worklist,
            [
                (DicomTag.PatientID, patientId), (DicomTag.PatientName, patientName), (DicomTag.PatientSex, null),
                (DicomTag.PatientBirthDate, null), (DicomTag.StudyInstanceUID, null), (DicomTag.AccessionNumber, null),
                (DicomTag.RequestedProcedureID, null), (DicomTag.RequestedProcedureDescription, null),
            ]);
        var step = new DicomDataset();
        Fill(
            step,
            [
                (DicomTag.ScheduledStationAETitle, stationAE), (DicomTag.ScheduledStationName, stationName), (DicomTag.Modality, modality),
                (DicomTag.ScheduledPerformingPhysicianName, null), (DicomTag.ScheduledProcedureStepID, null),
                (DicomTag.ScheduledProcedureStepDescription, null),
            ]);
        step.Add(DicomTag.ScheduledProcedureStepStartDate, scheduledDateTime ?? new DicomDateRange());
        step.Add(DicomTag.ScheduledProcedureStepStartTime, scheduledDateTime ?? new DicomDateRange());
        request.Dataset.Add(new DicomSequence(DicomTag.ScheduledProcedureStepSequence, step));
        return request;
    }

    protected internal override void PostResponse(DicomService service, DicomResponse response) =>
        OnResponseReceived?.Invoke(this, response as DicomCFindResponse ?? new DicomCFindResponse(this, response.Status));

    internal override DicomResponse CreateResponse(DicomStatus status) => new DicomCFindResponse(this, status);

    private static DicomCFindRequest Query(DicomQueryRetrieveLevel level, (DicomTag Tag, string Value)[] keys)
    {
        var request = new DicomCFindRequest(level);
        Fill(request.Dataset, keys);
        return request;
    }

    private static void Fill(DicomDataset dataset, (DicomTag Tag, string Value)[] keys)
    {
        foreach ((DicomTag tag, string value) in keys)
        {
            dataset.Add(tag, value ?? string.Empty);
        }
    }

    private static DicomUID DefaultModel(DicomQueryRetrieveLevel level) => level switch
    {
        DicomQueryRetrieveLevel.Patient => DicomUID.PatientRootQueryRetrieveInformationModelFind,
        DicomQueryRetrieveLevel.Worklist => DicomUID.ModalityWorklistInformationModelFind,
        _ => DicomUID.StudyRootQueryRetrieveInformationModelFind,
    };
}

/// <summary>C-FIND response; a match is in its data set.</summary>
public sealed class DicomCFindResponse : DicomSuboperationsResponse
{
    public DicomCFindResponse(DicomDataset command)
        : base(command)
    {
    }

    public DicomCFindResponse(DicomCFindRequest request, DicomStatus status)
        : base(request, status)
    {
    }
}
