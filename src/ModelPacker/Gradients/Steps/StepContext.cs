using EdgeRuntime.Bundles;
using EdgeRuntime.Maps;

namespace ModelPacker.Gradients.Steps;

/// <summary>One step of a run: its maps, tables and activation.</summary>
internal sealed unsafe class StepContext
{
    private readonly int[] _tables;

    public StepContext(RunMemory memory, int index)
    {
        Memory = memory;
        Index = index;
        Step = memory.Bundle.Steps[index];
        _tables = memory.Point.Tables[index];
        (float minimum, float maximum) = Bounds(memory.Bundle, Step);
        Map output = memory.Bundle.Maps[Step.Output];
        bool rounds = memory.Network.Options.FakeQuantize && output.Type == ElementType.S8;
        bool clamps = new Activation(output, minimum, maximum, null).Clamps;
        Activation = new Activation(output, minimum, maximum,
            rounds && clamps ? memory.Allocate((memory.Elements(Step.Output, memory.Pictures) + 7) / 8) : null);
    }

    public RunMemory Memory { get; }

    public int Index { get; }

    public Step Step { get; }

    /// <summary>What happens to the results.</summary>
    public Activation Activation { get; }

    public int Rows => RowsOf(Step.Output);

    public int Channels => ChannelsOf(Step.Output);

    public float* Output => Memory.Value(Step.Output);

    public float* OutputGradient => Memory.Gradient(Step.Output);

    public int RowsOf(int map) => Memory.Point.Rows[map];

    public int ChannelsOf(int map) => Memory.Bundle.Maps[map].Channels;

    public int InputRows(int input) => RowsOf(Step.Inputs[input]);

    public int InputChannels(int input) => ChannelsOf(Step.Inputs[input]);

    /// <summary>Elements of one picture of an input.</summary>
    public long InputElements(int input) => Memory.Elements(Step.Inputs[input], 1);

    /// <summary>Elements of one picture of the output.</summary>
    public long OutputElements => Memory.Elements(Step.Output, 1);

    public float* Input(int input) => Memory.Value(Step.Inputs[input]);

    /// <summary>Entries of the table that an input is read through, or null.</summary>
    public int* Table(int input) => Memory.Network.Table(_tables[input]);

    /// <summary>Taps of the table that an input is read through; 1 without one.</summary>
    public int Taps(int input) => _tables[input] < 0 ? 1 : Memory.Bundle.Tables[_tables[input]].Taps;

    /// <summary>The table of an input, or null.</summary>
    public GatherTable? TableOf(int input) => _tables[input] < 0 ? null : Memory.Bundle.Tables[_tables[input]];

    /// <summary>See <see cref="RunMemory.GradientToAdd"/>.</summary>
    public float* InputGradientToAdd(int input, int pictures) => Memory.GradientToAdd(Step.Inputs[input], pictures);

    /// <summary>See <see cref="RunMemory.GradientToWrite"/>.</summary>
    public float* InputGradientToWrite(int input, out bool add) => Memory.GradientToWrite(Step.Inputs[input], out add);

    /// <summary>Whether the gradient of an input is wanted.</summary>
    public bool WantsInputGradient(int input) => Memory.Gradient(Step.Inputs[input]) is not null;

    /// <summary>The clamp of a step; steps that have none let an int8 map saturate. Steps that only move int8 values have nothing to clamp.</summary>
    public static (float Minimum, float Maximum) Bounds(Bundle bundle, Step step) => step switch
    {
        ConvolutionStep s => (s.Minimum, s.Maximum),
        DepthwiseStep s => (s.Minimum, s.Maximum),
        BinaryStep s => (s.Minimum, s.Maximum),
        PoolStep { Average: true } or ResampleStep or LrnStep or ConvertStep when bundle.Maps[step.Output].Type == ElementType.S8 => (-128, 127),
        _ => (float.NegativeInfinity, float.PositiveInfinity),
    };
}
