using System.Runtime.CompilerServices;

namespace EdgeRuntime.Governing;

/// <summary>A number per choice, held inside a state so that copying the state copies it.</summary>
[InlineArray(GovernorPlan.MaximumChoices)]
public struct ChoiceFactors
{
    private double _first;
}
