using System.Reflection;
using System.Text;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Akka.Util;

namespace Akka.Actor.Internal;

internal sealed class ActorSystemImpl : ExtendedActorSystem
{
    private readonly Extensions _extensions;
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stack<Action> _onTermination = new();
    private readonly Lock _terminationLock = new();
    private bool _terminationStarted;
    private bool _callbacksRun;

    public ActorSystemImpl(string name, ActorSystemSetup setup)
    {
        if (!IsValidName(name))
        {
            throw new ArgumentException(
                $"Invalid ActorSystem name [{name}]: it must start with an ASCII letter or digit and go on with letters, digits and '-'", nameof(name));
        }

        Name = name;
        Settings = Settings.Create(this, setup);
        EventStream = new EventStream(Settings.DebugEventStream);
        EventStream.SetLogLevel(Logging.LogLevelFor(Settings.LogLevel));
        EventStream.StartStdoutLogger(Settings);
        Log = new BusLogging(EventStream, $"ActorSystem({name})", typeof(ActorSystem), DefaultLogMessageFormatter.Instance);
        _extensions = new Extensions(this);
        Provider = CreateProvider();
        Scheduler = CreateScheduler();
        Dispatchers = new Dispatchers(Settings);
        Mailboxes = new Mailboxes(Settings);
        VerifiesSerialization = Settings.SerializeAllMessages;
    }

    public override Settings Settings { get; }

    public override string Name { get; }

    public override Serialization.Serialization Serialization => _serialization;

    public override EventStream EventStream { get; }

    public override IActorRef DeadLetters => Provider.DeadLetters;

    public override IActorRef IgnoreRef => Provider.IgnoreRef;

    public override Dispatchers Dispatchers { get; }

    public override Mailboxes Mailboxes { get; }

    public override IScheduler Scheduler { get; }

    public override ILoggingAdapter Log { get; }

    public override Task WhenTerminated => _terminated.Task;

    public override IActorRefProvider Provider { get; }

    public override IInternalActorRef Guardian => Provider.Guardian;

    public override IInternalActorRef SystemGuardian => Provider.SystemGuardian;

    public override IInternalActorRef LookupRoot => Provider.RootGuardian;

    public DeadLetterActorRef DeadLetterRef => Provider.DeadLetterRef;

    /// <summary>Messages make a round trip through their serializer on every local tell; for tests.</summary>
    public bool VerifiesSerialization { get; }

    public bool IsTerminating => _terminationStarted;

    private Serialization.Serialization _serialization;

    public void Start()
    {
        try
        {
            _serialization = new Serialization.Serialization(this);
            Serialization.LoadConfigured();
            // A provider with a network listens from here on, so everything a message may need exists.
            Provider.Init(this);
            _ = Provider.TerminationTask.ContinueWith(_ => CompleteTermination(), TaskScheduler.Default);
            LoadExtensions();
            CoordinatedShutdown.Get(this);
        }
        catch
        {
            // Whoever called Create gets no system that could be terminated: end what has started.
            FinalTerminate();
            throw;
        }
    }

    public override IActorRef ActorOf(Props props, string name = null) => Provider.Guardian.Cell.ActorOf(props, name);

    public override IActorRef SystemActorOf(Props props, string name = null) => Provider.SystemGuardian.Cell.ActorOf(props, name);

    public override IActorRef SystemActorOf<TActor>(string name = null) => SystemActorOf(Props.Create<TActor>(), name);

    public override ActorSelection ActorSelection(ActorPath actorPath) => ActorSelectionPaths.Select(this, actorPath);

    public override ActorSelection ActorSelection(string actorPath) => ActorSelectionPaths.Select(this, LookupRoot, actorPath);

    public override void Stop(IActorRef actor)
    {
        if (actor.Path.Parent is { } parent && parent.Equals(Guardian.Path))
            Provider.Guardian.Cell.Stop(actor);
        else if (actor.Path.Parent is { } other && other.Equals(SystemGuardian.Path))
            Provider.SystemGuardian.Cell.Stop(actor);
        else
            ((IInternalActorRef)actor).Stop();
    }

