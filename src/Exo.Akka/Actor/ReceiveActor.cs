using Akka.Dispatch;

namespace Akka.Actor;

public abstract class ReceiveActor : UntypedActor
{
    private MessageHandlers _configuring = new();

    protected ReceiveActor()
    {
    }

    internal override Receive InitialBehavior()
    {
        MessageHandlers handlers = Configuring();
        _configuring = null;
        return handlers.Handle;
    }

    protected sealed override void OnReceive(object message)
    {
    }

    protected void Become(Action configure) => base.Become(Configure(configure));

    protected void BecomeStacked(Action configure) => base.BecomeStacked(Configure(configure));

    protected void Receive<T>(Action<T> handler, Predicate<T> shouldHandle = null)
        => Configuring().Add(typeof(T), message =>
        {
            T typed = (T)message;
            if (shouldHandle is not null && !shouldHandle(typed))
                return false;
            handler(typed);
            return true;
        });

    protected void Receive<T>(Predicate<T> shouldHandle, Action<T> handler) => Receive(handler, shouldHandle);

    protected void Receive(Type messageType, Action<object> handler, Predicate<object> shouldHandle = null)
        => Configuring().Add(messageType, message =>
        {
            if (shouldHandle is not null && !shouldHandle(message))
                return false;
            handler(message);
            return true;
        });

    protected void Receive(Type messageType, Predicate<object> shouldHandle, Action<object> handler)
        => Receive(messageType, handler, shouldHandle);

    protected void Receive<T>(Func<T, bool> handler) => Configuring().Add(typeof(T), message => handler((T)message));

    protected void Receive(Type messageType, Func<object, bool> handler) => Configuring().Add(messageType, handler);

    protected void ReceiveAny(Action<object> handler)
        => Configuring().AddAny(message =>
        {
            handler(message);
            return true;
        });

    protected void ReceiveAnyAsync(Func<object, Task> handler)
        => Configuring().AddAny(message =>
        {
            ActorTaskScheduler.RunTask(() => handler(message));
            return true;
        });

    protected void ReceiveAsync<T>(Func<T, Task> handler, Predicate<T> shouldHandle = null)
        => Receive(message => ActorTaskScheduler.RunTask(() => handler(message)), shouldHandle);

    protected void ReceiveAsync<T>(Predicate<T> shouldHandle, Func<T, Task> handler) => ReceiveAsync(handler, shouldHandle);

    protected void ReceiveAsync(Type messageType, Func<object, Task> handler, Predicate<object> shouldHandle = null)
        => Receive(messageType, message => ActorTaskScheduler.RunTask(() => handler(message)), shouldHandle);

    protected void ReceiveAsync(Type messageType, Predicate<object> shouldHandle, Func<object, Task> handler)
        => ReceiveAsync(messageType, handler, shouldHandle);

    private MessageHandlers Configuring() => _configuring ?? throw new InvalidOperationException(
        "Receive handlers may only be declared in the constructor or in the action given to Become or BecomeStacked");

    private Receive Configure(Action configure)
    {
        MessageHandlers outer = _configuring;
        _configuring = new MessageHandlers();
        try
        {
            configure();
            return _configuring.Handle;
        }
        finally
        {
            _configuring = outer;
        }
    }
}
