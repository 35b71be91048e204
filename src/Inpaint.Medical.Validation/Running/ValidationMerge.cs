using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Validation.Running;

/// <summary>Joins the results of shards: the same bytes as one run over everything.</summary>
public static class ValidationMerge
{
    /// <summary>Reads the results of folders of one plan and sums them up.</summary>
    /// <param name="requireAll">Whether every case of the plan must be there; false for the summary of one shard.</param>
    /// <exception cref="InpaintException"><see cref="ErrorCode.UsageInvalid"/>: folders of different plans, or cases are lacking;
    /// <see cref="ErrorCode.PathNotFound"/>; <see cref="ErrorCode.NothingVisible"/>: no case could be scored.</exception>
    public static ValidationResult Combine(IReadOnlyList<string> folders, bool requireAll = true)
    {
        ArgumentNullException.ThrowIfNull(folders);
        (ResultPlan plan, ImmutableArray<ResultLine> lines) = ResultFile.Read(folders[0]);
        string digest = ValidationJson.Digest(plan);
        foreach (string folder in folders.Skip(1))
        {
            (ResultPlan other, ImmutableArray<ResultLine> more) = ResultFile.Read(folder);
            if (ValidationJson.Digest(other) != digest)
            {
                throw new InpaintException(ErrorCode.UsageInvalid, $"{folder}: results of other inputs, drops, methods, seed or version than {folders[0]}.");
            }

            lines = lines.AddRange(more);
        }

        return Combine(plan, digest, lines, requireAll);
    }

    private static ValidationResult Combine(ResultPlan plan, string digest, ImmutableArray<ResultLine> lines, bool requireAll)
    {
        // The same case may be there twice where shards were run again; both are equal.
        Dictionary<string, VolumeSummary> volumes = First(lines.Select(line => line.Volume), volume => volume.Name);
        Dictionary<string, RefusedInput> refused = First(lines.Select(line => line.Refused), refusal => refusal.Name);
        Dictionary<(string Volume, string Drop), ResultCase> cases = First(lines.Select(line => line.Case), one => (one.Volume, one.Drop));
        if (requireAll)
        {
            CheckComplete(plan, refused, cases);
        }

        ImmutableArray<ResultCase> ordered =
        [
            .. plan.Inputs.SelectMany(input => plan.Drops.Select(drop => cases.GetValueOrDefault((input, drop)))).OfType<ResultCase>(),
        ];
        ImmutableArray<RefusedInput> allRefused =
        [
            .. plan.Inputs.Select(input => refused.GetValueOrDefault(input)).OfType<RefusedInput>(),
            .. ordered.Select(one => one.Refused).OfType<RefusedInput>(),
        ];
        ImmutableArray<SliceScore> slices = [.. ordered.SelectMany(one => one.Slices)];
        if (slices.IsEmpty && requireAll)
        {
            string first = allRefused.IsEmpty ? "" : $" The first reason: {allRefused[0].Message}";
            throw new InpaintException(ErrorCode.NothingVisible, $"Not one of the {plan.Inputs.Length} inputs could be scored.{first}");
        }

        ImmutableArray<VolumeSummary> described = [.. plan.Inputs.Select(input => volumes.GetValueOrDefault(input)).OfType<VolumeSummary>()];
        return new ValidationResult(Aggregation.Summarize(plan, digest, described, allRefused, slices), slices);
    }

    private static Dictionary<TKey, T> First<TKey, T>(IEnumerable<T?> values, Func<T, TKey> key)
        where T : class
        where TKey : notnull =>
        values.OfType<T>().GroupBy(key).ToDictionary(group => group.Key, group => group.First());

    private static void CheckComplete(
        ResultPlan plan, Dictionary<string, RefusedInput> refused, Dictionary<(string Volume, string Drop), ResultCase> cases)
    {
        string[] lacking = [.. plan.Inputs
            .Where(input => !refused.ContainsKey(input))
            .SelectMany(input => plan.Drops.Where(drop => !cases.ContainsKey((input, drop))).Select(drop => $"{input} {drop}"))];
        if (lacking.Length > 0)
        {
            throw new InpaintException(ErrorCode.UsageInvalid, $"{lacking.Length} cases are lacking, the first one {lacking[0]}; run the shard that holds it again with --resume.");
        }
    }
}
