using System.Text.Json.Serialization;

namespace Exo.Host.Devices;

/// <summary>What a running device tells the other programs of this machine.</summary>
/// <param name="Pid">Its process; the file is stale when that one is gone.</param>
/// <param name="Name">The device's name.</param>
/// <param name="Akka">host:port of the cluster.</param>
/// <param name="Http">host:port of the gateway.</param>
/// <param name="Pbm">host:port of the command port.</param>
/// <param name="StartedAt">When its process started; tells it from a later process with the same id.</param>
/// <param name="Version">Of the program.</param>
internal sealed record NodeFile(int Pid, string Name, string Akka, string Http, string Pbm, DateTimeOffset StartedAt, string Version)
{
    /// <summary>Linux: when its process started, in clock ticks since the machine did. Unlike <see cref="StartedAt"/> it stays true when the clock is set.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? StartTicks { get; init; }
}
