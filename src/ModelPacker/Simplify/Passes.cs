using ModelPacker.Graphs;

namespace ModelPacker.Simplify;

/// <summary>The passes of the stage "simplify".</summary>
public static class Passes
{
    /// <summary>The passes, in order.</summary>
    public static IReadOnlyList<IPass> All { get; } =
    [
        new FoldQuantization(),
        new RemoveIdentities(),
        new FoldConstants(),
        new MergeMoves(),
        new FuseLinearBias(),
        new RecogniseAffine(),
        new FuseActivations(),
        new FoldAffine(),
        new FusePads(),
        new FuseClamps(),
        new ReduceToPool(),
        new SpreadQuantization(),
    ];

    /// <summary>Runs all passes again and again until none of them changes anything.</summary>
    public static void Run(Graph graph)
    {
        bool changed;
        do
        {
            changed = false;
            foreach (IPass pass in All)
            {
                changed |= pass.Run(graph);
            }
        }
        while (changed);
    }
}
