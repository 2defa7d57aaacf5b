using Akka.Configuration;
using Xunit;

namespace Akka.Tests.Configuration;

public sealed class HoconJsonTests
{
    [Fact]
    public void A_comma_after_an_assigned_object_is_taken_as_json_has_it()
    {
        Config config = ConfigurationFactory.ParseString("\"root\" : { \"object\" : { \"x\" : true\n },\n \"int\" : 1 }");
        Assert.Equal(1, config.GetInt("root.int"));
        Assert.True(config.GetBoolean("root.object.x"));
    }
}
