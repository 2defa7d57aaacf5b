using Akka.Configuration;
using Exo.Actors.Configuration;
using Xunit;

namespace Exo.Actors.Tests.Configuration;

public sealed class ClusterProtectionTests
{
    private const string Ssl = "akka.remote.dot-netty.tcp.enable-ssl = on\n";
    private const string File = "akka.remote.dot-netty.tcp.ssl.certificate { path = \"/some/node.pfx\", password = word\n }\n";
    private const string Thumbprint = "akka.remote.dot-netty.tcp.ssl.certificate { use-thumbprint-over-file = true, thumbprint = \"0123\"\n }\n";
    private const string Own = "exo.remote.tls { certificate = \"/some/node.pem\", authority = \"/some/root.pem\"\n }\n";

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.8.8")]
    [InlineData("::1")]
    [InlineData("localhost")]
    public void On_loopback_nothing_is_needed_on_either_runtime(string host)
    {
        Assert.Null(ClusterProtection.Refusal(host, isByKey: true, null, Config.Empty));
        Assert.Null(ClusterProtection.Refusal(host, isByKey: false, null, Config.Empty));
    }

    [Theory]
    [InlineData("", "", false)]
    [InlineData(" ", "", false)]
    [InlineData("key", "", true)]
    [InlineData("", Own, true)]
    [InlineData("", Ssl + File, false)]
    [InlineData("", "exo.remote.tls.certificate = \"/some/node.pem\"", false)]
    public void With_the_embedded_runtime_a_key_or_certificates_of_an_authority_open_the_network(string key, string hocon, bool isAllowed)
    {
        string? refusal = ClusterProtection.Refusal("10.0.0.7", isByKey: true, key, ConfigurationFactory.ParseString(hocon));

        Assert.Equal(isAllowed, refusal is null);
        if (refusal is not null)
        {
            Assert.Contains("exo.remote.cluster-key", refusal, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("", "", "enable-ssl is off")]
    [InlineData("a long and made key", "", "enable-ssl is off")]
    [InlineData("key", Own, "enable-ssl is off")]
    [InlineData("key", File, "enable-ssl is off")]
    [InlineData("key", "akka.remote.dot-netty.tcp.enable-ssl = off\n" + File, "enable-ssl is off")]
    [InlineData("key", Ssl, "neither a path nor a thumbprint")]
    [InlineData("key", Ssl + "akka.remote.dot-netty.tcp.ssl.certificate.path = \"\"", "neither a path nor a thumbprint")]
    [InlineData("key", Ssl + "akka.remote.dot-netty.tcp.ssl.certificate.thumbprint = \"0123\"", "neither a path nor a thumbprint")]
    [InlineData("", Ssl + File, null)]
    [InlineData("", Ssl + Thumbprint, null)]
    [InlineData("key", Ssl + File, null)]
    public void With_the_packages_only_the_runtimes_own_TLS_with_a_certificate_opens_the_network(string key, string hocon, string? says)
    {
        foreach (string host in new[] { "0.0.0.0", "10.0.0.7", "device.example", "" })
        {
            string? refusal = ClusterProtection.Refusal(host, isByKey: false, key, ConfigurationFactory.ParseString(hocon));

            if (says is null)
            {
                Assert.Null(refusal);
            }
            else
            {
                Assert.Contains(says, refusal, StringComparison.Ordinal);
                Assert.Contains("set akka.remote.dot-netty.tcp.enable-ssl = on", refusal, StringComparison.Ordinal);
            }
        }
    }
}
