using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Akka.Tests.Remote;

/// <summary>Ends TLS with a certificate of its own and opens TLS anew to the node: it reads everything, if the nodes let it.</summary>
internal sealed class Interceptor : MiddleMan
{
    private readonly TestAuthority _authority = new("somebody");
    private readonly X509Certificate2 _certificate;

    public Interceptor() => _certificate = _authority.Issue("middle");

    public override void Dispose()
    {
        base.Dispose();
        _certificate.Dispose();
        _authority.Dispose();
    }

    protected override async Task<(Stream Client, Stream Node)> OpenAsync(Stream client, Stream node)
    {
        SslStream toClient = new(client);
        await toClient.AuthenticateAsServerAsync(_certificate);
        SslStream toNode = new(node, false, (_, shown, _, _) => shown is not null);
        await toNode.AuthenticateAsClientAsync("exo");
        return (toClient, toNode);
    }
}
