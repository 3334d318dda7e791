namespace EdgeRuntime.Bundles;

/// <summary>A bundle that cannot be used: truncated, corrupt, too new, or asking for more than the limits allow (exit code 3).</summary>
public sealed class BundleException(string message, Exception? inner = null) : EdgeRuntimeException(message, 3, inner);
