namespace Exo.Host.Gateway;

internal sealed record GatewayOptions
{
    /// <summary>Asked for on every route but health; null: none is needed.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Comments flow when an answer is silent for as long.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Requests in work or in the ring's queue.</summary>
    public int Places { get; init; } = 256;
}
