using System.Net;

namespace Inpaint.Medical.Worker.Receive;

/// <summary>Keeps one address from taking what all share: associations at once, and requests in any minute.</summary>
internal sealed class AddressLimits(WorkerOptions options, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly Dictionary<IPAddress, Usage> _addresses = [];
    private readonly Lock _lock = new();
    private long _swept = time.GetTimestamp();

    /// <summary>Counts a request.</summary>
    /// <returns>Whether the association may begin; if so, <see cref="Leave"/> must follow.</returns>
    public bool TryEnter(IPAddress address)
    {
        lock (_lock)
        {
            Sweep();
            if (!_addresses.TryGetValue(address, out Usage? usage))
            {
                _addresses.Add(address, usage = new Usage { Since = time.GetTimestamp() });
            }

            if (time.GetElapsedTime(usage.Since) >= Window)
            {
                (usage.Since, usage.Requests) = (time.GetTimestamp(), 0);
            }

            if (++usage.Requests > options.MostAssociationsPerMinute || usage.Active >= options.MostAssociationsPerAddress)
            {
                return false;
            }

            usage.Active++;
            return true;
        }
    }

    public void Leave(IPAddress address)
    {
        lock (_lock)
        {
            _addresses[address].Active--;
        }
    }

    /// <summary>Addresses that have been away for a minute are forgotten, so that memory stays.</summary>
    private void Sweep()
    {
        if (time.GetElapsedTime(_swept) < Window)
        {
            return;
        }

        _swept = time.GetTimestamp();
        foreach ((IPAddress address, Usage usage) in _addresses)
        {
            if (usage.Active == 0 && time.GetElapsedTime(usage.Since) >= Window)
            {
                _addresses.Remove(address);
            }
        }
    }

    private sealed class Usage
    {
        public long Since { get; set; }

        public int Requests { get; set; }

        public int Active { get; set; }
    }
}
