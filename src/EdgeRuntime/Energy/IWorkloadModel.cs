namespace EdgeRuntime.Energy;

/// <summary>A sensor that computes power from what the program does, and so must be told.</summary>
public interface IWorkloadModel
{
    /// <summary>Work starts or ends now.</summary>
    void SetBusy(bool busy);
}
