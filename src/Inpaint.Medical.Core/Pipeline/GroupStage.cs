using Inpaint.Medical.Core.Series;

namespace Inpaint.Medical.Core.Pipeline;

/// <summary>Stage 2 of 9, Group.</summary>
public static class GroupStage
{
    public static SeriesSet Run(InstanceSet received) => throw new NotImplementedException();
}
