namespace EdgeRuntime.Tests.Shared.Requirements;

/// <summary>What a test needs that the machine it runs on may lack.</summary>
public enum Need
{
    /// <summary>Trained networks and picture sets: the folder <c>shared</c> beside the repository.</summary>
    SharedFiles,

    /// <summary>The published programs; tools/test makes them.</summary>
    Programs,

    /// <summary>edgert for arm64, and an emulator to run it.</summary>
    Arm,

    /// <summary>A Python with msgpack.</summary>
    Msgpack,

    /// <summary>A Python with PyTorch, NumPy, onnx and PIL.</summary>
    Torch,

    /// <summary>Leave to run for minutes.</summary>
    Patience,
}
