using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Provenance;

namespace Inpaint.Medical.Core.Pipeline;

/// <summary>Stage 9 of 9, Record: keeps the run record, also after refusal or failure.</summary>
public static class RecordStage
{
    /// <summary>Appends the record. It is kept even when the run was cancelled.</summary>
    /// <param name="log">Null where the operator asked for no log; the record then lies only beside the output series.</param>
    /// <exception cref="InpaintException"><see cref="ErrorCode.RecordNotWritable"/>: a run without its record does not count as done.</exception>
    public static Task RunAsync(RunRecord record, IRunRecordLog? log)
    {
        ArgumentNullException.ThrowIfNull(record);
        return log is null ? Task.CompletedTask : log.AppendAsync(record, CancellationToken.None);
    }
}
