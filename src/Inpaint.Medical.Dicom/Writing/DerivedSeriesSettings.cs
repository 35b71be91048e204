using System.Collections.Immutable;
using Inpaint.Medical.Core.Protocols;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>How derived series present themselves; equal for all series of an installation.</summary>
public sealed record DerivedSeriesSettings
{
    public static DerivedSeriesSettings Default { get; } = new();

    /// <summary>Software version.</summary>
    public string Version { get; init; } = typeof(DerivedSeriesSettings).Assembly.GetName().Version!.ToString(3);

    /// <summary>Names the installation in Device Serial Number, Device UID and Instance Creator UID.</summary>
    public string InstallationId { get; init; } = "UNREGISTERED";

    /// <summary>Added to the source's Series Number; further thousands where the study has that number already.</summary>
    public int SeriesNumberBase { get; init; } = 9000;

    /// <summary>Put before the source's Series Description.</summary>
    public string DescriptionPrefix { get; init; } = "SYNTH-REPAIRED ";

    /// <summary>Private blocks, by creator, that copies keep; all others are dropped.</summary>
    public ImmutableArray<string> PrivateCreators { get; init; } = [];

    /// <summary>Value 2 of Image Type: SECONDARY by the letter of PS3.3 C.7.6.1.1.2; some sites need PRIMARY to hang the series.</summary>
    public string ExaminationValue { get; init; } = "SECONDARY";

    /// <summary>RESEARCH unless the installation runs as an approved product (PS3.3 C.8.13.2.1.1).</summary>
    public string ContentQualification { get; init; } = "RESEARCH";

    /// <summary>What a protocol says goes before what the installation says.</summary>
    internal DerivedSeriesSettings With(OutputPolicy? policy) => policy is null ? this : this with
    {
        SeriesNumberBase = policy.SeriesNumberBase,
        DescriptionPrefix = policy.DescriptionPrefix,
        ExaminationValue = policy.ImageTypeValue2,
        PrivateCreators = policy.PrivateCreators,
    };
}
