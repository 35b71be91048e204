using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Provenance;
using Inpaint.Medical.Core.Series;

namespace Inpaint.Medical.Core.Pipeline;

/// <summary>Stage 8 of 9, Deliver: the derived series and its run record become visible together, or not at all.</summary>
public static class DeliverStage
{
    /// <summary>Name of the record beside the instances.</summary>
    public const string RecordFileName = "provenance.json";

    /// <param name="beside">Files that appear beside the instances.</param>
    /// <param name="complete">Makes the record from what was written, digests included.</param>
    /// <exception cref="InpaintException">
    /// <see cref="ErrorCode.OutputExists"/>, <see cref="ErrorCode.OutputNotWritable"/>, <see cref="ErrorCode.OutputInsideInput"/>,
    /// <see cref="ErrorCode.AttributesRefused"/>.
    /// </exception>
    public static async Task<Delivery> RunAsync(
        DerivedSeries series, IInstanceSink sink, IReadOnlyList<AttachedFile> beside, Func<Delivery, RunRecord> complete, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentNullException.ThrowIfNull(beside);
        ArgumentNullException.ThrowIfNull(complete);

        IStagedDelivery staged = await sink.StageAsync(series, cancellationToken).ConfigureAwait(false);
        await using (staged.ConfigureAwait(false))
        {
            foreach (AttachedFile file in beside)
            {
                await staged.AttachAsync(file.Name, file.Content, cancellationToken).ConfigureAwait(false);
            }

            RunRecord record = complete(staged.Delivery);
            await staged.AttachAsync(RecordFileName, RunRecordJson.Serialize(record), cancellationToken).ConfigureAwait(false);
            await staged.CommitAsync(cancellationToken).ConfigureAwait(false);
            return staged.Delivery;
        }
    }
}
