using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Provenance;

namespace Inpaint.Medical.Core.Ports;

/// <summary>Where run records are kept, of refused and failed runs too. Only ever appended to.</summary>
public interface IRunRecordLog
{
    /// <summary>Returns when the record is durable.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.RecordNotWritable"/>.</exception>
    Task AppendAsync(RunRecord record, CancellationToken cancellationToken);
}
