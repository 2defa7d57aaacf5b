using Akka.Actor;

namespace Akka.Pattern;

internal sealed class BackoffPlan : BackoffOptions
{
    public BackoffPlan(bool OnFailure, Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor, int maxNrOfRetries)
    {
        if (minBackoff <= TimeSpan.Zero)
            throw new ArgumentException($"The shortest pause is {minBackoff}: it must be above zero", nameof(minBackoff));
        if (maxBackoff < minBackoff)
            throw new ArgumentException($"The longest pause is {maxBackoff}: it must not be below the shortest, {minBackoff}", nameof(maxBackoff));
        if (randomFactor is < 0 or > 1)
            throw new ArgumentException($"The random factor is {randomFactor}: it must be from 0 to 1", nameof(randomFactor));
        RestartsOnFailure = OnFailure;
        ChildProps = childProps;
        ChildName = childName;
        MinBackoff = minBackoff;
        MaxBackoff = maxBackoff;
        RandomFactor = randomFactor;
        MaxRetries = maxNrOfRetries;
        ResetAfter = minBackoff;
    }

    public bool RestartsOnFailure { get; }

    public Props ChildProps { get; }

    public string ChildName { get; }

    public TimeSpan MinBackoff { get; }

    public TimeSpan MaxBackoff { get; }

    public double RandomFactor { get; }

    public int MaxRetries { get; private set; }

    /// <summary>Null: by hand.</summary>
    public TimeSpan? ResetAfter { get; private set; }

    public IDecider Decider { get; private set; } = SupervisorStrategy.DefaultDecider;

    public object ReplyWhileStopped { get; private set; }

    public Func<object, bool> IsFinalStopMessage { get; private set; } = _ => false;

    public override BackoffOptions WithAutoReset(TimeSpan resetBackoff) => With(plan => plan.ResetAfter = resetBackoff);

    public override BackoffOptions WithManualReset() => With(plan => plan.ResetAfter = null);

    public override BackoffOptions WithSupervisorStrategy(OneForOneStrategy supervisorStrategy) => With(plan =>
    {
        plan.Decider = supervisorStrategy.Decider;
        plan.MaxRetries = supervisorStrategy.MaxNumberOfRetries;
    });

    public override BackoffOptions WithDefaultStoppingStrategy() => With(plan => plan.Decider = SupervisorStrategy.StoppingStrategy.Decider);

    public override BackoffOptions WithMaxNrOfRetries(int maxNrOfRetries) => With(plan => plan.MaxRetries = maxNrOfRetries);

    public override BackoffOptions WithReplyWhileStopped(object replyWhileStopped) => With(plan => plan.ReplyWhileStopped = replyWhileStopped);

    public override BackoffOptions WithFinalStopMessage(Func<object, bool> isFinalStopMessage) => With(plan => plan.IsFinalStopMessage = isFinalStopMessage);

    /// <summary>The pause before a restart: doubles with each, with a random part that keeps many from starting at once.</summary>
    public TimeSpan Pause(int restarts, double random)
    {
        double pause = Math.Min(MaxBackoff.Ticks, MinBackoff.Ticks * Math.ScaleB(1.0, Math.Min(restarts, 60)));
        return TimeSpan.FromTicks((long)Math.Min(MaxBackoff.Ticks, pause * (1 + (random * RandomFactor))));
    }

    private BackoffPlan With(Action<BackoffPlan> change)
    {
        BackoffPlan copy = (BackoffPlan)MemberwiseClone();
        change(copy);
        return copy;
    }
}
