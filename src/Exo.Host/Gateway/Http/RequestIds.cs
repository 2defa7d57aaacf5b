using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Exo.Host.Gateway.Http;

/// <summary>One id per request: in the header, in errors, in the log.</summary>
internal static class RequestIds
{
    private static readonly object s_key = new();

    public static void Begin(HttpContext context)
    {
        string id = "req_" + RandomNumberGenerator.GetHexString(24, lowercase: true);
        context.Items[s_key] = id;
        context.Response.Headers["x-request-id"] = id;
    }

    public static string Of(HttpContext context) => context.Items[s_key] as string ?? "";
}
