using Akka.Actor;
using Xunit;

namespace Akka.Guarantees.Actor;

public sealed class AddressAndPathTests
{
    [Theory]
    [InlineData("akka.tcp://Sys@host:2552", "akka.tcp", "Sys", "host", 2552)]
    [InlineData("akka.tcp://Sys@[::1]:25", "akka.tcp", "Sys", "[::1]", 25)]
    public void An_address_is_read_with_its_host_in_lower_case(string text, string protocol, string system, string host, int port)
        => Assert.Equal(new Address(protocol, system, host, port), Address.Parse(text));

    [Fact]
    public void The_system_of_an_address_without_host_is_lower_cased() => Assert.Equal("akka://sys", Address.Parse("akka://Sys").ToString());

    [Fact]
    public void What_is_no_uri_is_a_UriFormatException() => Assert.Throws<UriFormatException>(() => Address.Parse("junk"));

    [Theory]
    [InlineData("akka://Sys/user/a", "akka://Sys")]
    [InlineData("akka.tcp://Sys@h:0/user/a", "akka.tcp://Sys@h:0")]
    [InlineData("akka.tcp://Sys@h:1", "akka.tcp://Sys@h:1")]
    public void TryParse_keeps_the_case_of_the_system(string text, string address)
    {
        Assert.True(Address.TryParse(text, out Address parsed));
        Assert.Equal(address, parsed.ToString());
    }

    [Theory]
    [InlineData("http://a@b:1")]
    [InlineData("akka.tcp://a@b")]
    [InlineData("akka.tcp://a@b:x")]
    [InlineData("akka.tcp://a@[::1]")]
    [InlineData("junk")]
    public void TryParse_refuses_what_is_no_address(string text) => Assert.False(Address.TryParse(text, out _));

    [Fact]
    public void The_host_is_lower_cased_by_the_constructor()
    {
        Assert.Equal("host", new Address("akka.tcp", "Sys", "HOST", 1).Host);
        Assert.Equal("other", new Address("akka.tcp", "Sys", "HOST", 1).WithHost("OTHER").Host);
    }

    [Fact]
    public void An_address_prints_what_it_has()
    {
        Address address = new("akka.tcp", "Sys", "h", 2552);

        Assert.Equal("akka.tcp://Sys@h:2552", address.ToString());
        Assert.Equal("Sys@h:2552", address.HostPort());
        Assert.Equal("akka://Sys", new Address("akka", "Sys").ToString());
    }

    [Fact]
    public void An_address_with_a_host_is_global_and_one_without_is_local()
    {
        Address global = new("akka.tcp", "Sys", "h", 1);
        Address local = new("akka", "Sys");

        Assert.True(global is { HasGlobalScope: true, HasLocalScope: false });
        Assert.True(local is { HasGlobalScope: false, HasLocalScope: true });
    }

    [Fact]
    public void With_returns_a_changed_copy_of_an_address()
    {
        Address address = new("akka.tcp", "Sys", "h", 1);

        Assert.Equal("akka.ssl://Sys@h:1", address.WithProtocol("akka.ssl").ToString());
        Assert.Equal("akka.tcp://Other@h:1", address.WithSystem("Other").ToString());
        Assert.Equal("akka.tcp://Sys@i:1", address.WithHost("i").ToString());
        Assert.Equal("akka.tcp://Sys@h:2", address.WithPort(2).ToString());
        Assert.Equal("akka.tcp://Sys@h:1", address.ToString());
    }

    [Fact]
    public void Equal_addresses_have_equal_hashes()
    {
        Address one = new("akka.tcp", "Sys", "h", 1);
        Address other = Address.Parse("akka.tcp://Sys@h:1");

        Assert.True(one == other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.True(one != one.WithPort(2));
        Assert.True(one != one.WithSystem("sys"));
    }

    [Fact]
    public void Addresses_sort_by_protocol_system_host_as_text_and_port()
    {
        Address ten = new("akka.tcp", "s", "10.0.0.10", 1);
        Address nine = new("akka.tcp", "s", "10.0.0.9", 1);
        Address[] sorted = [new("akka", "s", "a", 9), new("akka.tcp", "r", "z", 1), ten, nine, nine.WithPort(2)];

        Assert.Equal(sorted, sorted.Reverse().Order(Address.Comparer));
        Assert.True(ten.CompareTo(nine) < 0);
        Assert.Equal(0, ten.CompareTo(ten.WithPort(1)));
    }

    [Fact]
    public void Members_sort_by_host_as_text_and_port_alone()
    {
        Address[] sorted = [new("akka.tcp", "z", "10.0.0.10", 1), new("akka.tcp", "a", "10.0.0.9", 1), new("akka", "a", "10.0.0.9", 2)];

        Assert.Equal(sorted, sorted.Reverse().Order(Akka.Cluster.Member.AddressOrdering));
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
    public void A_path_prints_the_address_it_is_given_only_when_it_has_none_of_its_own()
    {
        Address given = new("akka.tcp", "Sys", "h", 1);
        ActorPath local = new RootActorPath(new Address("akka", "Sys")) / "user" / "a";
        ActorPath remote = new RootActorPath(new Address("akka.tcp", "Sys", "own", 2)) / "user" / "a";

        Assert.Equal("akka.tcp://Sys@h:1/user/a", local.ToStringWithAddress(given));
        Assert.Equal("akka.tcp://Sys@own:2/user/a", remote.ToStringWithAddress(given));
        Assert.Equal("akka://Sys/user/a", local.ToStringWithAddress());
        Assert.Equal("akka://Sys/user/a#7", local.WithUid(7).ToStringWithUid());
    }

    [Fact]
    public void A_path_knows_its_parts()
    {
        ActorPath root = new RootActorPath(new Address("akka", "Sys"));
        ActorPath path = root / "user" / "a" / "b";

        Assert.Equal("b", path.Name);
        Assert.Equal("akka://Sys/user/a", path.Parent.ToString());
        Assert.Equal(root, path.Root);
        Assert.Equal(3, path.Depth);
        Assert.Equal(["user", "a", "b"], path.Elements);
        Assert.Equal((0, "akka://Sys/"), (root.Depth, root.ToString()));
        Assert.Empty(root.Elements);
    }

    [Fact]
    public void Names_are_appended_one_by_one_or_together()
    {
        ActorPath root = new RootActorPath(new Address("akka", "Sys"));

        Assert.Equal(root / "user" / "a", root / new[] { "user", "a" });
        Assert.Equal(root / "user", root.Child("user"));
    }

    [Fact]
    public void Paths_are_equal_whatever_their_uid_and_differ_by_address_or_element()
    {
        ActorPath path = new RootActorPath(new Address("akka", "Sys")) / "user" / "a";

        Assert.Equal(path.WithUid(1), path.WithUid(2));
        Assert.Equal(path.WithUid(1).GetHashCode(), path.WithUid(2).GetHashCode());
        Assert.NotEqual(path, path.Parent / "b");
        Assert.NotEqual(path, new RootActorPath(new Address("akka", "Other")) / "user" / "a");
        Assert.True(path.CompareTo(path.Parent / "b") < 0);
    }

    [Fact]
    public void Parse_refuses_what_is_no_path() => Assert.Throws<UriFormatException>(() => ActorPath.Parse("nothing"));

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
