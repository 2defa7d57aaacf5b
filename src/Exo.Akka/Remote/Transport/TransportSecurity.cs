using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Akka.Remote.Transport;

/// <summary>
/// What this node shows and wants inside TLS. With a cluster key alone the certificate is made at the start and proves nothing by
/// itself: the key's proofs cover its hash (the channel binding "tls-server-end-point"), so that whoever ends TLS in between,
/// with a certificate of his own, is refused. With a configured authority every certificate must come from it, on both ends.
/// </summary>
internal sealed class TransportSecurity : IDisposable
{
    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2Collection _authorities;
    private readonly SslServerAuthenticationOptions _server;
    private readonly SslClientAuthenticationOptions _client;

    private TransportSecurity(X509Certificate2 certificate, X509Certificate2Collection intermediates, X509Certificate2Collection authorities, SslProtocols protocols)
    {
        _certificate = certificate;
        _authorities = authorities;
        Binding = BindingOf(certificate);
        SslStreamCertificateContext context = SslStreamCertificateContext.Create(certificate, intermediates, offline: true);
        _server = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = context,
            ClientCertificateRequired = authorities is not null,
            EnabledSslProtocols = protocols,
            AllowTlsResume = false,
            AllowRenegotiation = false,
            CertificateChainPolicy = ChainPolicy(),
            RemoteCertificateValidationCallback = (_, shown, _, errors) => IsAdmissible(shown, errors),
        };
        _client = new SslClientAuthenticationOptions
        {
            ClientCertificateContext = authorities is null ? null : context,
            TargetHost = "exo",
            EnabledSslProtocols = protocols,
            AllowTlsResume = false,
            AllowRenegotiation = false,
            CertificateChainPolicy = ChainPolicy(),
            RemoteCertificateValidationCallback = (_, shown, _, errors) => IsAdmissible(shown, errors),
        };
    }

    /// <summary>SHA-256 of the certificate that this node shows when it is called.</summary>
    public byte[] Binding { get; }

    /// <summary>Null where connections stay plain: neither a cluster key nor a certificate is configured.</summary>
    public static TransportSecurity Create(TransportOptions options)
    {
        if (options.ClusterKey is null && options.Certificate is null)
            return null;
        if (options.Protocols == SslProtocols.Tls13 && OperatingSystem.IsMacOS())
        {
            throw new RemoteTransportException(
                "macOS offers no TLS 1.3 to servers on .NET: set exo.remote.tls.minimum-version = \"1.2\" on every device of this cluster");
        }

        if (options.Certificate is null)
            return new TransportSecurity(MakeCertificate(), [], null, options.Protocols);
        (X509Certificate2 certificate, X509Certificate2Collection intermediates) = CertificateFiles.ReadOwn(options.Certificate, options.CertificateKey, options.CertificatePassword);
        return new TransportSecurity(certificate, intermediates, CertificateFiles.ReadAuthorities(options.Authority), options.Protocols);
    }

    public static byte[] BindingOf(X509Certificate certificate) => SHA256.HashData(certificate.GetRawCertData());

    public Task GreetAsClientAsync(SslStream tls, CancellationToken token) => tls.AuthenticateAsClientAsync(_client, token);

    public Task GreetAsServerAsync(SslStream tls, CancellationToken token) => tls.AuthenticateAsServerAsync(_server, token);

    public void Dispose()
    {
        _certificate.Dispose();
        foreach (X509Certificate2 authority in _authorities ?? [])
            authority.Dispose();
    }

    private static X509Certificate2 MakeCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=exo", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 made = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10));

        // Windows' TLS cannot use a key that lives in memory only; a round trip through PKCS#12 gives it one that it can.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    private X509ChainPolicy ChainPolicy()
    {
        X509ChainPolicy policy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(_authorities ?? []);
        return policy;
    }

    /// <summary>Nodes are called by address, so a certificate's name says nothing: who issued it does. Without an authority the cluster key's proof follows.</summary>
    private bool IsAdmissible(X509Certificate shown, SslPolicyErrors errors)
        => _authorities is null || (shown is not null && (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None);
}
