namespace EdgeRuntime.Energy.Logs;

/// <summary>The older files of a log: LOG.1 is the newest of them.</summary>
internal static class LogRotation
{
    /// <summary>Makes room for a new file of the log's name; the oldest goes.</summary>
    /// <remarks>Names move from the oldest to the newest, each in one step of the file system: a kill in between leaves a number out, and no file is lost.</remarks>
    /// <param name="path">The log, closed.</param>
    /// <param name="files">Most files, the log's own included.</param>
    public static void Rotate(string path, int files)
    {
        for (int i = files - 1; i >= 1; i--)
        {
            string newer = i == 1 ? path : Older(path, i - 1);
            if (File.Exists(newer))
            {
                File.Move(newer, Older(path, i), overwrite: true);
            }
        }

        if (files == 1)
        {
            File.Delete(path);
        }
    }

    /// <summary>Number of the last record in the newest older file; −1 when there is none.</summary>
    public static long LastSequence(string path)
    {
        if (!File.Exists(Older(path, 1)))
        {
            return -1;
        }

        using LogFile older = new(Older(path, 1));
        return older.LastSequence;
    }

    private static string Older(string path, int number) => FormattableString.Invariant($"{path}.{number}");
}
