using System.Runtime.Serialization;
using System.Text;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Tests.Serialization;

public sealed class UnboundTypeTests : ActorTest
{
    [Fact]
    public void A_type_without_binding_is_refused_with_a_remedy()
    {
        SerializationException thrown = Assert.Throws<SerializationException>(() => System.Serialization.FindSerializerFor(new StringBuilder()));

        Assert.Contains("serialization-bindings", thrown.Message, StringComparison.Ordinal);
    }
}
