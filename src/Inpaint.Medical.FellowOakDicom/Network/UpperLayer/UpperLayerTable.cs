namespace FellowOakDicom.Network.UpperLayer;

/// <summary>States of the upper layer protocol machine, PS3.8 tables 9-1 to 9-5.</summary>
internal enum UpperLayerState : byte
{
    /// <summary>Idle.</summary>
    Sta1 = 1,

    /// <summary>Transport connection open, awaiting A-ASSOCIATE-RQ PDU.</summary>
    Sta2,

    /// <summary>Awaiting local A-ASSOCIATE response.</summary>
    Sta3,

    /// <summary>Awaiting the transport connection to open.</summary>
    Sta4,

    /// <summary>Awaiting A-ASSOCIATE-AC or -RJ PDU.</summary>
    Sta5,

    /// <summary>Association established, ready for data.</summary>
    Sta6,

    /// <summary>Awaiting A-RELEASE-RP PDU.</summary>
    Sta7,

    /// <summary>Awaiting local A-RELEASE response.</summary>
    Sta8,

    /// <summary>Release collision, requestor, awaiting local A-RELEASE response.</summary>
    Sta9,

    /// <summary>Release collision, acceptor, awaiting A-RELEASE-RP PDU.</summary>
    Sta10,

    /// <summary>Release collision, requestor, awaiting A-RELEASE-RP PDU.</summary>
    Sta11,

    /// <summary>Release collision, acceptor, awaiting local A-RELEASE response.</summary>
    Sta12,

    /// <summary>Awaiting the transport connection to close.</summary>
    Sta13,
}

/// <summary>Events Evt1 to Evt19 of PS3.8 table 9-10; the value is the number of the event.</summary>
internal enum UpperLayerEvent : byte
{
    AssociateRequest = 1,
    TransportConfirmed,
    AssociateAcceptPdu,
    AssociateRejectPdu,
    TransportIndicated,
    AssociateRequestPdu,
    AcceptResponse,
    RejectResponse,
    DataRequest,
    DataPdu,
    ReleaseRequest,
    ReleaseRequestPdu,
    ReleaseResponsePdu,
    ReleaseResponse,
    AbortRequest,
    AbortPdu,
    TransportClosed,
    ArtimExpired,
    InvalidPdu,
}

/// <summary>What an action of PS3.8 tables 9-6 to 9-9 does, beside moving to its next state.</summary>
[Flags]
internal enum UpperLayerEffects
{
    None = 0,
    StartArtim = 1 << 0,
    StopArtim = 1 << 1,
    Send = 1 << 2,
    SendUserAbort = 1 << 3,
    SendProviderAbort = 1 << 4,
    Indicate = 1 << 5,
    IndicateAbort = 1 << 6,
    Close = 1 << 7,
    Ignore = 1 << 8,
}

/// <summary>One row of the action tables: name, effects, next state, and the other next state where the table has two.</summary>
internal readonly record struct UpperLayerAction(
    string Name, UpperLayerEffects Effects, UpperLayerState Next, UpperLayerState Otherwise = 0);

/// <summary>The protocol machine of PS3.8 9.2 as data: table 9-10 and the actions it names.</summary>
internal static class UpperLayerTable
{
    /// <summary>PS3.8 table 9-10. A dot is a combination that cannot happen; a local request there is an error of the caller.</summary>
    internal const string Transitions = """
               Sta1  Sta2  Sta3  Sta4  Sta5  Sta6  Sta7  Sta8  Sta9  Sta10 Sta11 Sta12 Sta13
        Evt1   AE-1  .     .     .     .     .     .     .     .     .     .     .     .
        Evt2   .     .     .     AE-2  .     .     .     .     .     .     .     .     .
        Evt3   .     AA-1  AA-8  .     AE-3  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
        Evt4   .     AA-1  AA-8  .     AE-4  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
        Evt5   AE-5  .     .     .     .     .     .     .     .     .     .     .     .
        Evt6   .     AE-6  AA-8  .     AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-7
        Evt7   .     .     AE-7  .     .     .     .     .     .     .     .     .     .
        Evt8   .     .     AE-8  .     .     .     .     .     .     .     .     .     .
        Evt9   .     .     .     .     .     DT-1  .     AR-7  .     .     .     .     .
        Evt10  .     AA-1  AA-8  .     AA-8  DT-2  AR-6  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
        Evt11  .     .     .     .     .     AR-1  .     .     .     .     .     .     .
        Evt12  .     AA-1  AA-8  .     AA-8  AR-2  AR-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
        Evt13  .     AA-1  AA-8  .     AA-8  AA-8  AR-3  AA-8  AA-8  AR-10 AR-3  AA-8  AA-6
        Evt14  .     .     .     .     .     .     .     AR-4  AR-9  .     .     AR-4  .
        Evt15  .     .     AA-1  AA-2  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  .
        Evt16  .     AA-2  AA-3  .     AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-2
        Evt17  .     AA-5  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AR-5
        Evt18  .     AA-2  .     .     .     .     .     .     .     .     .     .     AA-2
        Evt19  .     AA-1  AA-8  .     AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-7
        """;

