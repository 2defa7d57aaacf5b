using Exo.Host.Terminal;

namespace Exo.Host.Tests.Terminal;

public sealed class ScreenTests
{
    [Fact]
    public void In_a_pipe_there_is_no_colour_and_no_row_is_folded()
    {
        using StringWriter output = new();
        Screen screen = new(output, redirected: true);
        string wide = new('x', 200);

        screen.Line(screen.Bold("title"));
        screen.Table(["a", "b"], [[wide, "1"], ["short", "2"]]);

        Assert.DoesNotContain("\e", output.ToString());
        Assert.Contains(wide, output.ToString());
        Assert.Equal(4, output.ToString().TrimEnd().Split('\n').Length);
    }

    [Theory]
    [InlineData("4GiB", 4L << 30)]
    [InlineData("512MiB", 512L << 20)]
    [InlineData("1.5GB", 1_500_000_000L)]
    [InlineData("1024", 1024L)]
    public void Sizes_are_read_as_people_write_them(string text, long bytes)
    {
        Assert.True(Sizes.TryParse(text, out long read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("many")]
    [InlineData("-1GiB")]
    [InlineData("0")]
    [InlineData("GiB")]
    public void What_is_no_size_is_refused(string text) => Assert.False(Sizes.TryParse(text, out _));

    [Theory]
    [InlineData("127.0.0.1:5", true)]
    [InlineData("[::1]:5", true)]
    [InlineData("localhost:0", true)]
    [InlineData("192.168.1.5:80", false)]
    [InlineData("0.0.0.0:80", false)]
    public void Loopback_is_told_from_the_network(string text, bool loopback)
    {
        Assert.True(HostPort.TryParse(text, out HostPort? address));
        Assert.Equal(loopback, address.IsLoopback);
    }

    [Theory]
    [InlineData("5")]
    [InlineData(":5")]
    [InlineData("host:")]
    [InlineData("host:70000")]
    [InlineData("host:-1")]
    public void What_is_no_address_is_refused(string text) => Assert.False(HostPort.TryParse(text, out _));
}
