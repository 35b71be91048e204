using System.Collections.Immutable;
using System.Globalization;
using BigInteger = System.Numerics.BigInteger;
using System.Security.Cryptography;
using System.Text;
using Inpaint.Medical.Core.Interpolation;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.TestSupport;

/// <summary>Any valid value, where a test does not care which.</summary>
public static class Some
{
    public static RunOptions Options { get; } = new();

    public static ImmutableArray<IVolumeReconstructor> Methods => ClassicalMethods.All;

    /// <summary>An axial CT slice, signed 16 bit.</summary>
    public static InstanceHeader Header(int number, double positionMm, int edge = 32) => new()
    {
        Source = string.Create(CultureInfo.InvariantCulture, $"IMG{number:0000}.dcm"),
        SopClassUid = "1.2.840.10008.5.1.4.1.1.2",
        SopInstanceUid = string.Create(CultureInfo.InvariantCulture, $"1.2.3.4.{number}"),
        StudyInstanceUid = "1.2.3",
        SeriesInstanceUid = "1.2.3.4",
        FrameOfReferenceUid = "1.2.3.9",
        PatientKey = "patient",
        Modality = "CT",
        ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"],
        InstanceNumber = number,
        AcquisitionNumber = 1,
        Rows = edge,
        Columns = edge,
        Format = new PixelFormat(SampleType.Int16, 16, 15),
        Rescale = new Rescale(1, -1024),
        Position = new Vector3(-100, -100, positionMm),
        RowDirection = new Vector3(1, 0, 0),
        ColumnDirection = new Vector3(0, 1, 0),
        RowSpacingMm = 200.0 / edge,
        ColumnSpacingMm = 200.0 / edge,
        TransferSyntaxUid = "1.2.840.10008.1.2.1",
    };

    /// <summary>Masks and fills what it can: runs of 5 slices, half of all slices, ends refused.</summary>
    public static Protocol Protocol { get; } = new()
    {
        Name = "any",
        Version = "1.0.0",
        Description = "Any series.",
        Priority = 0,
        Match = new MatchRule.All([]),
        Mask = new MaskPolicy(true, true, true),
        Fill = new FillPolicy(5, 30, 0.5, EndPolicy.Refuse, SpoiledPolicy.Replace),
        Method = "auto",
        Output = new OutputPolicy(OutputMode.Complete, 9000, "SYNTH-REPAIRED ", "SECONDARY", []),
        Sha256 = new string('a', 64),
    };

    /// <summary>A protocol with another fill policy.</summary>
    public static Protocol ProtocolThat(Func<FillPolicy, FillPolicy> fills) => Protocol with { Fill = fills(Protocol.Fill) };

    public static IUidFactory Uids { get; } = new HashedUids();

    /// <summary>The volume of a source whose images are all of one series.</summary>
    public static BuiltVolume Built(MemorySource source, EndPolicy ends = EndPolicy.Refuse) =>
        BuildVolumeStage.Run(source.AsSeries(), source, CancellationToken.None, ends);

    private sealed class HashedUids : IUidFactory
    {
        public string Create(params ReadOnlySpan<string> fields)
        {
            byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\u001f', fields.ToArray())));
            return "2.25." + new BigInteger(hash.AsSpan(0, 16), isUnsigned: true).ToString(CultureInfo.InvariantCulture);
        }
    }
}
