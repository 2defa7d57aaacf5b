namespace Akka.Actor;

public class PostRestartException : ActorInitializationException
{
    public PostRestartException(IActorRef actor, Exception cause, Exception originalCause)
        : base(actor, $"Exception in PostRestart or the constructor after a restart caused by {originalCause?.GetType().Name ?? "an unknown failure"}", cause)
    {
        OriginalCause = originalCause;
    }

    public Exception OriginalCause { get; }
}
