using Akka.Actor;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class AddressAndPathTests
{
    [Theory]
    [InlineData("akka.tcp://Sys@host:2552", "akka.tcp", "Sys", "host", 2552)]
    [InlineData("akka.tcp://Sys@HOST:0", "akka.tcp", "Sys", "host", 0)]
    [InlineData("akka.tcp://Sys@[::1]:25", "akka.tcp", "Sys", "[::1]", 25)]
    public void An_address_is_read_with_its_host_in_lower_case(string text, string protocol, string system, string host, int port)
        => Assert.Equal(new Address(protocol, system, host, port), Address.Parse(text));

    [Fact]
    public void The_system_of_an_address_without_host_is_lower_cased() => Assert.Equal("akka://sys", Address.Parse("akka://Sys").ToString());

    [Fact]
    public void What_is_no_uri_is_a_UriFormatException() => Assert.Throws<UriFormatException>(() => Address.Parse("junk"));

    [Theory]
    [InlineData("http://a@b:1")]
    [InlineData("akka.tcp://@b:1")]
    public void A_uri_of_another_shape_is_an_ArgumentException(string text) => Assert.Throws<ArgumentException>(() => Address.Parse(text));

    [Fact]
    public void Addresses_sort_by_host_as_text()
    {
        Address ten = new("akka.tcp", "s", "10.0.0.10", 1);
        Address nine = new("akka.tcp", "s", "10.0.0.9", 1);

        Assert.True(ten.CompareTo(nine) < 0);
        Assert.True(nine.CompareTo(nine.WithPort(2)) < 0);
    }

    [Fact]
    public void A_path_prints_in_each_of_its_forms()
    {
        ActorPath path = new ChildActorPath(new RootActorPath(new Address("akka", "Sys")) / "user", "a", 42);

        Assert.Equal("akka://Sys/user/a", path.ToString());
        Assert.Equal("/user/a", path.ToStringWithoutAddress());
        Assert.Equal("akka://Sys/user/a#42", path.ToSerializationFormat());
        Assert.Equal("akka.tcp://Sys@h:1/user/a#42", path.ToSerializationFormatWithAddress(new Address("akka.tcp", "Sys", "h", 1)));
    }

    [Fact]
    public void A_path_is_read_back_with_its_uid()
    {
        ActorPath path = ActorPath.Parse("akka.tcp://Sys@h:1/user/a#42");

        Assert.Equal(["user", "a"], path.Elements);
        Assert.Equal(42, path.Uid);
        Assert.Equal(new Address("akka.tcp", "Sys", "h", 1), path.Address);
        Assert.Equal(path, ActorPath.Parse("akka.tcp://Sys@h:1/user/a"));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("/user/a")]
    [InlineData("")]
    public void What_is_no_path_is_not_read(string text) => Assert.False(ActorPath.TryParse(text, out _));
}
