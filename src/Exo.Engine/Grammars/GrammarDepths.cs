using static Exo.Engine.Grammars.GrammarProgram;

namespace Exo.Engine.Grammars;

/// <summary>
/// How many rules must be open at once to come from a node to the end of its rule, by the shallowest way. A walk that keeps that many free never
/// stands where nothing can follow, however few rules may be open.
/// </summary>
internal static class GrammarDepths
{
    /// <summary>The depth of each node; int.MaxValue where the end cannot be reached.</summary>
    /// <param name="program">The network.</param>
    /// <param name="nodes">Nodes of the network.</param>
    public static int[] Of(GrammarProgram program, int nodes)
    {
        (int[] first, int[] sources) = Dependents(program, nodes);
        int[] depths = new int[nodes];
        Array.Fill(depths, int.MaxValue);

        // As Dijkstra does: a depth is final when it is taken, because no way makes it less than what it goes through.
        PriorityQueue<int, int> work = new();
        for (int node = 0; node < nodes; node++)
        {
            if (program.Ends(node))
            {
                work.Enqueue(node, 0);
            }
        }

        while (work.TryDequeue(out int node, out int depth))
        {
            if (depths[node] != int.MaxValue)
            {
                continue;
            }

            depths[node] = depth;
            for (int i = first[node]; i < first[node + 1]; i++)
            {
                int source = sources[i];
                int through = depths[source] == int.MaxValue ? Least(program, source, depths) : int.MaxValue;
                if (through != int.MaxValue)
                {
                    work.Enqueue(source, through);
                }
            }
        }

        return depths;
    }

    /// <summary>What a way on asks for.</summary>
    public static int Through(GrammarProgram program, Edge edge, int[] depths)
    {
        int behind = depths[edge.Target];
        if (edge.Kind != EdgeKind.Rule || behind == int.MaxValue)
        {
            return behind;
        }

        int inside = depths[program.StartOf(edge.Rule)];
        return inside == int.MaxValue ? inside : Math.Max(behind, inside + (program.IsTail(edge.Target) ? 0 : 1));
    }

    private static int Least(GrammarProgram program, int node, int[] depths)
    {
        int least = int.MaxValue;
        foreach (Edge edge in program.EdgesOf(node))
        {
            least = Math.Min(least, Through(program, edge, depths));
        }

        return least;
    }

    /// <summary>For each node the nodes whose depth may change with its own.</summary>
    private static (int[] First, int[] Sources) Dependents(GrammarProgram program, int nodes)
    {
        int[] first = new int[nodes + 1];
        for (int node = 0; node < nodes; node++)
        {
            foreach (Edge edge in program.EdgesOf(node))
            {
                first[edge.Target + 1]++;
                first[program.StartOf(edge.Rule) + 1] += edge.Kind == EdgeKind.Rule ? 1 : 0;
            }
        }

        for (int node = 0; node < nodes; node++)
        {
            first[node + 1] += first[node];
        }

        int[] next = [.. first];
        int[] sources = new int[first[nodes]];
        for (int node = 0; node < nodes; node++)
        {
            foreach (Edge edge in program.EdgesOf(node))
            {
                sources[next[edge.Target]++] = node;
                if (edge.Kind == EdgeKind.Rule)
                {
                    sources[next[program.StartOf(edge.Rule)]++] = node;
                }
            }
        }

        return (first, sources);
    }
}
