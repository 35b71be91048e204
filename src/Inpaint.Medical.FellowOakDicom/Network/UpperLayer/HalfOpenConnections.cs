namespace FellowOakDicom.Network.UpperLayer;

/// <summary>
/// The connections of a server whose peer has not asked for an association yet. When there are too many, the oldest is closed: a peer
/// that means it asks within milliseconds, so that those who only connect push each other out.
/// </summary>
internal sealed class HalfOpenConnections
{
    private readonly LinkedList<IDisposable> _connections = [];
    private readonly Lock _lock = new();

    internal LinkedListNode<IDisposable> Add(IDisposable connection, int limit)
    {
        IDisposable oldest = null;
        LinkedListNode<IDisposable> node;
        lock (_lock)
        {
            node = _connections.AddLast(connection);
            if (_connections.Count > limit)
            {
                oldest = _connections.First.Value;
                _connections.RemoveFirst();
            }
        }

        oldest?.Dispose();
        return node;
    }

    internal void Remove(LinkedListNode<IDisposable> node)
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
