using System.Text.Json;
using Exo.Actors;

namespace Exo.Host.Gateway.Cluster;

/// <summary>The cluster for programs; `GET /cluster` and the commands with --json give the same.</summary>
internal static class ClusterJson
{
    public static void Write(Utf8JsonWriter json, string device, ClusterSnapshot snapshot)
    {
        json.WriteStartObject();
        json.WriteString("device", device);
        json.WriteStartArray("members");
        foreach (MemberView member in snapshot.Members)
        {
            json.WriteStartObject();
            json.WriteString("name", member.Name);
            json.WriteString("address", member.Address);
            json.WriteString("status", member.Status);
            json.WriteBoolean("reachable", member.Reachable);
            json.WriteBoolean("self", member.Self);
            json.WriteNumber("memory_bytes", member.MemoryBytes);
            json.WriteString("http", member.HttpAddress);
            json.WriteNumber("pid", member.ProcessId);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("rings");
        foreach (RingView ring in snapshot.Rings)
        {
            json.WriteStartObject();
            json.WriteString("model", ring.Model);
            json.WriteString("epoch", ring.Epoch);
            json.WriteString("state", ring.State);
            json.WriteString("reason", ring.Reason);
            json.WriteStartArray("stages");
            foreach (StageView stage in ring.Stages)
            {
                json.WriteStartObject();
                json.WriteString("device", stage.Device);
                json.WriteString("address", stage.Address);
                json.WriteNumber("first_unit", stage.FirstUnit);
                json.WriteNumber("last_unit", stage.LastUnit);
                json.WriteNumber("bytes", stage.Bytes);
                json.WriteNumber("hop_microseconds", Math.Round(stage.HopMicroseconds, 1));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
