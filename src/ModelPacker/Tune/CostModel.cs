using System.Globalization;

namespace ModelPacker.Tune;

/// <summary>Predicts what a step costs when it has fewer rows, from samples of it.</summary>
/// <param name="unit">Unit of the costs: <c>ms</c> or <c>mac</c>.</param>
/// <param name="steps">Per step: rows and cost of samples, rows rising, the last one dense.</param>
public sealed class CostModel(string unit, (int Rows, double Cost)[][] steps)
{
    /// <summary>Unit of the costs.</summary>
    public string Unit => unit;

    /// <summary>Samples.</summary>
    public (int Rows, double Cost)[][] Samples => steps;

    /// <summary>One line of text.</summary>
    public string ToText()
        => unit + " " + string.Join(' ', steps.Select(s => string.Join(';', s.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Rows}:{p.Cost:R}")))));

    /// <summary>Reads what <see cref="ToText"/> wrote.</summary>
    public static CostModel Parse(string text)
    {
        string[] words = text.Split(' ');
        return new CostModel(words[0], [.. words.Skip(1).Select(w => w.Split(';').Select(p => p.Split(':'))
            .Select(p => (int.Parse(p[0], CultureInfo.InvariantCulture), double.Parse(p[1], CultureInfo.InvariantCulture))).ToArray())]);
    }

    /// <summary>Cost of a whole network.</summary>
    /// <param name="rowsOfSteps">Output rows of every step.</param>
    public double Predict(IReadOnlyList<int> rowsOfSteps)
    {
        double sum = 0;
        for (int i = 0; i < steps.Length; i++)
        {
            sum += Predict(i, rowsOfSteps[i]);
        }

        return sum;
    }

    /// <summary>Cost of a step: linear between samples; below the least, in proportion to the rows.</summary>
    public double Predict(int step, int rows)
    {
        (int Rows, double Cost)[] samples = steps[step];
        if (rows <= samples[0].Rows)
        {
            return samples[0].Cost * rows / samples[0].Rows;
        }

        for (int i = 1; i < samples.Length; i++)
        {
            if (rows <= samples[i].Rows)
            {
                (int r0, double c0) = samples[i - 1];
                (int r1, double c1) = samples[i];
                return c0 + ((c1 - c0) * (rows - r0) / (r1 - r0));
            }
        }

        return samples[^1].Cost * rows / samples[^1].Rows;
    }
}
