using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Exo.Host.Gateway.Http;

/// <summary>
/// Who may ask: a web page of another site may not (its Origin or the Host it resolved to betray it), and with a key
/// configured nobody may without it.
/// </summary>
internal sealed class Guard
{
    private static readonly string[] s_public = ["/", "/health", "/healthz", "/livez", "/readyz"];
    private readonly byte[]? _keyHash;

    public Guard(string? apiKey) => _keyHash = string.IsNullOrEmpty(apiKey) ? null : Hash(apiKey);

    /// <summary>Answers a preflight, or throws what the request is refused with; true when the request was answered.</summary>
    public bool Admit(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (!IsOwnHost(request.Host.Host))
        {
            throw new ApiException(403, "This name is not one of this device's: use its address or localhost.");
        }

        string? origin = request.Headers.Origin.Count > 0 ? request.Headers.Origin.ToString() : null;
        bool trusted = origin is not null && IsTrusted(origin);
        if (trusted)
        {
            context.Response.Headers.AccessControlAllowOrigin = origin;
            context.Response.Headers.Vary = "Origin";
        }

        if (HttpMethods.IsOptions(request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            if (trusted)
            {
                context.Response.Headers.AccessControlAllowMethods = "GET, POST, OPTIONS";
                context.Response.Headers.AccessControlAllowHeaders = "authorization, content-type, x-api-key, last-event-id";
                context.Response.Headers.AccessControlMaxAge = "600";
            }

            return true;
        }

        if (origin is not null && !trusted && !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            throw new ApiException(403, "Pages of this origin may not ask this device.");
        }

        if (_keyHash is not null && !s_public.Contains(request.Path.Value) && !HasKey(request))
        {
            throw new ApiException(401, "Send the device's API key as 'Authorization: Bearer KEY'.", code: "invalid_api_key");
        }

        return false;
    }

    private bool HasKey(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        string authorization = request.Headers.Authorization.ToString();
        string given = authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? authorization[Scheme.Length..].Trim() : request.Headers["x-api-key"].ToString();
        return given.Length > 0 && CryptographicOperations.FixedTimeEquals(Hash(given), _keyHash);
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static bool IsOwnHost(string host) =>
        host.Length == 0
        || IPAddress.TryParse(host.Trim('[', ']'), out _)
        || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".local", StringComparison.OrdinalIgnoreCase);

    private static bool IsTrusted(string origin) =>
        origin.StartsWith("vscode-webview://", StringComparison.Ordinal)
        || origin.StartsWith("app://", StringComparison.Ordinal)
        || (Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && (uri.IsLoopback || uri.Host is "localhost"));
}
