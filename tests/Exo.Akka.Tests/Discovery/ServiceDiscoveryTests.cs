using Akka.Discovery;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Tests.Discovery;

public sealed class ServiceDiscoveryTests() : ActorTest("""
    akka.discovery {
      config.services.cats { endpoints = ["[fe80::1]:7", "fe80::2", "bad.example:x"] }
      wrong.class = "Akka.Actor.Address, Akka"
      missing.class = "No.Such.Type, Nowhere"
      classless { a = 1 }
    }
    """)
{
    private Akka.Discovery.Discovery Extension => Akka.Discovery.Discovery.Get(System);

    [Fact]
    public async Task Endpoints_may_be_IPv6_addresses_and_a_port_that_is_none_is_left_out()
        => Assert.Equal(
            [new ServiceDiscovery.ResolvedTarget("fe80::1", 7), new ServiceDiscovery.ResolvedTarget("fe80::2"), new ServiceDiscovery.ResolvedTarget("bad.example")],
            (await Extension.Default.Lookup("cats", Soon)).Addresses);

    [Theory]
    [InlineData("absent", "akka.discovery.absent")]
    [InlineData("classless", "akka.discovery.classless.class")]
    [InlineData("wrong", "akka.discovery.wrong.class")]
    [InlineData("missing", "No.Such.Type")]
    public void A_method_that_cannot_be_made_is_refused_by_its_key(string method, string named)
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => Extension.LoadServiceDiscovery(method));

        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }
}
