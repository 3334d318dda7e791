using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels.Elementwise;
using EdgeRuntime.Tests.Shared.Bundles;
using ModelPacker.Gradients;
using ModelPacker.Perforate;

namespace ModelPacker.Tests.Gradients;

public class StepGradientTests
{
    public static TheoryData<string> Scenes() => new(StepScenes.Names);

    [Theory]
    [MemberData(nameof(Scenes))]
    public void IsThatOfTheLoss(string scene)
    {
        for (int seed = 0; seed < 3; seed++)
        {
            using Bundle bundle = StepScenes.Create(scene, seed);
            GradientCheck.Run(bundle, 0, seed, corners: StepScenes.HasCorners(scene));
        }
    }

    [Theory]
    [MemberData(nameof(Scenes))]
    public void IsThatOfTheLossOnPerforatedPoints(string scene)
    {
        using Bundle bundle = StepScenes.Create(scene, 7);
        Perforator perforator = new(bundle);
        Dictionary<int, Support> masks = Enumerable.Range(0, bundle.Steps.Length).Where(perforator.CanPerforate).ToDictionary(i => i, i =>
        {
            int sites = bundle.Points[0].Rows[bundle.Steps[i].Output];
            int width = Enumerable.Range(1, sites).Last(w => sites % w == 0 && w * w <= sites);
            return new MaskMaker(sites / width, width).Make(MaskKind.Uniform, 0.6, i);
        });
        PointAssembler assembler = new(bundle);
        assembler.Add("sparse", perforator.Compile(masks));
        GradientCheck.Run(assembler.Build([]), 1, 3, corners: StepScenes.HasCorners(scene));
    }

    [Fact]
    public void StepsWithoutAreNamedAllAtOnce()
    {
        NetworkBuilder net = new(1);
        int conv = net.Convolution(net.Input(ElementType.F32, 3, 3, 4), 3, 1, 5);
        int down = net.Add(new UnaryStep("down", [conv], net.AddMap(ElementType.F32, 3, 3, 5), UnaryFunction.Floor, 0, 0, -1));
        net.Output(net.Add(new UnaryStep("up", [down], net.AddMap(ElementType.F32, 3, 3, 5), UnaryFunction.Ceiling, 0, 0, -1)));
        using Bundle bundle = net.Build();
        EdgeRuntimeException e = Assert.Throws<EdgeRuntimeException>(() => GradientNetwork.Create(bundle, new GradientOptions()));
        Assert.Equal(3, e.ExitCode);
        Assert.Contains("'down' (Floor), 'up' (Ceiling)", e.Message);
    }
}
