using System.Globalization;
using System.Text.Json;

namespace Exo.Host.Client;

/// <summary>What the gateway measured of an answer.</summary>
internal sealed record ChatTimings(double TokensPerSecond, double HopMicroseconds, int Recoveries, double LongestPauseMilliseconds)
{
    public static ChatTimings Read(JsonElement exo) => new(
        exo.GetProperty("tokens_per_second").GetDouble(),
        exo.GetProperty("hop_microseconds").GetDouble(),
        exo.GetProperty("recoveries").GetInt32(),
        exo.GetProperty("longest_pause_ms").GetDouble());

    public string Line()
    {
        string hop = HopMicroseconds > 0 ? string.Create(CultureInfo.InvariantCulture, $" · {HopMicroseconds:0} µs per hop") : "";
        string recovery = Recoveries > 0 ? string.Create(CultureInfo.InvariantCulture, $" · {Recoveries} recovery, longest pause {LongestPauseMilliseconds:0} ms") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{TokensPerSecond:0.0} tokens/s{hop}{recovery}");
    }
}
