using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Configuration;
using Akka.Util;

namespace Akka.Event;

/// <summary>Subscribers by type of event. Reading is lock-free: who gets an event type is worked out once and kept until someone (un)subscribes.</summary>
public class LoggingBus
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IActorRef, Channels> _subscriptions = [];
    private readonly List<IActorRef> _loggers = [];
    private volatile ConcurrentDictionary<Type, IActorRef[]> _receivers = new();
    private volatile int _logLevel;

    private protected LoggingBus()
    {
    }

    public LogLevel LogLevel => (LogLevel)_logLevel;

    public void SetLogLevel(LogLevel logLevel) => _logLevel = (int)logLevel;

    public virtual bool Subscribe(IActorRef subscriber, Type classifier)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        ArgumentNullException.ThrowIfNull(classifier);
        lock (_lock)
        {
            if (!_subscriptions.TryGetValue(subscriber, out Channels channels))
                _subscriptions.Add(subscriber, channels = new Channels());
            return Changed(channels.Add(classifier));
        }
    }

    public virtual bool Unsubscribe(IActorRef subscriber, Type classifier)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        ArgumentNullException.ThrowIfNull(classifier);
        lock (_lock)
        {
            if (!_subscriptions.TryGetValue(subscriber, out Channels channels) || !channels.Remove(classifier))
                return false;
            if (channels.IsEmpty)
                _subscriptions.Remove(subscriber);
            return Changed(true);
        }
    }

    public virtual bool Unsubscribe(IActorRef subscriber)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        lock (_lock)
        {
            if (!_subscriptions.Remove(subscriber))
                return false;
            _receivers = new ConcurrentDictionary<Type, IActorRef[]>();
            return true;
        }
    }

    public virtual void Publish(object @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        ConcurrentDictionary<Type, IActorRef[]> receivers = _receivers;
        if (!receivers.TryGetValue(@event.GetType(), out IActorRef[] subscribers))
            subscribers = receivers[@event.GetType()] = ReceiversOf(@event.GetType());
        foreach (IActorRef subscriber in subscribers)
            subscriber.Tell(@event, ActorRefs.NoSender);
    }

    internal void StartStdoutLogger(Settings settings)
    {
        LogLevel level = Logging.LogLevelFor(settings.StdoutLogLevel);
        SubscribeFrom(StandardOutLogger.Instance, level);
    }

    internal void StartLoggers(ActorSystemImpl system)
    {
        LogLevel level = Logging.LogLevelFor(system.Settings.LogLevel);
        if (level == Logging.Off)
        {
            Unsubscribe(StandardOutLogger.Instance);
            return;
        }

        foreach (string name in system.Settings.Loggers)
        {
            Type type = RuntimeTypes.Find(name, "akka.loggers");
            if (type == typeof(DefaultLogger))
            {
                // The same output without the detour over an actor.
                Unsubscribe(StandardOutLogger.Instance);
                SubscribeFrom(StandardOutLogger.Instance, level);
                continue;
            }

            if (!typeof(ActorBase).IsAssignableFrom(type))
                throw new ConfigurationException($"akka.loggers names {type}, which is no actor");
            IActorRef logger = system.SystemActorOf(Props.Create(type), $"log{_loggers.Count + 1}-{type.Name}");
            // What is published from now on, the start of a transport first of all, finds the logger ready.
            IAsyncResult answer = logger.Ask<LoggerInitialized>(new InitializeLogger(this));
            if (!answer.AsyncWaitHandle.WaitOne(system.Settings.LoggerStartTimeout))
                Publish(new Warning(GetType().Name, GetType(), $"Logger [{type}] did not answer InitializeLogger within {system.Settings.LoggerStartTimeout}"));
            SubscribeFrom(logger, level);
            lock (_lock)
                _loggers.Add(logger);
        }

        if (_loggers.Count > 0 && !system.Settings.Loggers.Any(name => name.Contains(nameof(DefaultLogger), StringComparison.Ordinal)))
            Unsubscribe(StandardOutLogger.Instance);
        if (system.Settings.DebugUnhandledMessage)
            Subscribe(system.SystemActorOf(Props.Create(() => new UnhandledMessageForwarder()), "unhandledMessageForwarder"), typeof(UnhandledMessage));
        if (system.Settings.LogDeadLetters > 0)
            system.SystemActorOf(Props.Create(() => new DeadLetterListener()), "deadLetterListener");
    }

    internal void StopLoggers()
    {
        lock (_lock)
        {
            _subscriptions.Clear();
            _loggers.Clear();
            _receivers = new ConcurrentDictionary<Type, IActorRef[]>();
        }
    }

    internal void Forget(IActorRef actor)
    {
        lock (_lock)
        {
            if (_subscriptions.Count == 0 || !_subscriptions.Remove(actor))
                return;
            _receivers = new ConcurrentDictionary<Type, IActorRef[]>();
        }
    }

    private void SubscribeFrom(IActorRef logger, LogLevel level)
    {
        for (LogLevel one = LogLevel.DebugLevel; one <= LogLevel.ErrorLevel; one++)
        {
            if (one >= level)
                Subscribe(logger, Logging.ClassFor(one));
        }
    }

    private bool Changed(bool changed)
    {
        if (changed)
            _receivers = new ConcurrentDictionary<Type, IActorRef[]>();
        return changed;
    }

    private IActorRef[] ReceiversOf(Type eventType)
    {
        lock (_lock)
            return [.. _subscriptions.Where(entry => entry.Value.Cover(eventType)).Select(entry => entry.Key)];
    }
}
