using Akka.Actor;
using Akka.Configuration;
using Xunit;

namespace Akka.Tests.Kit;

/// <summary>A test with an actor system of its own, ended after it.</summary>
public abstract class ActorTest : IAsyncLifetime
{
    protected static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    protected ActorTest(string hocon = "")
    {
        Config config = ConfigurationFactory.ParseString(hocon + "\nakka.stdout-loglevel = OFF\nakka.loggers = []");
        System = ActorSystem.Create("test", config);
    }

    protected ActorSystem System { get; }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await System.Terminate();

    protected Probe NewProbe() => new(System);
}
