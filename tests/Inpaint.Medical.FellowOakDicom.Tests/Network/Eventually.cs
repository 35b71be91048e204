namespace FellowOakDicom.Tests.Network;

/// <summary>Waits for what another thread does.</summary>
internal static class Eventually
{
    internal static async Task IsTrue(Func<bool> condition, int seconds = 10)
    {
        long end = Environment.TickCount64 + (seconds * 1000L);
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < end, $"Not true after {seconds} s.");
            await Task.Delay(20);
        }
    }
}
