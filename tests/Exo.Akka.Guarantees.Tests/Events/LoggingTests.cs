using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Events;

public sealed class LoggingTests() : ActorTest("akka.loglevel = DEBUG")
{
    [Fact]
    public async Task Each_level_has_its_event()
    {
        Probe events = Listening(out ILoggingAdapter log);

        log.Debug("d");
        log.Info("i");
        log.Warning("w");
        log.Error("e");

        Assert.Equal((LogLevel.DebugLevel, "d"), Of(await Next<Debug>(events)));
        Assert.Equal((LogLevel.InfoLevel, "i"), Of(await Next<Info>(events)));
        Assert.Equal((LogLevel.WarningLevel, "w"), Of(await Next<Warning>(events)));
        Assert.Equal((LogLevel.ErrorLevel, "e"), Of(await Next<Error>(events)));
    }

    [Fact]
    public async Task Up_to_six_arguments_and_arrays_fill_the_numbered_holes()
    {
        Probe events = Listening(out ILoggingAdapter log);

        log.Info("{0}", 1);
        log.Info("{0}{1}", 1, 2);
        log.Info("{0}{1}{2}", 1, 2, 3);
        log.Info("{0}{1}{2}{3}", 1, 2, 3, 4);
        log.Info("{0}{1}{2}{3}{4}", 1, 2, 3, 4, 5);
        log.Info("{0}{1}{2}{3}{4}{5}", 1, 2, 3, 4, 5, 6);
        log.Info("{0}{1}{2}{3}{4}{5}{6}", [1, 2, 3, 4, 5, 6, 7]);

        foreach (string text in (string[])["1", "12", "123", "1234", "12345", "123456", "1234567"])
            Assert.Equal(text, (await Next<Info>(events)).Message.ToString());
    }

    [Fact]
    public async Task A_cause_goes_with_the_message()
    {
        Probe events = Listening(out ILoggingAdapter log);
        InvalidOperationException cause = new("cause");

        log.Error(cause, "plain");
        log.Error(cause, "{0} and {1}", 1, 2);
        log.Log(LogLevel.WarningLevel, cause, "logged");

        Error plain = await Next<Error>(events);
        Assert.Equal(("plain", cause), (plain.Message.ToString(), plain.Cause));
        Error filled = await Next<Error>(events);
        Assert.Equal(("1 and 2", cause), (filled.Message.ToString(), filled.Cause));
        Warning logged = await Next<Warning>(events);
        Assert.Equal(("logged", cause), (logged.Message.ToString(), logged.Cause));
    }

    [Fact]
    public async Task An_event_knows_when_where_and_by_whom_it_was_logged()
    {
        Probe events = Listening(out ILoggingAdapter log);
        DateTime before = DateTime.UtcNow;

        log.Info("x");

        Info info = await Next<Info>(events);
        Assert.InRange(info.Timestamp, before.AddSeconds(-1), DateTime.UtcNow.AddSeconds(1));
        Assert.NotNull(info.Thread);
        Assert.StartsWith("source", info.LogSource, StringComparison.Ordinal);
        Assert.NotNull(info.LogClass);
        Assert.Null(info.Cause);
    }

    [Fact]
    public async Task The_logger_of_an_actor_names_its_path_and_its_class()
    {
        Probe events = Listening(out _);
        IActorRef actor = System.ActorOf(Props.Create(() => new Logging()), "logging");

        actor.Tell("hello");

        Info info = await Next<Info>(events);
        Assert.Contains("akka://test/user/logging", info.LogSource, StringComparison.Ordinal);
        Assert.Equal(typeof(Logging), info.LogClass);
        Assert.Equal("got hello", info.Message.ToString());
    }

