using System.Net;
using Akka.Actor;
using Akka.Configuration;
using Akka.Discovery;
using Akka.Discovery.Config;
using Akka.Event;
using Akka.Guarantees.Kit;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Discovery;

public sealed class ServiceDiscoveryTests() : ActorTest("""
    akka.discovery {
      config.services {
        cats { endpoints = ["cat.example:1233", "dog.example"] }
        empty { endpoints = [] }
      }
      aggregate.discovery-methods = ["broken", "nobody", "config"]
      broken.class = "Akka.Guarantees.Discovery.BrokenDiscovery, Exo.Akka.Guarantees.Tests"
      nobody.class = "Akka.Guarantees.Discovery.PlainDiscovery, Exo.Akka.Guarantees.Tests"
      settings { class = "Akka.Guarantees.Discovery.SettingsDiscovery, Exo.Akka.Guarantees.Tests", host = told.example }
    }
    """)
{
    [Fact]
    public async Task Without_a_method_services_come_from_the_configuration()
    {
        ServiceDiscovery.Resolved found = await Extension.Default.Lookup("cats", Soon);

        Assert.Equal([new ServiceDiscovery.ResolvedTarget("cat.example", 1233), new ServiceDiscovery.ResolvedTarget("dog.example")], found.Addresses);
        Assert.Same(Extension.Default, Extension.LoadServiceDiscovery("config"));
    }

    [Fact]
    public async Task Without_a_method_the_fall_back_to_the_configuration_is_a_warning()
    {
        using ActorSystem system = ActorSystem.Create("placeholder", ConfigurationFactory.ParseString("akka.stdout-loglevel = OFF\nakka.loggers = []\nakka.loglevel = WARNING"));
        Probe logged = Remotes.Listen(system, typeof(Warning));

        Assert.IsType<ConfigServiceDiscovery>(Akka.Discovery.Discovery.Get(system).Default);

        await logged.Expect<Warning>();
    }

    [Fact]
    public void The_default_method_is_the_one_that_is_named()
    {
        using ActorSystem system = ActorSystem.Create("named", ConfigurationFactory.ParseString(
            "akka.stdout-loglevel = OFF\nakka.loggers = []\nakka.discovery { method = mine, mine.class = \"Akka.Guarantees.Discovery.PlainDiscovery, Exo.Akka.Guarantees.Tests\"\n }"));

        Assert.IsType<PlainDiscovery>(Akka.Discovery.Discovery.Get(system).Default);
    }

    [Fact]
    public async Task Services_stand_where_the_services_path_says()
    {
        using ActorSystem system = ActorSystem.Create("elsewhere", ConfigurationFactory.ParseString(
            "akka.stdout-loglevel = OFF\nakka.loggers = []\nakka.discovery { method = config, config.services-path = my.services\n }\nmy.services.cats.endpoints = [\"cat.example:1\"]"));

        Assert.Equal([new ServiceDiscovery.ResolvedTarget("cat.example", 1)], (await Akka.Discovery.Discovery.Get(system).Default.Lookup("cats", Soon)).Addresses);
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("unknown")]
    public async Task A_service_without_endpoints_is_found_nowhere(string name)
    {
        ServiceDiscovery.Resolved found = await Extension.Default.Lookup(name, Soon);

        Assert.Equal(name, found.ServiceName);
        Assert.Empty(found.Addresses);
    }

    [Fact]
    public async Task Endpoints_come_and_go()
    {
        ConfigServiceDiscovery discovery = Assert.IsType<ConfigServiceDiscovery>(Extension.LoadServiceDiscovery("config"));
        ServiceDiscovery.ResolvedTarget target = new("new.example", 1);

        Assert.False(discovery.TryRemoveEndpoint("fresh", target));
        Assert.True(discovery.TryAddEndpoint("fresh", target));
        Assert.False(discovery.TryAddEndpoint("fresh", target));
        Assert.Equal([target], (await discovery.Lookup("fresh", Soon)).Addresses);
        Assert.True(discovery.TryRemoveEndpoint("fresh", target));
        Assert.Empty((await discovery.Lookup("fresh", Soon)).Addresses);
    }

    [Fact]
    public async Task The_first_method_that_finds_something_answers_and_failures_are_passed_over()
    {
        ServiceDiscovery aggregate = Extension.LoadServiceDiscovery("aggregate");

        Assert.Equal(2, (await aggregate.Lookup("cats", Soon)).Addresses.Count);
        Assert.Empty((await aggregate.Lookup("unknown", Soon)).Addresses);
    }

    [Fact]
    public async Task A_method_gets_its_own_configuration()
    {
        ServiceDiscovery.Resolved found = await Extension.LoadServiceDiscovery("settings").Lookup("any", Soon);

        Assert.Equal("told.example", Assert.Single(found.Addresses).Host);
        Assert.Same(Extension.LoadServiceDiscovery("settings"), Extension.LoadServiceDiscovery("settings"));
    }

    [Theory]
    [InlineData("_http._tcp.example.com", "example.com", "http", "tcp")]
    [InlineData("_portName._protocol.serviceName.local", "serviceName.local", "portName", "protocol")]
    [InlineData("_a._b.c", "c", "a", "b")]
    public void An_srv_name_is_taken_apart(string srv, string service, string port, string protocol)
    {
        Assert.True(Lookup.IsValid(srv));
        Assert.Equal(new Lookup(service, port, protocol), Lookup.ParseSrv(srv));
    }

    [Theory]
    [InlineData("")]
    [InlineData("example.com")]
    [InlineData("_http.tcp.example.com")]
    [InlineData("http._tcp.example.com")]
    [InlineData("_http._tcp.")]
    [InlineData("_http._tcp.-bad")]
    [InlineData("_http._tcp.bad-")]
    [InlineData("_http._tcp.1bad")]
    [InlineData("_http._tcp.a..b")]
    [InlineData("_http._tcp.a b")]
    public void What_is_no_srv_name_is_refused(string srv)
    {
        Assert.False(Lookup.IsValid(srv));
        Assert.Throws<ArgumentException>(() => Lookup.ParseSrv(srv));
    }

    [Fact]
    public void Lookups_and_results_are_values()
    {
        Lookup lookup = new Lookup("s").WithPortName("p").WithProtocol("tcp");
        IPAddress address = IPAddress.Parse("192.0.2.1");

        Assert.Equal(new Lookup("s", "p", "tcp"), lookup);
        Assert.Equal("t", lookup.Copy(serviceName: "t").ServiceName);
        Assert.NotEqual(new Lookup("s"), lookup);
        Assert.Throws<ArgumentNullException>(() => new Lookup(""));
        Assert.Throws<ArgumentNullException>(() => Lookup.ParseSrv(null));
        Assert.False(Lookup.IsValid(null));
        ServiceDiscovery.Resolved one = new("s", [new ServiceDiscovery.ResolvedTarget("h", 1, address)]);
        ServiceDiscovery.Resolved two = new("s", [new ServiceDiscovery.ResolvedTarget("h", 1, IPAddress.Parse("192.0.2.1"))]);
        Assert.Equal(one, two);
        Assert.NotEqual(one, new ServiceDiscovery.Resolved("s"));
    }

    private Akka.Discovery.Discovery Extension => Akka.Discovery.Discovery.Get(System);
}
