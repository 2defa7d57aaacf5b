namespace Akka.Actor;

public static class PipeToSupport
{
    public static Task PipeTo<T>(
        this Task<T> taskToPipe, ICanTell recipient, IActorRef sender = null, Func<T, object> success = null, Func<Exception, object> failure = null)
        => Pipe(taskToPipe, recipient, sender, success, failure);

    public static Task PipeTo<T>(
        this Task<T> taskToPipe, ICanTell recipient, bool useConfigureAwait, IActorRef sender = null, Func<T, object> success = null, Func<Exception, object> failure = null)
        => Pipe(taskToPipe, recipient, sender, success, failure);

    public static Task PipeTo<T>(
        this ValueTask<T> taskToPipe, ICanTell recipient, IActorRef sender = null, Func<T, object> success = null, Func<Exception, object> failure = null)
        => PipeTo(taskToPipe.AsTask(), recipient, sender, success, failure);

    public static Task PipeTo<T>(
        this ValueTask<T> taskToPipe, ICanTell recipient, bool useConfigureAwait, IActorRef sender = null, Func<T, object> success = null, Func<Exception, object> failure = null)
        => PipeTo(taskToPipe.AsTask(), recipient, sender, success, failure);

    public static Task PipeTo(
        this Task taskToPipe, ICanTell recipient, IActorRef sender = null, Func<object> success = null, Func<Exception, object> failure = null)
        => Pipe(taskToPipe, recipient, sender, success, failure);

    public static Task PipeTo(
        this Task taskToPipe, ICanTell recipient, bool useConfigureAwait, IActorRef sender = null, Func<object> success = null, Func<Exception, object> failure = null)
        => PipeTo(taskToPipe, recipient, sender, success, failure);

    public static Task PipeTo(
        this ValueTask taskToPipe, ICanTell recipient, IActorRef sender = null, Func<object> success = null, Func<Exception, object> failure = null)
        => PipeTo(taskToPipe.AsTask(), recipient, sender, success, failure);

    public static Task PipeTo(
        this ValueTask taskToPipe, ICanTell recipient, bool useConfigureAwait, IActorRef sender = null, Func<object> success = null, Func<Exception, object> failure = null)
        => PipeTo(taskToPipe.AsTask(), recipient, sender, success, failure);

    private static async Task Pipe<T>(Task<T> task, ICanTell recipient, IActorRef sender, Func<T, object> success, Func<Exception, object> failure)
    {
        try
        {
            // Not on the actor's scheduler: the actor never waits for this.
            T result = await task.ConfigureAwait(false);
            recipient.Tell(success is null ? result : success(result), sender);
        }
#pragma warning disable CA1031 // Any failure becomes a message.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            recipient.Tell(failure is null ? new Status.Failure(cause) : failure(cause), sender);
        }
    }

    private static async Task Pipe(Task task, ICanTell recipient, IActorRef sender, Func<object> success, Func<Exception, object> failure)
    {
        try
        {
            await task.ConfigureAwait(false);
            if (success is not null)
                recipient.Tell(success(), sender);
        }
#pragma warning disable CA1031 // Any failure becomes a message.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            recipient.Tell(failure is null ? new Status.Failure(cause) : failure(cause), sender);
        }
    }
}
