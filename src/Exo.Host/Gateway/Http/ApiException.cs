namespace Exo.Host.Gateway.Http;

/// <summary>A request is answered with an error; the status and words are the client's to act on.</summary>
internal sealed class ApiException : Exception
{
    public ApiException(int status, string message, string? param = null, string? code = null)
        : base(message)
    {
        Status = status;
        Param = param;
        Code = code;
    }

    public int Status { get; }

    /// <summary>The field of the request that is at fault.</summary>
    public string? Param { get; }

    public string? Code { get; }

    /// <summary>Set when a client that waits this long may succeed.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Values of the Allow header of a 405.</summary>
    public string? Allow { get; init; }

    public static ApiException Invalid(string param, string message) => new(400, message, param);

    /// <summary>A field that would change the answer and is not built is refused, never dropped.</summary>
    public static ApiException Unsupported(string param, string message) => new(400, message, param, "unsupported_parameter");
}
