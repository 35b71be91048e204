namespace FellowOakDicom.Network.UpperLayer;

/// <summary>
/// The connections of a server whose peer has not asked for an association yet, or waits for a place. When there are too many, the oldest is closed: a peer
/// that means it asks within milliseconds, so that those who only connect push each other out.
/// </summary>
internal sealed class HalfOpenConnections
{
    private readonly LinkedList<Action> _connections = [];
    private readonly Lock _lock = new();

    internal LinkedListNode<Action> Add(Action close, int limit)
    {
        Action oldest = null;
        LinkedListNode<Action> node;
        lock (_lock)
        {
            node = _connections.AddLast(close);
            if (_connections.Count > limit)
            {
                oldest = _connections.First.Value;
                _connections.RemoveFirst();
            }
        }

        oldest?.Invoke();
        return node;
    }

    internal void Remove(LinkedListNode<Action> node)
    {
        lock (_lock)
        {
            if (node.List != null)
            {
                _connections.Remove(node);
            }
        }
    }
}
