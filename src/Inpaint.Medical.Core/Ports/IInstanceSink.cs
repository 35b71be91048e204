using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Series;

namespace Inpaint.Medical.Core.Ports;

/// <summary>One instance that reached its destination.</summary>
/// <param name="SopInstanceUid">Its UID.</param>
/// <param name="Location">File name within the output folder, or the peer's name.</param>
/// <param name="Sha256">Of the bytes as delivered, lower-case hex.</param>
public sealed record DeliveredInstance(string SopInstanceUid, string Location, string Sha256);

/// <summary>What a delivery achieved.</summary>
/// <param name="Destination">Folder or peer.</param>
public sealed record Delivery(string Destination, ImmutableArray<DeliveredInstance> Instances);

/// <summary>Where derived series go. All or nothing: after a failure the destination holds nothing new.</summary>
public interface IInstanceSink
{
    /// <exception cref="InpaintException">
    /// <see cref="ErrorCode.OutputExists"/>, <see cref="ErrorCode.OutputNotWritable"/>, <see cref="ErrorCode.OutputInsideInput"/>,
    /// <see cref="ErrorCode.AttributesRefused"/>.
    /// </exception>
    Task<Delivery> DeliverAsync(DerivedSeries series, CancellationToken cancellationToken);
}
