using EdgeRuntime.Governing;
using Xunit;

namespace EdgeRuntime.Tests.Governor;

public sealed class GovernorPolicyTests
{
    private const double Idle = 2;
    private const double Extra = 4;
    private const double Period = 0.1;

    private static readonly GovernorPlan Plan = new(
        [new(0, "dense", 60, 0.9, null), new(1, "2x", 30, 0.88, null), new(2, "4x", 15, 0.8, null), new(3, "silly", 40, 0.7, null)], Idle);

    [Fact]
    public void PointsThatOthersBeatAreLeftOut()
        => Assert.Equal(["4x", "2x", "dense"], Plan.Choices.ToArray().Select(c => c.Name));

    [Fact]
    public void WithoutGoalsTheBestRuns()
    {
        EdgeRuntime.Governing.Governor governor = new(Plan, new Goals());
        List<Decision> decisions = Drive(governor, 500, (n, seen) => seen);
        Assert.All(decisions, d => Assert.Equal((2, false, GovernorTroubles.None), (d.Choice, d.IsSwitch, d.Troubles)));
        Assert.Equal(0, governor.Point);
    }

    [Fact]
    public void TheMeanMeetsACapBetweenTwoPointsInBlocks()
    {
        // 2x draws 3.2 W and dense 4.4 W at this rate: three parts of one, one of the other.
        EdgeRuntime.Governing.Governor governor = new(Plan, new Goals { MaxWatts = 3.5 });
        List<int> choices = [];
        Drive(governor, 3000, (n, seen) =>
        {
            choices.Add(seen.Choice);
            return seen;
        });
        choices.RemoveRange(0, 300);
        Assert.All(choices, c => Assert.InRange(c, 1, 2));
        Assert.Equal(0.25, choices.Average(c => c - 1.0), 0.02);
        Assert.InRange(choices.Zip(choices.Skip(1)).Count(p => p.First != p.Second), 20, choices.Count * Period);
    }

    [Fact]
    public void AStepIsAFunctionOfStateAndObservation()
    {
        GovernorState state = GovernorState.Initial(Plan);
        Goals goals = new() { MaxWatts = 3, DeadlineMs = 50, MaxCelsius = 60 };
        for (int n = 0; n < 200; n++)
        {
            Observation seen = Seen(n, state.Choice, 1 + (0.1 * Math.Sin(n))) with { Celsius = 40 + (0.1 * n), Margin = 0.5 };
            GovernorState before = state;
            (GovernorState first, Decision decision) = GovernorPolicy.Step(Plan, goals, state, seen);
            (GovernorState second, Decision again) = GovernorPolicy.Step(Plan, goals, before, seen);
            Assert.Equal(decision, again);
            Assert.Equal((first.Choice, first.WattsAccount, first.SlowDown), (second.Choice, second.WattsAccount, second.SlowDown));
            Assert.Equal((before.Choice, before.Seconds), (state.Choice, state.Seconds));
            state = first;
        }
    }

