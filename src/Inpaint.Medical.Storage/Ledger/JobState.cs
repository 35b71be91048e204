using System.Collections.Frozen;

namespace Inpaint.Medical.Storage.Ledger;

/// <summary>States of one generation of a series, in the order of a job that meets no obstacle; then the states beside the path.</summary>
public enum JobState
{
    /// <summary>Instances are arriving.</summary>
    Receiving,

    /// <summary>Nothing has arrived for the quiet time, or the expected count is met.</summary>
    Settled,

    /// <summary>The archive was asked, or asking was waived explicitly; what is missing is really missing.</summary>
    Confirmed,

    /// <summary>Identifiers and time of the output are fixed.</summary>
    Planned,

    /// <summary>A worker reconstructs.</summary>
    Running,

    /// <summary>The output and its record are durable on disk.</summary>
    Produced,

    /// <summary>Instances are being sent.</summary>
    Sending,

    /// <summary>Every destination has answered success for every instance.</summary>
    Sent,

    /// <summary>Every destination has confirmed: storage commitment, or its own count.</summary>
    Done,

    /// <summary>Tried again after a time; goes back to where it was.</summary>
    Waiting,

    /// <summary>Held by an operator; goes back to where it was.</summary>
    Suspended,

    /// <summary>Looked at and reported, with nothing to fill or nothing that may be filled.</summary>
    Skipped,

    /// <summary>Given up, with the reason; an operator may retry.</summary>
    Dead,

    /// <summary>A later generation has taken over because more instances arrived.</summary>
    Superseded,

    /// <summary>Removed from the queue by an operator.</summary>
    Dropped,
}

/// <summary>The one table of allowed transitions.</summary>
public static class JobTransitions
{
    private static readonly JobState[] Path =
    [
        JobState.Receiving, JobState.Settled, JobState.Confirmed, JobState.Planned, JobState.Running,
        JobState.Produced, JobState.Sending, JobState.Sent, JobState.Done,
    ];

    private static readonly FrozenSet<(JobState From, JobState To)> Allowed = Build();

    /// <summary>States in which a job asks for nothing more, unless an operator or a late instance changes that.</summary>
    public static FrozenSet<JobState> Final { get; } =
        new[] { JobState.Done, JobState.Skipped, JobState.Dead, JobState.Superseded, JobState.Dropped }.ToFrozenSet();

    public static bool IsAllowed(JobState from, JobState to) => Allowed.Contains((from, to));

    private static FrozenSet<(JobState From, JobState To)> Build()
    {
        var table = new HashSet<(JobState, JobState)>();
        for (int i = 0; i + 1 < Path.Length; i++)
        {
            table.Add((Path[i], Path[i + 1]));
        }

        // Work in progress waits, is held, is given up, dropped, or overtaken by late instances.
        foreach (JobState state in Path.Except([JobState.Done]))
        {
            table.UnionWith([(state, JobState.Waiting), (state, JobState.Suspended), (state, JobState.Dead), (state, JobState.Dropped)]);
            table.UnionWith([(JobState.Waiting, state), (JobState.Suspended, state), (JobState.Dead, state)]);
        }

        foreach (JobState state in Path.Except([JobState.Receiving]).Append(JobState.Waiting).Append(JobState.Suspended)
            .Append(JobState.Skipped).Append(JobState.Dead))
        {
            table.Add((state, JobState.Superseded));
        }

        // Looking at a series may show that there is nothing to fill, before or after asking the archive.
        table.UnionWith([(JobState.Settled, JobState.Skipped), (JobState.Confirmed, JobState.Skipped), (JobState.Running, JobState.Skipped)]);

        // A fetched or late instance before planning: the same generation goes back to receiving.
        table.UnionWith([(JobState.Settled, JobState.Receiving), (JobState.Confirmed, JobState.Receiving)]);

        // A destination that answered success and does not hold the instances gets them again.
        table.Add((JobState.Sent, JobState.Sending));

        // A worker that died while running leaves the job to the next one.
        table.UnionWith([(JobState.Running, JobState.Planned)]);
        table.UnionWith([(JobState.Waiting, JobState.Suspended), (JobState.Waiting, JobState.Dead), (JobState.Waiting, JobState.Dropped)]);
        table.UnionWith([(JobState.Suspended, JobState.Waiting), (JobState.Suspended, JobState.Dropped), (JobState.Dead, JobState.Dropped)]);
        return table.ToFrozenSet();
    }
}
