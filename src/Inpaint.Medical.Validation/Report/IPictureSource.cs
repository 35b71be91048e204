using System.Collections.Immutable;

namespace Inpaint.Medical.Validation.Report;

/// <summary>Pictures of one volume as one method rebuilds it.</summary>
/// <param name="Slices">The worst, the median and the best rebuilt slice.</param>
/// <param name="Reformats">Cuts across the slices.</param>
public sealed record VolumePictures(string Volume, string Method, ImmutableArray<SliceView> Slices, ImmutableArray<ReformatView> Reformats)
{
    public static VolumePictures None(string volume, string method) => new(volume, method, [], []);
}

/// <summary>Where the page gets its pictures: made again from the inputs, or kept by shards.</summary>
public interface IPictureSource
{
    /// <summary>Pictures of a volume; none where there is nothing to show.</summary>
    VolumePictures Of(VolumeSummary volume, string method);
}
