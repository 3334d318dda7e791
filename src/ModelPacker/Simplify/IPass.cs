using ModelPacker.Graphs;

namespace ModelPacker.Simplify;

/// <summary>One rewriting of the graph that keeps its results (up to float rounding).</summary>
public interface IPass
{
    /// <summary>Name for dumps and messages.</summary>
    string Name { get; }

    /// <summary>Rewrites wherever possible.</summary>
    /// <returns>Whether anything changed.</returns>
    bool Run(Graph graph);
}