    public override Task Terminate()
    {
        if (!Settings.CoordinatedShutdownRunByActorSystemTerminate)
        {
            FinalTerminate();
            return WhenTerminated;
        }

        _ = CoordinatedShutdown.Get(this).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance);
        return WhenTerminated;
    }

    /// <summary>Stops the actors; the way of CoordinatedShutdown's last phase.</summary>
    public Task FinalTerminate()
    {
        bool first;
        lock (_terminationLock)
        {
            first = !_terminationStarted;
            _terminationStarted = true;
        }

        if (first)
        {
            if (Provider.Guardian is { } guardian)
                guardian.Stop();
            else
                CompleteTermination();
        }

        return WhenTerminated;
    }

    public override void Abort() => FinalTerminate();

    public override void RegisterOnTermination(Action code)
    {
        ArgumentNullException.ThrowIfNull(code);
        lock (_terminationLock)
        {
            if (_callbacksRun)
                throw new InvalidOperationException("The ActorSystem has terminated: a termination callback would never run");
            _onTermination.Push(code);
        }
    }

    public override object RegisterExtension(IExtensionId extension) => _extensions.Get(extension);

    public override object GetExtension(IExtensionId extensionId) => _extensions.TryGet(extensionId.ExtensionType, out object extension) ? extension : null;

    public override T GetExtension<T>() => _extensions.TryGet(typeof(T), out object extension) ? (T)extension : null;

    public override bool HasExtension(Type type) => _extensions.TryGet(type, out _);

    public override bool HasExtension<T>() => HasExtension(typeof(T));

    public override bool TryGetExtension(Type extensionType, out object extension) => _extensions.TryGet(extensionType, out extension);

    public override bool TryGetExtension<T>(out T extension)
    {
        bool found = _extensions.TryGet(typeof(T), out object value);
        extension = value as T;
        return found;
    }

    /// <summary>An actor has ended: nothing of the runtime should hold it any longer.</summary>
    public void Forget(IActorRef actor) => EventStream.Forget(actor);

    public override string PrintTree()
    {
        StringBuilder text = new();
        Print((LocalActorRef)LookupRoot, indent: 0);
        return text.ToString();

        void Print(LocalActorRef actor, int indent)
        {
            text.Append(' ', indent).Append("-> ").Append(actor.Path.Name).Append(' ').Append(actor.Cell.Props.Type.Name)
                .Append(" queued ").Append(actor.Cell.Mailbox.CountMessages()).AppendLine();
            foreach (IActorRef child in actor.Cell.GetChildren())
            {
                if (child is LocalActorRef local)
                    Print(local, indent + 2);
            }
        }
    }

    public override string ToString() => Provider.RootPath.Address.ToString();

    private static bool IsValidName(string name)
        => !string.IsNullOrEmpty(name) && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    private IActorRefProvider CreateProvider()
        => (IActorRefProvider)RuntimeTypes.Construct(RuntimeTypes.Find(Settings.ProviderClass, "akka.actor.provider"), Name, Settings, EventStream);

    private IScheduler CreateScheduler()
        => (IScheduler)RuntimeTypes.Construct(RuntimeTypes.Find(Settings.SchedulerClass, "akka.scheduler.implementation"), Settings.Config, Log);

    private void LoadExtensions()
    {
        foreach (string name in Settings.Config.GetStringList("akka.extensions", []))
        {
            Type type = RuntimeTypes.Find(name, "akka.extensions");
            if (!typeof(IExtensionId).IsAssignableFrom(type))
                throw new ConfigurationException($"akka.extensions names {type}, which is no IExtensionId");
            RegisterExtension((IExtensionId)RuntimeTypes.Construct(type));
        }
    }

    private void CompleteTermination()
    {
        while (true)
        {
            Action callback;
            lock (_terminationLock)
            {
                if (!_onTermination.TryPop(out callback))
                {
                    _callbacksRun = true;
                    break;
                }
            }

            try
            {
                callback();
            }
#pragma warning disable CA1031 // One callback's failure must not keep the system from ending.
            catch (Exception cause)
#pragma warning restore CA1031
            {
                Log.Error(cause, "A termination callback failed");
            }
        }

        (Scheduler as IDisposable)?.Dispose();
        Dispatchers?.Shutdown();
        EventStream.StopLoggers();
        _terminated.TrySetResult();
    }
}
