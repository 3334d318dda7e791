// Compares every kernel variant that this CPU supports with its reference on random shapes and prints a hash of the
// outputs, which is the same on every CPU. Usage: kernel-parity [cases] [seed]; exit code 1 on the first mismatch.
using System.Globalization;
using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Convolution;
using EdgeRuntime.Kernels.Depthwise;
using EdgeRuntime.Tests.Shared.Kernels;
using EdgeRuntime.Tests.Shared.Operators;

int cases = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 200;
int seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
bool failed = false;

Family(ConvolutionS8Kernels.All, variant => KernelParity.Check(ConvolutionS8Kernels.All, variant, seed, cases, ConvolutionS8Case.Random, (kernel, c) => c.Run(kernel)));
Family(DepthwiseS8Kernels.All, variant => KernelParity.Check(DepthwiseS8Kernels.All, variant, seed, cases, DepthwiseS8Case.Random, (kernel, c) => c.Run(kernel)));
foreach (OperatorFamily family in OperatorParity.Families)
{
    Family(family.Variants, variant => OperatorParity.Check(family, variant, seed, cases));
}

return failed ? 1 : 0;

void Family<TVariant>(IReadOnlyList<TVariant> all, Func<TVariant, ulong> check)
    where TVariant : class, IKernelVariant
{
    foreach (TVariant variant in all)
    {
        if (!variant.IsSupported)
        {
            Console.WriteLine($"{variant.Family} {variant.Name} unsupported");
            continue;
        }

        try
        {
            Console.WriteLine($"{variant.Family} {variant.Name} {cases} ok {check(variant):x16}");
        }
        catch (InvalidOperationException e)
        {
            Console.WriteLine(e.Message);
            failed = true;
        }
    }
}
