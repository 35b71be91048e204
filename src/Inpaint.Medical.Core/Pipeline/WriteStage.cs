using Inpaint.Medical.Core.Masking;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Pipeline;

/// <summary>Stage 7 of 9, Write.</summary>
public static class WriteStage
{
    public static DerivedSeries Run(ImageSeries series, BuiltVolume built, SliceMask mask, Composite composite, Protocol protocol, OutputMode mode, string runId, DateTimeOffset plannedAt, IUidFactory uids) => throw new NotImplementedException();
}
