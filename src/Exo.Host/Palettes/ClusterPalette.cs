using Exo.Actors;
using Exo.Host.Gateway.Cluster;
using Exo.Host.Generation;
using Pbm.Protocol;

namespace Exo.Host.Palettes;

/// <summary>`pbm … cluster`: who is in the cluster, and who shall not be.</summary>
internal static class ClusterPalette
{
    public static PaletteGroup Create(IGenerationNode node, IDeviceControl control) => new("cluster", "The members of the cluster.",
    [
        new(new PbmProtocol.CommandDefinition("show", "Members with address, status and memory.", []), (_, ct) => ShowAsync(node, ct)),
        new(new PbmProtocol.CommandDefinition("members", "The same as show.", []), (_, ct) => ShowAsync(node, ct)),
        new(new PbmProtocol.CommandDefinition("unreachable", "Members whose heartbeats do not arrive.", []), (_, ct) => UnreachableAsync(node, ct)),
        new(new PbmProtocol.CommandDefinition("leave", "Lets a device leave; the others take over its layers.", [new("device", "Name or address of a member; without it, this device.", Positional: true, Mandatory: false, Flag: false)]), (arguments, ct) => LeaveAsync(control, arguments, ct)),
        new(new PbmProtocol.CommandDefinition("down", "Removes a device that is lost; one that still lives comes back.", [new("device", "Name or address of a member.", Positional: true, Mandatory: true, Flag: false)]), (arguments, ct) => DownAsync(control, arguments, ct)),
        new(new PbmProtocol.CommandDefinition("status", "One line: how many members, how many reachable.", []), (_, ct) => StatusAsync(node, ct)),
    ]);

    private static async Task<PbmProtocol.Reply> ShowAsync(IGenerationNode node, CancellationToken ct)
    {
        ClusterSnapshot snapshot = await node.SnapshotAsync(ct);
        return Replies.Table(ClusterTables.MemberColumns, ClusterTables.Members(snapshot), json => ClusterJson.Write(json, node.DeviceName, snapshot));
    }

    private static async Task<PbmProtocol.Reply> UnreachableAsync(IGenerationNode node, CancellationToken ct)
    {
        ClusterSnapshot all = await node.SnapshotAsync(ct);
        ClusterSnapshot lost = all with { Members = [.. all.Members.Where(member => !member.Reachable)] };
        return lost.Members.IsEmpty
            ? Replies.Text("Every member is reachable.", json => ClusterJson.Write(json, node.DeviceName, lost))
            : Replies.Table(ClusterTables.MemberColumns, ClusterTables.Members(lost), json => ClusterJson.Write(json, node.DeviceName, lost));
    }

    private static async Task<PbmProtocol.Reply> LeaveAsync(IDeviceControl control, IReadOnlyDictionary<string, string> arguments, CancellationToken ct) =>
        Outcome(await control.LeaveAsync(arguments.GetValueOrDefault("device"), ct));

    private static async Task<PbmProtocol.Reply> DownAsync(IDeviceControl control, IReadOnlyDictionary<string, string> arguments, CancellationToken ct) =>
        Outcome(await control.DownAsync(arguments["device"], ct));

    private static PbmProtocol.Reply Outcome(MembershipOutcome outcome) => outcome.Ok
        ? Replies.Text(outcome.Message, json =>
        {
            json.WriteStartObject();
            json.WriteString("message", outcome.Message);
            json.WriteEndObject();
        })
        : Replies.Failure(outcome.Message);

    private static async Task<PbmProtocol.Reply> StatusAsync(IGenerationNode node, CancellationToken ct)
    {
        ClusterSnapshot snapshot = await node.SnapshotAsync(ct);
        int reachable = snapshot.Members.Count(member => member.Reachable);
        return Replies.Text($"{snapshot.Members.Length} members, {reachable} reachable, {snapshot.Rings.Length} rings.", json => ClusterJson.Write(json, node.DeviceName, snapshot));
    }
}
