using Prometheus;

namespace Inpaint.Medical.Worker;

/// <summary>Counters for Prometheus; labels are codes, never identifiers of patients, studies or peers' texts.</summary>
internal static class WorkerMetrics
{
    private static readonly Counter Objects = Metrics.CreateCounter(
        "inpaint_objects_received_total", "Objects received, by channel and answer.", "channel", "answer");

    private static readonly Counter Associations = Metrics.CreateCounter(
        "inpaint_associations_total", "Association requests, by admission.", "admission");

    private static readonly Counter Transitions = Metrics.CreateCounter(
        "inpaint_job_transitions_total", "Jobs that reached a state.", "state");

    private static readonly Counter Sent = Metrics.CreateCounter(
        "inpaint_instances_sent_total", "Instances offered to destinations, by outcome.", "outcome");

    private static readonly Histogram Runs = Metrics.CreateHistogram(
        "inpaint_reconstruction_seconds", "Duration of reconstructions.", new HistogramConfiguration
        {
            Buckets = Histogram.ExponentialBuckets(0.5, 2, 13),
        });

    private static readonly Gauge Jobs = Metrics.CreateGauge("inpaint_jobs", "Jobs by state.", "state");

    private static readonly Gauge Disk = Metrics.CreateGauge("inpaint_disk_used_ratio", "Share of the data disk in use.");

    public static void Received(string channel, string answer) => Objects.WithLabels(channel, answer).Inc();

    public static void Association(string admission) => Associations.WithLabels(admission).Inc();

    public static void Reached(string state) => Transitions.WithLabels(state).Inc();

    public static void Offered(string outcome) => Sent.WithLabels(outcome).Inc();

    public static void Reconstructed(TimeSpan duration) => Runs.Observe(duration.TotalSeconds);

    public static void Queue(IEnumerable<KeyValuePair<string, int>> countByState, double diskUsed)
    {
        foreach (string[] labels in Jobs.GetAllLabelValues())
        {
            Jobs.WithLabels(labels).Set(0);
        }

        foreach ((string state, int count) in countByState)
        {
            Jobs.WithLabels(state).Set(count);
        }

        Disk.Set(diskUsed);
    }
}
