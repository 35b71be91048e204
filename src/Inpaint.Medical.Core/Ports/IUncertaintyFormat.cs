using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Ports;

/// <summary>How the volume of standard errors is written beside a series.</summary>
public interface IUncertaintyFormat
{
    /// <summary>A plain file name.</summary>
    string FileName { get; }

    /// <summary>The file's bytes; the same volume gives the same bytes.</summary>
    /// <param name="slices">Real units, [slices] of [rows × columns].</param>
    ReadOnlyMemory<byte> Encode(VolumeGeometry geometry, IReadOnlyList<float[]> slices);
}
