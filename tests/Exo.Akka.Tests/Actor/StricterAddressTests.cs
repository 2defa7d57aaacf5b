using Akka.Actor;
using Xunit;

namespace Akka.Tests.Actor;

public sealed class StricterAddressTests
{
    [Theory]
    [InlineData("http://a@b:1")]
    [InlineData("akka.tcp://@b:1")]
    [InlineData("akka.tcp://a@b")]
    public void A_uri_of_another_shape_is_an_ArgumentException_here(string text) => Assert.Throws<ArgumentException>(() => Address.Parse(text));
}
