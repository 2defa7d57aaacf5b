using Exo.Actors;
using Exo.Host.Gateway.Cluster;
using Exo.Host.Generation;
using Pbm.Protocol;

namespace Exo.Host.Palettes;

/// <summary>`pbm … cluster`: who is in the cluster.</summary>
internal static class ClusterPalette
{
    public static PaletteGroup Create(IGenerationNode node) => new("cluster", "The members of the cluster.",
    [
        new(new PbmProtocol.CommandDefinition("show", "Members with address, status and memory.", []), (_, ct) => ShowAsync(node, ct)),
        new(new PbmProtocol.CommandDefinition("members", "The same as show.", []), (_, ct) => ShowAsync(node, ct)),
        new(new PbmProtocol.CommandDefinition("status", "One line: how many members, how many reachable.", []), (_, ct) => StatusAsync(node, ct)),
    ]);

    private static async Task<PbmProtocol.Reply> ShowAsync(IGenerationNode node, CancellationToken ct)
    {
        ClusterSnapshot snapshot = await node.SnapshotAsync(ct);
        return Replies.Table(ClusterTables.MemberColumns, ClusterTables.Members(snapshot), json => ClusterJson.Write(json, node.DeviceName, snapshot));
    }

    private static async Task<PbmProtocol.Reply> StatusAsync(IGenerationNode node, CancellationToken ct)
    {
        ClusterSnapshot snapshot = await node.SnapshotAsync(ct);
        int reachable = snapshot.Members.Count(member => member.Reachable);
        return Replies.Text($"{snapshot.Members.Length} members, {reachable} reachable, {snapshot.Rings.Length} rings.", json => ClusterJson.Write(json, node.DeviceName, snapshot));
    }
}
