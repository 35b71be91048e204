using System.Diagnostics;
using Inpaint.Medical.TestSupport;

namespace Inpaint.Medical.Benchmarks;

/// <summary>Two things timed in turn, so that a noisy machine disturbs both alike; the best of each counts.</summary>
internal static class Paired
{
    private const int Rounds = 7;

    public static (double Ours, double Peer) Best(Func<double> ours, Func<double> peer)
    {
        ours();
        double bestOurs = double.MaxValue;
        double bestPeer = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            bestOurs = Math.Min(bestOurs, ours());
            bestPeer = Math.Min(bestPeer, peer());
        }

        return (bestOurs, bestPeer);
    }

    public static double Seconds(Action work)
    {
        long started = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>Seconds that the processor works for this thread: what the work of one thread costs, on a busy machine too.</summary>
    public static double ProcessorSeconds(Action work)
    {
        TimeSpan started = ThreadClock.Now;
        work();
        return (ThreadClock.Now - started).TotalSeconds;
    }
}
