using System.Net;
using Akka.Remote.Transport;
using Xunit;

namespace Akka.Tests.Remote;

public sealed class GreetingSlotsTests
{
    [Fact]
    public void One_host_fills_its_own_share_and_no_other()
    {
        GreetingSlots slots = new();
        for (int i = 0; i < GreetingSlots.MaxOfOneHost; i++)
            slots.Take(IPAddress.Loopback);
        Assert.Throws<InvalidDataException>(() => slots.Take(IPAddress.Loopback));

        slots.Take(IPAddress.Parse("192.0.2.1"));
        slots.Return(IPAddress.Loopback);
        slots.Take(IPAddress.Loopback);
        Assert.Throws<InvalidDataException>(() => slots.Take(IPAddress.Loopback));
    }

    [Fact]
    public void All_hosts_together_are_bounded()
    {
        GreetingSlots slots = new();
        for (int i = 0; i < GreetingSlots.MaxOfAll; i++)
            slots.Take(new IPAddress(i + 1));
        Assert.Throws<InvalidDataException>(() => slots.Take(IPAddress.IPv6Loopback));
        slots.Return(new IPAddress(1));
        slots.Take(IPAddress.IPv6Loopback);
    }
}
