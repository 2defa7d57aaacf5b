using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Configuration;

namespace Akka.Remote.Transport;

/// <summary>Certificates from PEM or PKCS#12 files; whatever is wrong with one names the key of the configuration.</summary>
internal static class CertificateFiles
{
    private const string OwnKey = "exo.remote.tls.certificate";
    private const string AuthorityKey = "exo.remote.tls.authority";

    /// <summary>The certificate with its private key, and what else the file holds.</summary>
    /// <exception cref="ConfigurationException">The file cannot be used; says why.</exception>
    public static (X509Certificate2 Certificate, X509Certificate2Collection Intermediates) ReadOwn(string file, string keyFile, string password)
    {
        try
        {
            X509Certificate2Collection all = [];
            X509Certificate2 own;
            if (IsPem(file))
            {
                all.ImportFromPemFile(file);
                string keys = string.IsNullOrEmpty(keyFile) ? file : keyFile;
                using X509Certificate2 bare = string.IsNullOrEmpty(password)
                    ? X509Certificate2.CreateFromPemFile(file, keys)
                    : X509Certificate2.CreateFromEncryptedPemFile(file, password, keys);
                own = X509CertificateLoader.LoadPkcs12(bare.Export(X509ContentType.Pkcs12), null);
            }
            else
            {
                all = X509CertificateLoader.LoadPkcs12CollectionFromFile(file, string.IsNullOrEmpty(password) ? null : password);
                own = all.FirstOrDefault(candidate => candidate.HasPrivateKey);
            }

            return own is { HasPrivateKey: true }
                ? (own, [.. all.Where(candidate => candidate.Thumbprint != own.Thumbprint)])
                : throw new ConfigurationException($"{OwnKey}: {file} holds no private key; add it, or name its file in exo.remote.tls.certificate-key");
        }
        catch (Exception cause) when (cause is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigurationException($"{OwnKey}: {file} cannot be used ({cause.Message}); give a PEM or PKCS#12 file, with exo.remote.tls.certificate-password if it is encrypted", cause);
        }
    }

    /// <summary>Who may issue the certificates of this cluster.</summary>
    /// <exception cref="ConfigurationException">The file is missing or cannot be used; says why.</exception>
    public static X509Certificate2Collection ReadAuthorities(string file)
    {
        if (string.IsNullOrEmpty(file))
            throw new ConfigurationException($"{OwnKey} is set, {AuthorityKey} is not: name the PEM file of the authority whose certificates are let in");
        X509Certificate2Collection authorities = [];
        try
        {
            if (IsPem(file))
                authorities.ImportFromPemFile(file);
            else
                authorities.Add(X509CertificateLoader.LoadCertificateFromFile(file));
        }
        catch (Exception cause) when (cause is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{AuthorityKey}: {file} cannot be used ({cause.Message}); give a PEM file with the authority's certificate", cause);
        }

        return authorities.Count > 0 ? authorities : throw new ConfigurationException($"{AuthorityKey}: {file} holds no certificate");
    }

    private static bool IsPem(string file) => File.ReadAllText(file).Contains("-----BEGIN ", StringComparison.Ordinal);
}