    /// <summary>PS3.8 tables 9-6 (AE), 9-7 (DT), 9-8 (AR) and 9-9 (AA). AE-1's connect is done by the caller before Evt2.</summary>
    internal static readonly UpperLayerAction[] Actions =
    [
        new("AE-1", UpperLayerEffects.None, UpperLayerState.Sta4),
        new("AE-2", UpperLayerEffects.Send, UpperLayerState.Sta5),
        new("AE-3", UpperLayerEffects.Indicate, UpperLayerState.Sta6),
        new("AE-4", UpperLayerEffects.Indicate | UpperLayerEffects.Close, UpperLayerState.Sta1),
        new("AE-5", UpperLayerEffects.StartArtim, UpperLayerState.Sta2),
        new("AE-6", UpperLayerEffects.StopArtim | UpperLayerEffects.Indicate, UpperLayerState.Sta3, UpperLayerState.Sta13),
        new("AE-7", UpperLayerEffects.Send, UpperLayerState.Sta6),
        new("AE-8", UpperLayerEffects.Send | UpperLayerEffects.StartArtim, UpperLayerState.Sta13),
        new("DT-1", UpperLayerEffects.Send, UpperLayerState.Sta6),
        new("DT-2", UpperLayerEffects.Indicate, UpperLayerState.Sta6),
        new("AR-1", UpperLayerEffects.Send, UpperLayerState.Sta7),
        new("AR-2", UpperLayerEffects.Indicate, UpperLayerState.Sta8),
        new("AR-3", UpperLayerEffects.Indicate | UpperLayerEffects.Close, UpperLayerState.Sta1),
        new("AR-4", UpperLayerEffects.Send | UpperLayerEffects.StartArtim, UpperLayerState.Sta13),
        new("AR-5", UpperLayerEffects.StopArtim, UpperLayerState.Sta1),
        new("AR-6", UpperLayerEffects.Indicate, UpperLayerState.Sta7),
        new("AR-7", UpperLayerEffects.Send, UpperLayerState.Sta8),
        new("AR-8", UpperLayerEffects.Indicate, UpperLayerState.Sta9, UpperLayerState.Sta10),
        new("AR-9", UpperLayerEffects.Send, UpperLayerState.Sta11),
        new("AR-10", UpperLayerEffects.Indicate, UpperLayerState.Sta12),
        new("AA-1", UpperLayerEffects.SendUserAbort | UpperLayerEffects.StartArtim, UpperLayerState.Sta13),
        new("AA-2", UpperLayerEffects.StopArtim | UpperLayerEffects.Close, UpperLayerState.Sta1),
        new("AA-3", UpperLayerEffects.IndicateAbort | UpperLayerEffects.Close, UpperLayerState.Sta1),
        new("AA-4", UpperLayerEffects.IndicateAbort, UpperLayerState.Sta1),
        new("AA-5", UpperLayerEffects.StopArtim, UpperLayerState.Sta1),
        new("AA-6", UpperLayerEffects.Ignore, UpperLayerState.Sta13),
        new("AA-7", UpperLayerEffects.SendProviderAbort, UpperLayerState.Sta13),
        new("AA-8", UpperLayerEffects.SendProviderAbort | UpperLayerEffects.IndicateAbort | UpperLayerEffects.StartArtim, UpperLayerState.Sta13),
    ];

    private const int States = 13;
    private const int Events = 19;
    private static readonly UpperLayerAction[] _cells = Parse();

    /// <summary>Gives the action for an event in a state; false where table 9-10 is empty.</summary>
    internal static bool TryGetAction(UpperLayerState state, UpperLayerEvent occurred, out UpperLayerAction action)
    {
        action = _cells[(((int)occurred - 1) * States) + (int)state - 1];
        return action.Name != null;
    }

    private static UpperLayerAction[] Parse()
    {
        string[] lines = Transitions.Split('\n');
        var cells = new UpperLayerAction[Events * States];
        for (int row = 0; row < Events; row++)
        {
            string[] words = lines[row + 1].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            for (int column = 0; column < States; column++)
            {
                string name = words[column + 1];
                cells[(row * States) + column] = name == "." ? default : Actions.Single(action => action.Name == name);
            }
        }

        return cells;
    }
}
