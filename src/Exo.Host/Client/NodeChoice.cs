using Exo.Host.Devices;

namespace Exo.Host.Client;

/// <summary>
/// Which of this machine's devices a command asks. A living process is not enough: it may be stopped, or hang. All are asked at
/// once, so that one that does not answer costs nobody a wait of its own.
/// </summary>
internal static class NodeChoice
{
    /// <summary>A healthy device answers within milliseconds; a machine that computes with all cores needs longer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How long older devices are waited for once a younger one has answered.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(300);

    /// <summary>The first of the nodes that answers; later ones are taken when the earlier ones do not within the grace. Null: none.</summary>
    /// <param name="nodes">In the order of preference.</param>
    /// <param name="answers">Asks one; must end soon after its token is cancelled.</param>
    /// <param name="ct">Stops the wait.</param>
    public static async Task<NodeFile?> FirstAsync(IReadOnlyList<NodeFile> nodes, Func<NodeFile, CancellationToken, Task<bool>> answers, CancellationToken ct)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        bool?[] answered = new bool?[nodes.Count];
        List<Task> asking = [.. nodes.Select(async (node, index) => answered[index] = await answers(node, limit.Token))];
        bool inGrace = false;
        while (true)
        {
            int first = Array.FindIndex(answered, answer => answer != false);
            if (first < 0 || answered[first] == true)
            {
                // Those that are still asked are not needed any more.
                await limit.CancelAsync();
                await Task.WhenAll(asking);
                return first < 0 ? null : nodes[first];
            }

            if (!inGrace && answered.Contains(true))
            {
                inGrace = true;
                limit.CancelAfter(Grace);
            }

            Task done = await Task.WhenAny(asking);
            asking.Remove(done);
            await done;
        }
    }

    /// <summary>Whether a device's gateway answers anything at all.</summary>
    public static async Task<bool> AnswersAsync(NodeFile node, CancellationToken ct)
    {
        try
        {
            using HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
            using HttpResponseMessage any = await http.GetAsync(new Uri($"http://{node.Http}/livez"), HttpCompletionOption.ResponseHeadersRead, ct);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