    [Fact]
    public void NothingIsAllocatedPerFrame()
    {
        EdgeRuntime.Governing.Governor governor = new(Plan, new Goals { MaxWatts = 3.5, MaxJoulesPerFrame = 0.3, MinFps = 5, DeadlineMs = 90, MaxCelsius = 80, BatteryHours = 2 });
        long before = 0;
        for (int n = 0; n < 1000; n++)
        {
            before = n == 200 ? GC.GetAllocatedBytesForCurrentThread() : before;
            governor.Observe(Seen(n, governor.Choice, 1) with { Celsius = 50, BatteryJoules = 30_000 });
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void ADeadlineActsAtOnceAndSaysWhy()
    {
        EdgeRuntime.Governing.Governor governor = new(Plan, new Goals { DeadlineMs = 70 });
        Drive(governor, 100, (n, seen) => seen);
        Assert.Equal("dense", Plan.Choices[governor.Choice].Name);
        List<Decision> decisions = Drive(governor, 3, (n, seen) => seen with { Milliseconds = seen.Milliseconds * 1.5 }, from: 100);
        Decision decision = decisions.Find(d => d.IsSwitch);
        Assert.Equal(Goal.Deadline, decision.Limit);
        Assert.StartsWith("dense -> 2x: expected time ", decision.Explain(Plan), StringComparison.Ordinal);
        Assert.Contains("deadline 70.0 ms", decision.Explain(Plan), StringComparison.Ordinal);
    }

    [Fact]
    public void ALostSensorIsSaidOnceAndAnEstimateGoesOn()
    {
        EdgeRuntime.Governing.Governor governor = new(Plan, new Goals { MaxWatts = 3.5 });
        List<string> notices = [];
        double watts = 0;
        List<Decision> decisions = Drive(governor, 3000, (n, seen) =>
        {
            bool dark = n is >= 1000 and < 2000;
            watts += dark ? seen.Watts : 0;
            return dark ? seen with { Watts = double.NaN, Joules = double.NaN } : seen;
        });
        decisions.ForEach(d => notices.AddRange(d.Notices()));
        Assert.Equal(2, notices.Count);
        Assert.Contains("no longer measured", notices[0], StringComparison.Ordinal);
        Assert.Contains("measured again", notices[1], StringComparison.Ordinal);

        // The reserve keeps the real power at or below the goal while it is not seen.
        Assert.InRange(watts / 1000, 3.3, 3.5 * 1.005);
    }

    [Fact]
    public void WithoutAnyKnowledgeOfPowerTheCheapestRuns()
    {
        EdgeRuntime.Governing.Governor governor = new(new GovernorPlan(Plan.Choices.ToArray()), new Goals { MaxWatts = 3.5 });
        List<Decision> decisions = Drive(governor, 100, (n, seen) => seen with { Watts = double.NaN, Joules = double.NaN });
        Assert.Equal(0, governor.Choice);
        Assert.Contains(decisions, d => d.NewTroubles == GovernorTroubles.NoPower);
    }

    [Fact]
    public void AGoalThatNothingMeetsIsSaidOnceAndFramesAreSpaced()
    {
        // 4x draws 2.6 W at this rate.
        EdgeRuntime.Governing.Governor governor = new(Plan, new Goals { MaxWatts = 2.3 });
        List<Decision> decisions = Drive(governor, 1000, (n, seen) => seen);
        Decision told = Assert.Single(decisions, d => d.NewTroubles != GovernorTroubles.None);
        string notice = Assert.Single(told.Notices());
        Assert.Matches("^the cheapest point does not meet the goal: power 2[.](5[5-9]|6[0-5]) W", notice);
        Assert.Contains("goal 2.30 W; frames are spaced", notice, StringComparison.Ordinal);
        Assert.Equal(0, governor.Choice);
        Assert.True(decisions[^1].PauseSeconds >= 0.19);
    }

    [Fact]
    public void UnderVoltageLowersTheChoiceAtOnceAndPatientlyRaisesIt()
    {
        EdgeRuntime.Governing.Governor governor = new(Plan, new Goals { MaxWatts = 100 });
        List<(int Choice, int Frame)> changes = [];
        Drive(governor, 1200, (n, seen) =>
        {
            if (changes.Count == 0 || changes[^1].Choice != seen.Choice)
            {
                changes.Add((seen.Choice, n));
            }

            return seen with { Throttled = n is >= 100 and < 104 ? ThrottleFlags.UnderVoltage : ThrottleFlags.None };
        });
        Assert.Equal([2, 1, 2], changes.ConvertAll(c => c.Choice));
        Assert.InRange(changes[1].Frame, 100, 102);
        Assert.True(changes[2].Frame > 250);
    }

    [Fact]
    public void TheTemperatureIsLost()
    {
        EdgeRuntime.Governing.Governor governor = new(Plan, new Goals { MaxCelsius = 60 });
        List<string> notices = [];
        Drive(governor, 600, (n, seen) => seen with { Celsius = n < 300 ? 50 : double.NaN }).ForEach(d => notices.AddRange(d.Notices()));
        Assert.Equal(["the temperature is not known: keeping a little below what held it so far"], notices);
        Assert.InRange(governor.Choice, 1, 2);
    }

    [Theory]
    [InlineData(1.9, null)]
    [InlineData(-1.0, null)]
    [InlineData(double.NaN, null)]
    [InlineData(null, 0.0)]
    public void AbsurdGoalsAreUsageErrors(double? watts, double? fps)
    {
        EdgeRuntimeException e = Assert.Throws<EdgeRuntimeException>(() => new EdgeRuntime.Governing.Governor(Plan, new Goals { MaxWatts = watts, MinFps = fps }));
        Assert.Equal(2, e.ExitCode);
        Assert.Contains("give", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NonsenseNeverBreaksIt()
    {
        Random random = new(9);
        double Any() => random.Next(12) switch { 0 => double.NaN, 1 => double.PositiveInfinity, 2 => -1, 3 => 0, 4 => 1e300, 5 => 1e-300, 6 => double.NegativeInfinity, _ => 100 * random.NextDouble() };
        for (int run = 0; run < 20; run++)
        {
            EdgeRuntime.Governing.Governor governor = new(Plan, new Goals { MaxWatts = 3, MaxJoulesPerFrame = 0.2, BatteryHours = 1, DeadlineMs = 50, MinFps = 10, MaxCelsius = 60 });
            for (int n = 0; n < 400; n++)
            {
                Decision decision = governor.Observe(new Observation
                {
                    Seconds = random.Next(10) == 0 ? Any() : n * Period,
                    Choice = governor.Choice,
                    Milliseconds = Any(),
                    PlannedMilliseconds = Any(),
                    PeriodSeconds = Any(),
                    Watts = Any(),
                    Joules = Any(),
                    BatteryJoules = Any(),
                    Celsius = Any(),
                    Margin = Any(),
                    Throttled = (ThrottleFlags)random.Next(16),
                });
                Assert.InRange(decision.Choice, 0, 2);
                Assert.InRange(decision.Position, 0, 2);
                Assert.InRange(decision.PauseSeconds, 0, double.MaxValue);
                Assert.NotEmpty(decision.Explain(Plan));
            }

            // When the nonsense is over, so are its consequences; a supply that was too weak is tried again after minutes.
            double start = governor.State.Seconds;
            governor.Goals = new Goals { DeadlineMs = 45 };
            for (int n = 1; n < 12_000; n++)
            {
                governor.Observe(Seen(n, governor.Choice, 1) with { Seconds = start + (n * Period) });
            }

            Assert.Equal("2x", Plan.Choices[governor.Choice].Name);
        }
    }

    [Fact]
    public void OnePointIsEnough()
    {
        EdgeRuntime.Governing.Governor governor = new(new GovernorPlan([new(0, "dense", 60, 0.9, null)], Idle), new Goals { MaxWatts = 2.5, DeadlineMs = 10, MinFps = 100 });
        Assert.All(Drive(governor, 200, (n, seen) => seen), d => Assert.False(d.IsSwitch));
    }

    private static Observation Seen(int n, int choice, double slow)
    {
        double milliseconds = Plan.Choices[choice].Milliseconds * slow;
        return new Observation
        {
            Seconds = n * Period,
            Choice = choice,
            Milliseconds = milliseconds,
            PeriodSeconds = n == 0 ? double.NaN : Period,
            Watts = Idle + (Extra * milliseconds * 1e-3 / Period),
            Joules = (Idle + Extra) * milliseconds * 1e-3,
        };
    }

    private static List<Decision> Drive(EdgeRuntime.Governing.Governor governor, int frames, Func<int, Observation, Observation> change, int from = 0)
    {
        List<Decision> decisions = [];
        for (int n = from; n < from + frames; n++)
        {
            decisions.Add(governor.Observe(change(n, Seen(n, governor.Choice, 1))));
        }

        return decisions;
    }
}
