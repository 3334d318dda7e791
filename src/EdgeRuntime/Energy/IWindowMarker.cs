namespace EdgeRuntime.Energy;

/// <summary>Marks measuring windows for an instrument outside: a line that falls where a window begins and rises where it ends.</summary>
public interface IWindowMarker
{
    /// <summary>Sets the line: low inside a window, high outside.</summary>
    void Set(bool high);
}
