using EdgeRuntime.Kernels.Elementwise;
using MessagePack;

namespace EdgeRuntime.Bundles;

/// <summary>Steps as MessagePack arrays: [kind, name, [inputs], output, …fields in the record's order].</summary>
internal static class StepCodec
{
    public static void Write(ref MessagePackWriter w, Step step)
    {
        switch (step)
        {
            case ConvolutionStep s:
                Head(ref w, StepKind.Convolution, s, 7);
                w.Write(s.Taps);
                w.Write(s.Groups);
                w.Write(s.Weights);
                w.Write(s.Bias);
                w.Write(s.Scales);
                w.Write(s.Minimum);
                w.Write(s.Maximum);
                break;
            case DepthwiseStep s:
                Head(ref w, StepKind.Depthwise, s, 6);
                w.Write(s.Taps);
                w.Write(s.Weights);
                w.Write(s.Bias);
                w.Write(s.Scales);
                w.Write(s.Minimum);
                w.Write(s.Maximum);
                break;
            case PoolStep s:
                Head(ref w, StepKind.Pool, s, 2);
                w.Write(s.Average);
                w.Write(s.Divisor);
                break;
            case ResampleStep s:
                Head(ref w, StepKind.Resample, s, 1);
                w.Write(s.Weights);
                break;
            case GatherStep s:
                Head(ref w, StepKind.Gather, s, 2);
                w.Write(s.Width);
                w.Write(s.Fill);
                break;
            case ConcatStep s:
                Head(ref w, StepKind.Concat, s, 1);
                w.Write(s.AlongRows);
                break;
            case BinaryStep s:
                Head(ref w, StepKind.Binary, s, 3);
                w.Write((byte)s.Function);
                w.Write(s.Minimum);
                w.Write(s.Maximum);
                break;
            case UnaryStep s:
                Head(ref w, StepKind.Unary, s, 4);
                w.Write((byte)s.Function);
                w.Write(s.Alpha);
                w.Write(s.Beta);
                w.Write(s.Slopes);
                break;
            case LookupStep s:
                Head(ref w, StepKind.Lookup, s, 1);
                w.Write(s.Table);
                break;
            case ConvertStep s:
                Head(ref w, StepKind.Convert, s, 0);
                break;
            case SoftmaxStep s:
                Head(ref w, StepKind.Softmax, s, 1);
                w.Write(s.Logarithm);
                break;
            case LrnStep s:
                Head(ref w, StepKind.Lrn, s, 4);
                w.Write(s.Size);
                w.Write(s.Alpha);
                w.Write(s.Beta);
                w.Write(s.Bias);
                break;
            case MatMulStep s:
                Head(ref w, StepKind.MatMul, s, 4);
                w.Write(s.Batch);
                w.Write(s.M);
                w.Write(s.K);
                w.Write(s.N);
                break;
            case ConstantStep s:
                Head(ref w, StepKind.Constant, s, 1);
                w.Write(s.Values);
                break;
            default:
                throw new InvalidOperationException($"No encoding for {step.GetType().Name}.");
        }
    }

    public static Step Read(ref MessagePackReader r)
    {
        int length = r.ReadArrayHeader();
        if (length < 4)
        {
            throw new BundleException("A step of the bundle is too short.");
        }

        byte kind = r.ReadByte();
        string name = BundleReader.ReadName(ref r);
        int[] inputs = BundleReader.ReadInts(ref r, 4096);
        int output = r.ReadInt32();
        (int fields, Step step) = (StepKind)kind switch
        {
            StepKind.Convolution => (7, new ConvolutionStep(name, inputs, output, r.ReadInt32(), r.ReadInt32(), r.ReadInt32(), r.ReadInt32(),
                r.ReadInt32(), r.ReadSingle(), r.ReadSingle())),
            StepKind.Depthwise => (6, new DepthwiseStep(name, inputs, output, r.ReadInt32(), r.ReadInt32(), r.ReadInt32(), r.ReadInt32(),
                r.ReadSingle(), r.ReadSingle())),
            StepKind.Pool => (2, new PoolStep(name, inputs, output, r.ReadBoolean(), r.ReadInt32())),
            StepKind.Resample => (1, new ResampleStep(name, inputs, output, r.ReadInt32())),
            StepKind.Gather => (2, new GatherStep(name, inputs, output, r.ReadInt32(), r.ReadSingle())),
            StepKind.Concat => (1, new ConcatStep(name, inputs, output, r.ReadBoolean())),
            StepKind.Binary => (3, new BinaryStep(name, inputs, output, (BinaryFunction)r.ReadByte(), r.ReadSingle(), r.ReadSingle())),
            StepKind.Unary => (4, new UnaryStep(name, inputs, output, (UnaryFunction)r.ReadByte(), r.ReadSingle(), r.ReadSingle(), r.ReadInt32())),
            StepKind.Lookup => (1, new LookupStep(name, inputs, output, r.ReadInt32())),
            StepKind.Convert => (0, (Step)new ConvertStep(name, inputs, output)),
            StepKind.Softmax => (1, new SoftmaxStep(name, inputs, output, r.ReadBoolean())),
            StepKind.Lrn => (4, new LrnStep(name, inputs, output, r.ReadInt32(), r.ReadSingle(), r.ReadSingle(), r.ReadSingle())),
            StepKind.MatMul => (4, new MatMulStep(name, inputs, output, r.ReadInt32(), r.ReadInt32(), r.ReadInt32(), r.ReadInt32())),
            StepKind.Constant => (1, new ConstantStep(name, inputs, output, r.ReadInt32())),
            _ => throw new BundleException($"Step '{name}' is of kind {kind}, which this version does not know. Use a newer edgert, or pack again."),
        };
        if (length != fields + 4)
        {
            throw new BundleException($"Step '{name}' of the bundle has {length} fields, expected {fields + 4}.");
        }

        return step;
    }

    private static void Head(ref MessagePackWriter w, StepKind kind, Step step, int fields)
    {
        w.WriteArrayHeader(fields + 4);
        w.Write((byte)kind);
        w.Write(step.Name);
        BundleWriter.WriteInts(ref w, step.Inputs);
        w.Write(step.Output);
    }
}
