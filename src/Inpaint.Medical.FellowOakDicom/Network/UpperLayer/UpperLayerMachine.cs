namespace FellowOakDicom.Network.UpperLayer;

/// <summary>The state of one association, moved by events through <see cref="UpperLayerTable"/>. Safe for concurrent callers.</summary>
internal sealed class UpperLayerMachine
{
    private readonly Lock _lock = new();
    private UpperLayerState _state = UpperLayerState.Sta1;

    internal UpperLayerState State
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    /// <summary>Moves to the next state of the action that table 9-10 gives for the event.</summary>
    /// <param name="occurred">The event.</param>
    /// <param name="otherwise">Takes the second next state of AE-6 (request not acceptable) or AR-8 (we are the acceptor).</param>
    /// <param name="action">The action whose effects the caller carries out.</param>
    /// <returns>False, and the state unchanged, where the table has no action.</returns>
    internal bool TryMove(UpperLayerEvent occurred, bool otherwise, out UpperLayerAction action)
    {
        lock (_lock)
        {
            if (!UpperLayerTable.TryGetAction(_state, occurred, out action))
            {
                return false;
            }

            _state = otherwise && action.Otherwise != 0 ? action.Otherwise : action.Next;
            return true;
        }
    }

    /// <summary>Tells without moving whether the event would be answered with an abort or ignored, so that its body need not be read.</summary>
    internal bool IsUnwanted(UpperLayerEvent occurred)
    {
        const UpperLayerEffects unwanted =
            UpperLayerEffects.SendUserAbort | UpperLayerEffects.SendProviderAbort | UpperLayerEffects.Ignore;
        return !UpperLayerTable.TryGetAction(State, occurred, out UpperLayerAction action) || (action.Effects & unwanted) != 0;
    }
}
