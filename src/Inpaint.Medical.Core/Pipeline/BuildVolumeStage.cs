using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Pipeline;

/// <summary>Stage 3 of 9, BuildVolume.</summary>
public static class BuildVolumeStage
{
    public static BuiltVolume Run(ImageSeries series, IInstanceSource source, CancellationToken cancellationToken) => throw new NotImplementedException();
}
