using System.Runtime.InteropServices;
using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Convolution;

namespace EdgeRuntime.Plans;

/// <summary>A bundle bound to this CPU: kernels picked, weights packed, arena laid out. Shared by any number of sessions; immutable.</summary>
public sealed unsafe class Plan : IDisposable
{
    private readonly NativeBlock?[] _weights;
    private readonly long[] _groupBytes;
    private readonly NativeBlock?[] _blobs;
    private readonly GCHandle[] _tables;

    /// <summary>Binds a bundle. The bundle must stay open until the plan is made; after that only its records are used.</summary>
    /// <exception cref="BundleException">Constants out of range, or too much memory asked for.</exception>
    public Plan(Bundle bundle)
    {
        Bundle = bundle;
        _weights = new NativeBlock?[bundle.Steps.Length];
        _groupBytes = new long[bundle.Steps.Length];
        _blobs = new NativeBlock?[bundle.Blobs.Length];
        _tables = new GCHandle[bundle.Tables.Length];
        ConvolutionS8 = KernelSelection.Select(ConvolutionS8Kernels.All);
        ConvolutionF32 = KernelSelection.Select(ConvolutionF32Kernels.All);
        try
        {
            Layouts = Array.ConvertAll(bundle.Points, p => ArenaLayout.Create(bundle, p));
            for (int i = 0; i < _tables.Length; i++)
            {
                _tables[i] = GCHandle.Alloc(bundle.Tables[i].Entries, GCHandleType.Pinned);
            }

            for (int i = 0; i < bundle.Steps.Length; i++)
            {
                LoadStep(i, bundle.Steps[i]);
            }

            foreach (StepConstants constants in bundle.Points.SelectMany(p => p.Constants))
            {
                Load(constants.Bias);
                LoadScales(bundle.Steps[constants.Step], constants.Scales);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The bundle.</summary>
    public Bundle Bundle { get; }

    /// <summary>Arena layout of each operating point.</summary>
    public ArenaLayout[] Layouts { get; } = [];

    /// <summary>Bytes of the arena: what the largest operating point needs.</summary>
    public long ArenaBytes => Layouts.Max(l => l.Bytes);

    /// <summary>Bytes of packed weights and constants.</summary>
    public long WeightBytes => _weights.Concat(_blobs).Sum(b => b?.Bytes ?? 0);

    /// <summary>Bytes of decoded tables.</summary>
    public long TableBytes => Bundle.Tables.Sum(t => (long)t.Entries.Length * sizeof(int));

    internal ConvolutionKernel<sbyte> ConvolutionS8 { get; }

    internal ConvolutionKernel<float> ConvolutionF32 { get; }

    internal byte* Weights(int step, int group) => _weights[step]!.Pointer + (group * _groupBytes[step]);

    internal int DepthwiseStride(int step) => (int)_groupBytes[step];

    internal void* Blob(int blob) => blob < 0 ? null : _blobs[blob]!.Pointer;

    internal int* Table(int table) => table < 0 ? null : (int*)_tables[table].AddrOfPinnedObject();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (NativeBlock? block in _weights.Concat(_blobs))
        {
            block?.Dispose();
        }

        for (int i = 0; i < _tables.Length; i++)
        {
            if (_tables[i].IsAllocated)
            {
                _tables[i].Free();
            }
        }
    }

    private void LoadStep(int index, Step step)
    {
        bool s8 = step.Inputs.Length > 0 && Bundle.Maps[step.Inputs[0]].Type == ElementType.S8;
        switch (step)
        {
            case ConvolutionStep s:
                _weights[index] = s8
                    ? PackedWeights.Pack(Bundle, s, ConvolutionS8, out _groupBytes[index])
                    : PackedWeights.Pack(Bundle, s, ConvolutionF32, out _groupBytes[index]);
                Load(s.Bias);
                LoadScales(step, s.Scales);
                break;
            case DepthwiseStep s:
                int stride;
                _weights[index] = s8 ? PackedWeights.PadDepthwise<sbyte>(Bundle, s, out stride) : PackedWeights.PadDepthwise<float>(Bundle, s, out stride);
                _groupBytes[index] = stride;
                Load(s.Bias);
                LoadScales(step, s.Scales);
                break;
            case ResampleStep s:
                Load(s.Weights);
                CheckFinite(step, s.Weights, "weight");
                break;
            case UnaryStep s:
                Load(s.Slopes);
                break;
            case LookupStep s:
                Load(s.Table);
                break;
            case ConstantStep s:
                Load(s.Values);
                break;
            default:
                break;
        }
    }

    private void Load(int blob)
    {
        if (blob < 0 || _blobs[blob] is not null)
        {
            return;
        }

        NativeBlock block = new(Bundle.Blobs[blob].Bytes);
        _blobs[blob] = block;
        Bundle.Weights.Read(Bundle.Blobs[blob].Offset, block.Span);
    }

    private void LoadScales(Step step, int blob)
    {
        Load(blob);
        if (blob >= 0)
        {
            CheckFinite(step, blob, "requantisation multiplier");
        }
    }

    private void CheckFinite(Step step, int blob, string what)
    {
        foreach (float value in MemoryMarshal.Cast<byte, float>(_blobs[blob]!.Span))
        {
            if (!float.IsFinite(value))
            {
                throw new BundleException($"Step '{step.Name}' has a {what} of {value}. Pack the model again.");
            }
        }
    }
}
