using System.Runtime.InteropServices;
using System.Text;

namespace EdgeRuntime.Platform;

/// <summary>A program whose standard output is read. Its messages go where ours go.</summary>
internal sealed unsafe partial class ChildPipe : IDisposable
{
    private const int Terminate = 15, Kill = 9, NoHang = 1, PollMilliseconds = 20, PatienceMilliseconds = 2000;

    private readonly int _process;
    private int _file;

    private ChildPipe(int process, int file) => (_process, _file) = (process, file);

    /// <summary>End of the pipe to read from.</summary>
    public int File => _file;

    /// <summary>Starts a program, which is looked for along PATH.</summary>
    /// <returns>The error number of the system, and no pipe, when it cannot be started.</returns>
    public static (ChildPipe? Pipe, int Error) Start(string program, ReadOnlySpan<string> arguments)
    {
        int* ends = stackalloc int[2];
        if (MakePipe(ends, Libc.CloseOnExec) != 0)
        {
            return (null, Errno.Last);
        }

        // More than the largest of these structures in any C library.
        byte* actions = stackalloc byte[512];
        List<nint> words = [Marshal.StringToCoTaskMemUTF8(program)];
        foreach (string argument in arguments)
        {
            words.Add(Marshal.StringToCoTaskMemUTF8(argument));
        }

        try
        {
            InitializeActions(actions);
            AddDuplicate(actions, ends[1], 1);
            int process;
            int error;
            nint[] vector = [.. words, 0];
            nint[] environment = Environment();
            fixed (nint* argv = vector)
            fixed (nint* env = environment)
            {
                error = Spawn(&process, (byte*)words[0], actions, null, argv, env);
            }

            Array.ForEach(environment, Marshal.FreeCoTaskMem);
            DestroyActions(actions);
            _ = Libc.Close(ends[1]);
            if (error != 0)
            {
                _ = Libc.Close(ends[0]);
                return (null, error);
            }

            return (new ChildPipe(process, ends[0]), 0);
        }
        finally
        {
            words.ForEach(Marshal.FreeCoTaskMem);
        }
    }

    /// <summary>Ends the program, kindly at first, and waits for it.</summary>
    public void Dispose()
    {
        if (_file < 0)
        {
            return;
        }

        _ = Libc.Close(_file);
        _file = -1;
        _ = Signal(_process, Terminate);
        int status;
        for (int waited = 0; waited < PatienceMilliseconds; waited += PollMilliseconds)
        {
            if (WaitFor(_process, &status, NoHang) != 0)
            {
                return;
            }

            Thread.Sleep(PollMilliseconds);
        }

        _ = Signal(_process, Kill);
        _ = WaitFor(_process, &status, 0);
    }

    private static nint[] Environment()
    {
        List<nint> entries = [];
        foreach (System.Collections.DictionaryEntry entry in System.Environment.GetEnvironmentVariables())
        {
            entries.Add(Marshal.StringToCoTaskMemUTF8(new StringBuilder().Append(entry.Key).Append('=').Append(entry.Value).ToString()));
        }

        return [.. entries, 0];
    }

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int MakePipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int InitializeActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDuplicate(byte* actions, int file, int newFile);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int DestroyActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawnp")]
    private static partial int Spawn(int* process, byte* file, byte* actions, void* attributes, nint* arguments, nint* environment);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitFor(int process, int* status, int options);
}
