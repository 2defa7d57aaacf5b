using Akka.Actor.Internal;
using Akka.Event;

namespace Akka.Actor;

public abstract class SupervisorStrategy
{
    public static readonly IDecider DefaultDecider = Actor.Decider.From(
        Directive.Restart,
        new KeyValuePair<Type, Directive>(typeof(ActorInitializationException), Directive.Stop),
        new KeyValuePair<Type, Directive>(typeof(ActorKilledException), Directive.Stop),
        new KeyValuePair<Type, Directive>(typeof(DeathPactException), Directive.Stop));

    public static readonly SupervisorStrategy DefaultStrategy = new OneForOneStrategy(DefaultDecider);

    public static readonly OneForOneStrategy StoppingStrategy = new(_ => Directive.Stop);

    private protected SupervisorStrategy(int maxNrOfRetries, int withinTimeMilliseconds, IDecider decider, bool loggingEnabled)
    {
        // A window without a number of retries allows one.
        Retries = maxNrOfRetries;
        Window = withinTimeMilliseconds;
        Decider = decider;
        LoggingEnabled = loggingEnabled;
    }

    public IDecider Decider { get; }

    internal int Retries { get; }

    /// <summary>In milliseconds; not above zero: none.</summary>
    internal int Window { get; }

    protected bool LoggingEnabled { get; }

    /// <summary>False: the supervisor itself fails with the child's cause.</summary>
    internal bool HandleFailure(
        ActorCell cell, IActorRef child, Exception cause, ChildRestartStats stats, IReadOnlyCollection<ChildRestartStats> children)
    {
        Directive directive = Decider.Decide(cause);
        if (LoggingEnabled)
            LogFailure(cell, child, cause, directive);
        switch (directive)
        {
            case Directive.Escalate:
                return false;
            case Directive.Resume:
                ((IInternalActorRef)child).Resume(cause);
                return true;
            default:
                ProcessFailure(cell, directive == Directive.Restart, child, cause, stats, children);
                return true;
        }
    }

    private protected abstract void ProcessFailure(
        ActorCell cell, bool restart, IActorRef child, Exception cause, ChildRestartStats stats, IReadOnlyCollection<ChildRestartStats> children);

    private protected static void RestartChild(IActorRef child, Exception cause, bool suspendFirst)
    {
        IInternalActorRef target = (IInternalActorRef)child;
        if (suspendFirst)
            target.Suspend();
        target.Restart(cause);
    }

    private static void LogFailure(ActorCell cell, IActorRef child, Exception cause, Directive directive)
    {
        string message = cause is ActorInitializationException { InnerException: { } inner } ? inner.Message : cause.Message;
        LogEvent logEvent = directive switch
        {
            Directive.Resume => new Warning(cause, child.Path.ToString(), cell.Props.Type, message),
            Directive.Escalate => new Debug(cause, child.Path.ToString(), cell.Props.Type, message),
            _ => new Error(cause, child.Path.ToString(), cell.Props.Type, message),
        };
        cell.System.EventStream.Publish(logEvent);
    }
}
