using Inpaint.Medical.Validation.Metrics;

namespace Inpaint.Medical.Validation.Running;

/// <summary>
/// A run holds one volume at a time, but the collector, which sees no shortage, would let the ones before it lie beside the next. Between
/// volumes they are given back, so that the largest volume bounds the run.
/// </summary>
internal static class VolumeMemory
{
    public static void Reclaim()
    {
        Scratch.Clear();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
