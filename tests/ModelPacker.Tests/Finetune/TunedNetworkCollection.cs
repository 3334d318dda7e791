namespace ModelPacker.Tests.Finetune;

/// <summary>Tests that share one tuned network.</summary>
[CollectionDefinition(Name)]
public sealed class TunedNetworkCollection : ICollectionFixture<TunedNetwork>
{
    public const string Name = "tuned network";
}