    [Theory]
    [InlineData("DEBUG", true, true, true, true)]
    [InlineData("INFO", false, true, true, true)]
    [InlineData("WARNING", false, false, true, true)]
    [InlineData("ERROR", false, false, false, true)]
    public async Task Levels_below_the_configured_one_are_off(string level, bool debug, bool info, bool warning, bool error)
    {
        ActorSystem system = ActorSystem.Create("levels", ConfigurationFactory.ParseString($"akka.loglevel = {level}\nakka.stdout-loglevel = OFF\nakka.loggers = []"));
        ILoggingAdapter log = Akka.Event.Logging.GetLogger(system, "source");

        Assert.Equal((debug, info, warning, error), (log.IsDebugEnabled, log.IsInfoEnabled, log.IsWarningEnabled, log.IsErrorEnabled));
        Assert.Equal((debug, info), (log.IsEnabled(LogLevel.DebugLevel), log.IsEnabled(LogLevel.InfoLevel)));
        Assert.Equal((warning, error), (log.IsEnabled(LogLevel.WarningLevel), log.IsEnabled(LogLevel.ErrorLevel)));
        await system.Terminate();
    }

    [Fact]
    public void The_levels_are_ordered()
        => Assert.Equal([LogLevel.DebugLevel, LogLevel.InfoLevel, LogLevel.WarningLevel, LogLevel.ErrorLevel], Enum.GetValues<LogLevel>());

    [Fact]
    public async Task A_configured_logger_is_asked_to_initialize_and_gets_the_events_of_its_level()
    {
        Recorder.Seen.Clear();
        ActorSystem system = ActorSystem.Create("recorded", ConfigurationFactory.ParseString(
            $"akka.loglevel = WARNING\nakka.stdout-loglevel = OFF\nakka.loggers = [\"{typeof(Recorder).AssemblyQualifiedName}\"]"));
        ILoggingAdapter log = Akka.Event.Logging.GetLogger(system, "source");

        log.Info("quiet");
        log.Warning("loud");

        await Exo.Testing.Eventually.True(() => Recorder.Seen.Contains("loud"), Soon, "the logger has the warning");
        Assert.True(Recorder.Seen.TryPeek(out string first));
        Assert.Equal("initialized", first);
        Assert.DoesNotContain("quiet", Recorder.Seen);
        await system.Terminate();
    }

    [Fact]
    public void The_systems_own_log_is_there() => Assert.True(System.Log.IsErrorEnabled);

    [Fact]
    public void The_default_formatter_fills_numbered_holes()
        => Assert.Equal("b then a", DefaultLogMessageFormatter.Instance.Format("{1} then {0}", "a", "b"));

    /// <summary>The next event of a test's own; the system logs too.</summary>
    private static async Task<T> Next<T>(Probe events)
        where T : LogEvent
    {
        LogEvent next = await events.Expect<LogEvent>();
        while (!next.LogSource.StartsWith("source", StringComparison.Ordinal) && !next.LogSource.Contains("/user/", StringComparison.Ordinal))
            next = await events.Expect<LogEvent>();
        return Assert.IsType<T>(next);
    }

    private static (LogLevel Level, string Text) Of(LogEvent logEvent) => (logEvent.LogLevel(), logEvent.Message.ToString());

    private Probe Listening(out ILoggingAdapter log)
    {
        Probe events = NewProbe();
        System.EventStream.Subscribe<LogEvent>(events.Ref);
        log = Akka.Event.Logging.GetLogger(System, "source");
        return events;
    }

    private sealed class Logging : UntypedActor
    {
        private readonly ILoggingAdapter _log = Context.GetLogger();

        protected override void OnReceive(object message) => _log.Info("got {0}", message);
    }

    internal sealed class Recorder : ReceiveActor
    {
        public static readonly global::System.Collections.Concurrent.ConcurrentQueue<string> Seen = new();

        public Recorder()
        {
            Receive<InitializeLogger>(_ =>
            {
                Seen.Enqueue("initialized");
                Sender.Tell(new LoggerInitialized());
            });
            Receive<LogEvent>(logEvent => Seen.Enqueue(logEvent.Message.ToString()));
        }
    }
}
