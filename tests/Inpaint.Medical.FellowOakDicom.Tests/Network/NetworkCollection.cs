namespace FellowOakDicom.Tests.Network;

/// <summary>Tests that listen on ports, one after another.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class NetworkCollection
{
    public const string Name = "Network";
}
