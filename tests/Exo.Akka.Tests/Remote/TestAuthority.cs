using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Akka.Tests.Remote;

/// <summary>An authority that issues certificates, in files of a folder of its own.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("exo-authority");
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;

    public TestAuthority(string name)
    {
        CertificateRequest request = new($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        RootFile = Path.Combine(_folder.FullName, "root.pem");
        File.WriteAllText(RootFile, _root.ExportCertificatePem());
    }

    public string RootFile { get; }

    public X509Certificate2 Issue(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        using X509Certificate2 bare = request.Create(_root, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1), RandomNumberGenerator.GetBytes(8));
        using X509Certificate2 issued = bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(issued.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    /// <summary>The settings of a node with a certificate of this authority that lets in those of another.</summary>
    public string Hocon(string name, TestAuthority admits, bool asPem)
    {
        using X509Certificate2 issued = Issue(name);
        string file = Path.Combine(_folder.FullName, name + (asPem ? ".pem" : ".p12"));
        if (asPem)
            File.WriteAllText(file, issued.ExportCertificatePem() + "\n" + issued.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        else
            File.WriteAllBytes(file, issued.Export(X509ContentType.Pkcs12, "word"));
        return $"exo.remote.tls {{\n certificate = \"{file}\"\n certificate-password = \"{(asPem ? "" : "word")}\"\n authority = \"{admits.RootFile}\"\n}}\n";
    }

    public void Dispose()
    {
        _root.Dispose();
        _key.Dispose();
        _folder.Delete(recursive: true);
    }
}
