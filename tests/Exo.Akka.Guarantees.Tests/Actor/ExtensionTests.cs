using Akka.Actor;
using Akka.Configuration;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class ExtensionTests : ActorTest
{
    [Fact]
    public async Task An_extension_is_made_once_even_when_many_ask_at_the_same_time()
    {
        Counting.Made = 0;

        Counter[] all = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => System.WithExtension<Counter, Counting>())));

        Assert.All(all, one => Assert.Same(all[0], one));
        Assert.Equal(1, Counting.Made);
        Assert.True(System.HasExtension<Counter>());
        Assert.Same(all[0], System.GetExtension<Counter>());
    }

    [Fact]
    public void An_extension_that_cannot_be_made_fails_every_caller()
    {
        Assert.Throws<InvalidOperationException>(() => System.RegisterExtension(new Broken()));
        Assert.Throws<InvalidOperationException>(() => System.RegisterExtension(new Broken()));
    }

    [Fact]
    public void Configured_extensions_start_with_the_system()
    {
        using ActorSystem system = ActorSystem.Create(
            "extended", ConfigurationFactory.ParseString($"akka.stdout-loglevel = OFF\nakka.loggers = []\nakka.extensions = [\"{typeof(Started).AssemblyQualifiedName}\"]"));

        Assert.True(system.HasExtension<StartedExtension>());
    }

    [Fact]
    public void An_extension_nobody_registered_is_not_there()
    {
        Type type = typeof(StartedExtension);
        Assert.False(System.HasExtension<StartedExtension>());
        Assert.False(System.HasExtension(type));
        Assert.Null(System.GetExtension<StartedExtension>());
        Assert.Null(System.GetExtension(new Started()));
        Assert.False(System.TryGetExtension(out StartedExtension _));
        Assert.False(System.TryGetExtension(typeof(StartedExtension), out _));
    }

    [Fact]
    public void Each_way_to_ask_for_an_extension_gives_the_one_instance()
    {
        Started id = new();
        StartedExtension made = id.Apply(System);

        Assert.Same(made, id.Apply(System));
        Assert.Same(made, id.Get(System));
        Assert.Same(made, System.RegisterExtension(id));
        Assert.Same(made, System.GetExtension(id));
        Assert.Same(made, System.WithExtension<StartedExtension, Started>());
        Assert.True(System.TryGetExtension(out StartedExtension typed) && ReferenceEquals(made, typed));
        Assert.True(System.TryGetExtension(typeof(StartedExtension), out object found) && ReferenceEquals(made, found));
        Assert.Equal(typeof(StartedExtension), id.ExtensionType);
    }

    [Fact]
    public async Task Each_system_has_an_instance_of_its_own()
    {
        ActorSystem other = ActorSystem.Create("other", ConfigurationFactory.ParseString("akka.stdout-loglevel = OFF\nakka.loggers = []"));

        Assert.NotSame(new Started().Apply(System), new Started().Apply(other));
        await other.Terminate();
    }

    internal sealed class Counter : IExtension;

    internal sealed class StartedExtension : IExtension;

    internal sealed class Counting : ExtensionIdProvider<Counter>
    {
        private static int s_made;

        public static int Made
        {
            get => s_made;
            set => s_made = value;
        }

        public override Counter CreateExtension(ExtendedActorSystem system)
        {
            Interlocked.Increment(ref s_made);
            return new Counter();
        }
    }

    internal sealed class Started : ExtensionIdProvider<StartedExtension>
    {
        public override StartedExtension CreateExtension(ExtendedActorSystem system) => new();
    }

    private sealed class Broken : ExtensionIdProvider<BrokenExtension>
    {
        public override BrokenExtension CreateExtension(ExtendedActorSystem system) => throw new InvalidOperationException("broken");
    }

    private sealed class BrokenExtension : IExtension;
}
