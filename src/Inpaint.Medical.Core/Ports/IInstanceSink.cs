using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Series;

namespace Inpaint.Medical.Core.Ports;

/// <summary>One instance that reached its destination.</summary>
/// <param name="SopInstanceUid">Its UID.</param>
/// <param name="Location">File name within the output folder, or the peer's name.</param>
/// <param name="Sha256">Of the bytes as delivered, lower-case hex.</param>
public sealed record DeliveredInstance(string SopInstanceUid, string Location, string Sha256);

/// <summary>A file beside the instances.</summary>
/// <param name="Name">Plain file name.</param>
public sealed record AttachedFile(string Name, ReadOnlyMemory<byte> Content);

/// <summary>What a delivery achieved.</summary>
/// <param name="Destination">Folder or peer.</param>
public sealed record Delivery(string Destination, ImmutableArray<DeliveredInstance> Instances);

/// <summary>
/// Where derived series go, in two steps: <see cref="StageAsync"/> writes where nobody looks yet, <see cref="IStagedDelivery.CommitAsync"/>
/// shows the whole. All or nothing: after a failure, or without a commit, the destination holds nothing new.
/// </summary>
public interface IInstanceSink
{
    /// <exception cref="InpaintException">
    /// <see cref="ErrorCode.OutputExists"/>, <see cref="ErrorCode.OutputNotWritable"/>, <see cref="ErrorCode.OutputInsideInput"/>,
    /// <see cref="ErrorCode.AttributesRefused"/>.
    /// </exception>
    Task<IStagedDelivery> StageAsync(DerivedSeries series, CancellationToken cancellationToken);
}

/// <summary>A series written in full but not yet visible. Disposing it without a commit removes it.</summary>
public interface IStagedDelivery : IAsyncDisposable
{
    /// <summary>What will be delivered, with the digests of the bytes written.</summary>
    Delivery Delivery { get; }

    /// <summary>Puts a file beside the instances (the run record, standard errors): a plain file name, no folder.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.OutputNotWritable"/>.</exception>
    Task AttachAsync(string fileName, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Makes everything durable and visible at once.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.OutputExists"/>, <see cref="ErrorCode.OutputNotWritable"/>.</exception>
    Task CommitAsync(CancellationToken cancellationToken);
}
