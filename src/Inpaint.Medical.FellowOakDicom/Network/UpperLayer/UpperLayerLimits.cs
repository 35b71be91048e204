namespace FellowOakDicom.Network.UpperLayer;

/// <summary>Bounds that protect a server from peers that are broken or hostile; none of them is negotiated.</summary>
internal sealed record UpperLayerLimits
{
    internal static UpperLayerLimits Default { get; } = new();

    /// <summary>Largest A-ASSOCIATE-RQ or -AC PDU, bytes.</summary>
    internal int AssociatePduLength { get; init; } = 128 * 1024;

    /// <summary>Largest P-DATA-TF PDU, bytes; the larger of this and the advertised maximum counts, as some peers ignore the latter.</summary>
    internal int DataPduLength { get; init; } = 1024 * 1024;

    /// <summary>Most user information sub-items in an association PDU.</summary>
    internal int UserInformationItems { get; init; } = 512;

    /// <summary>Largest command set, bytes.</summary>
    internal int CommandSetLength { get; init; } = 16 * 1024;

    /// <summary>Largest data set kept in memory (all messages but C-STORE requests), bytes.</summary>
    internal int IdentifierLength { get; init; } = 16 * 1024 * 1024;

    /// <summary>Most PDVs without content in a row.</summary>
    internal int EmptyFragments { get; init; } = 16;

    /// <summary>Time from the transport connection, TLS handshake included, to a whole A-ASSOCIATE-RQ (ARTIM in Sta2).</summary>
    internal TimeSpan AssociateTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time that the peer has to close the transport connection (ARTIM in Sta13).</summary>
    internal TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest silence of a peer on an association of a server, and longest time for one PDU to arrive or to be taken.</summary>
    internal TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest life of an association of a server.</summary>
    internal TimeSpan AssociationLife { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Most connections of a server that are not served yet; the oldest gives way to a new one.</summary>
    internal int HalfOpenConnections { get; init; } = 128;
}
