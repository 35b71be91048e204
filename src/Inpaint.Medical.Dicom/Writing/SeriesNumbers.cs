using System.Collections.Immutable;
using Inpaint.Medical.Core.Series;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>Series Numbers of derived series: base plus the source's, plus thousands until the study does not have it yet.</summary>
internal sealed class SeriesNumbers
{
    private const int Step = 1000;

    // IS goes to 2^31 - 1; beyond this there is room for many steps.
    private const int Largest = 2_000_000_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Study, int Number)> _given = new(StringComparer.Ordinal);

    /// <summary>The same series keeps its number, so that a retry gives the same bytes.</summary>
    public int Of(DerivedSeries series, int numberBase, ImmutableArray<InstanceHeader> known)
    {
        lock (_gate)
        {
            if (_given.TryGetValue(series.SeriesInstanceUid, out var given))
            {
                return given.Number;
            }

            InstanceHeader reference = series.Slices[0].Reference;
            string study = reference.StudyInstanceUid;
            var taken = known.Where(header => header.StudyInstanceUid == study).Select(header => header.SeriesNumber ?? 0)
                .Concat(_given.Values.Where(other => other.Study == study).Select(other => other.Number))
                .ToHashSet();
            int sourceNumber = reference.SeriesNumber is > 0 and < Largest ? reference.SeriesNumber.Value : 0;
            int number = numberBase + sourceNumber;
            while (taken.Contains(number))
            {
                number += Step;
            }

            _given[series.SeriesInstanceUid] = (study, number);
            return number;
        }
    }
}
