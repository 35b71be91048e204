using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Validation.Drops;
using Inpaint.Medical.Validation.Metrics;

namespace Inpaint.Medical.Validation.Running;

/// <summary>All cases of one volume: runs of hidden slices in parallel, finished cases in the order of the drops.</summary>
internal static class VolumeCases
{
    public static void Run(string name, BuiltVolume truth, ValueRange range, RunState state, CancellationToken cancellationToken)
    {
        var pending = new List<PendingCase>();
        foreach (DropSpec drop in state.Settings.Drops.Where(drop => !state.IsFinished(name, drop.Text)))
        {
            pending.Add(Prepare(name, truth, drop, state.Settings.Seed));
        }

        var units = pending.SelectMany(one => Enumerable.Range(0, one.Rows.Length).Select(run => (Case: one, Run: run))).ToList();
        int next = FinishReady(pending, 0, state);
        var options = new ParallelOptions { MaxDegreeOfParallelism = state.Settings.Parallelism, CancellationToken = cancellationToken };
        try
        {
            Parallel.ForEach(units, options, unit =>
            {
                List<SliceScore> rows = CaseScorer.Score(
                    unit.Case.Hidden!, unit.Case.Hidden!.Runs[unit.Run], state.Settings.Methods, range, cancellationToken);
                lock (pending)
                {
                    unit.Case.Rows[unit.Run] = rows;
                    next = FinishReady(pending, next, state);
                }
            });
        }
        catch (AggregateException failures) when (failures.InnerExceptions.OfType<InpaintException>().FirstOrDefault() is { } refusal)
        {
            // One of them is enough to say what is wrong.
            throw new InpaintException(refusal.Code, refusal.Message, refusal);
        }
    }

    private static PendingCase Prepare(string name, BuiltVolume truth, DropSpec drop, ulong seed)
    {
        try
        {
            var hidden = HiddenCase.Of(truth, name, drop, seed);
            return new PendingCase(name, drop.Text, hidden, new List<SliceScore>?[hidden.Runs.Length], null);
        }
        catch (InpaintException refusal)
        {
            return new PendingCase(name, drop.Text, null, [], new RefusedInput($"{name} {drop.Text}", (int)refusal.Code, refusal.Message));
        }
    }

    private static int FinishReady(List<PendingCase> pending, int next, RunState state)
    {
        for (; next < pending.Count && pending[next].Rows.All(rows => rows is not null); next++)
        {
            PendingCase one = pending[next];
            ImmutableArray<SliceScore> rows = [.. one.Rows.SelectMany(rows => rows!)];
            state.Finish(new ResultCase(one.Volume, one.Drop, rows, one.Refused));
        }

        return next;
    }

    private sealed record PendingCase(
        string Volume, string Drop, HiddenCase? Hidden, List<SliceScore>?[] Rows, RefusedInput? Refused);
}
