namespace EdgeRuntime.Sinks;

/// <summary>The program that read our output has ended.</summary>
public sealed class ReaderGoneException() : IOException("the reader of the output has ended");
