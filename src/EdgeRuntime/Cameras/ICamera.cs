using EdgeRuntime.Platform;

namespace EdgeRuntime.Cameras;

/// <summary>A source of frames. Used by one thread.</summary>
public interface ICamera : IDisposable
{
    /// <summary>Its name for people.</summary>
    string Name { get; }

    /// <summary>Frames come at the camera's own pace, asked for or not.</summary>
    bool IsLive { get; }

    /// <summary>Opens it, or opens it again after it had gone.</summary>
    /// <exception cref="DeviceException">It is missing, may not be used, or lacks the format.</exception>
    void Open();

    /// <summary>Waits for the next frame.</summary>
    /// <param name="frame">Takes it.</param>
    /// <param name="notBefore">A live camera passes over frames taken before this time (<see cref="Clock"/>).</param>
    /// <param name="waker">Ends the wait.</param>
    /// <exception cref="DeviceException">It has gone, or sends nothing any more.</exception>
    CameraResult Read(Frame frame, long notBefore, Waker waker);

    /// <summary>Lets go of the device; <see cref="Open"/> may follow.</summary>
    void Close();
}
