using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Exo.Actors.Discovery;

/// <summary>What <c>tailscale status --json</c> tells of the other machines. Pure; reads whatever it is given.</summary>
public static class TailscalePeers
{
    private const int Most = 1024;

    /// <summary>The machines that are online, this one not among them.</summary>
    /// <param name="json">The program's output.</param>
    /// <param name="problem">Why there is no answer; null: there is one.</param>
    /// <returns>Name and address of each, IPv4 where it has one, in the order of the addresses.</returns>
    public static ImmutableArray<(string Name, IPAddress Address)> Read(string json, out string? problem)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                problem = "its answer is no JSON object";
                return [];
            }

            string state = Text(root, "BackendState");
            problem = state is "Running" or "" ? null : $"it is not connected (state {state}): run `tailscale up`";
            return problem is not null || !root.TryGetProperty("Peer", out JsonElement peers) || peers.ValueKind != JsonValueKind.Object
                ? []
                : [.. peers.EnumerateObject().Take(Most).Select(peer => Peer(peer.Value)).OfType<(string, IPAddress)>().OrderBy(peer => Convert.ToHexString(peer.Item2.GetAddressBytes()), StringComparer.Ordinal)];
        }
        catch (JsonException e)
        {
            problem = $"its answer is no JSON ({e.Message})";
            return [];
        }
    }

    private static (string Name, IPAddress Address)? Peer(JsonElement peer)
    {
        if (peer.ValueKind != JsonValueKind.Object || !peer.TryGetProperty("Online", out JsonElement online) || online.ValueKind != JsonValueKind.True
            || !peer.TryGetProperty("TailscaleIPs", out JsonElement addresses) || addresses.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        IPAddress? address = addresses.EnumerateArray()
            .Select(text => text.ValueKind == JsonValueKind.String && IPAddress.TryParse(text.GetString(), out IPAddress? found) ? found : null)
            .OfType<IPAddress>()
            .OrderBy(found => found.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)
            .FirstOrDefault();
        return address is null ? null : (Text(peer, "HostName") is { Length: > 0 } name ? name : address.ToString(), address);
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
