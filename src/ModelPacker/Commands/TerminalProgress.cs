using ModelPacker.Pipeline;
using Spectre.Console;

namespace ModelPacker.Commands;

/// <summary>Progress on stderr: bars with the time left on a terminal, one line per stage with <c>--verbose</c> elsewhere, else nothing.</summary>
internal sealed class TerminalProgress : IPackProgress
{
    private readonly Terminal _terminal;
    private readonly bool _lines;
    private readonly ProgressContext? _bars;
    private ProgressTask? _bar;

    private TerminalProgress(Terminal terminal, bool lines, ProgressContext? bars)
    {
        _terminal = terminal;
        _lines = lines;
        _bars = bars;
    }

    /// <summary>Warnings so far.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Runs work that reports its progress; warnings are shown when it is done, so that they do not tear the bars.</summary>
    public static T Run<T>(Terminal terminal, bool verbose, Func<TerminalProgress, T> work)
    {
        if (!terminal.Interactive)
        {
            return Finish(new TerminalProgress(terminal, verbose, null), work);
        }

        // Spectre.Console itself honours NO_COLOR.
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Error) });
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => Finish(new TerminalProgress(terminal, false, context), work));
    }

    /// <inheritdoc/>
    public void Begin(string name, int total)
    {
        _bar?.StopTask();
        if (_bars is not null)
        {
            _bar = _bars.AddTask(Markup.Escape(name), maxValue: Math.Max(total, 1));
            _bar.IsIndeterminate = total == 0;
        }
        else if (_lines)
        {
            _terminal.Error.WriteLine(total > 0 ? $"{name} ({total})" : name);
        }
    }

    /// <inheritdoc/>
    public void Advance(int done)
    {
        if (_bar is { } bar)
        {
            bar.Value = done;
        }
    }

    /// <inheritdoc/>
    public void Status(string text, bool lasting)
    {
        if (_bar is { } bar)
        {
            bar.Description = Markup.Escape(text);
        }
        else if (_lines && lasting)
        {
            _terminal.Error.WriteLine(text);
        }
    }

    /// <inheritdoc/>
    public void Warn(string message) => Warnings.Add(message);

    private static T Finish<T>(TerminalProgress progress, Func<TerminalProgress, T> work)
    {
        try
        {
            return work(progress);
        }
        finally
        {
            progress._bar?.StopTask();
            progress.Warnings.ForEach(w => progress._terminal.Error.WriteLine("warning: " + w));
        }
    }
}
