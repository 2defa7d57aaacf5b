using System.Collections.Immutable;
using Exo.Engine.Models;

namespace Exo.Actors.Ring;

/// <summary>
/// Memory-weighted partitioning: units in proportion to the devices' memory, in whole units, never beyond what a device
/// can hold. Pure, in integers, ties broken by address: the same input gives the same plan on every device.
/// </summary>
public static class Planner
{
    /// <summary>Cuts a model between devices.</summary>
    /// <param name="wish">The model's sizes and what was asked for.</param>
    /// <param name="devices">The devices, in any order.</param>
    /// <returns>The stages, or the reason why there is no plan.</returns>
    public static PlanOutcome Plan(ModelWish wish, IEnumerable<Candidate> devices)
    {
        ImmutableArray<Candidate> usable = [.. devices.Where(device => device.MemoryBytes > 0).OrderByDescending(device => device.MemoryBytes).ThenBy(device => device.Address, StringComparer.Ordinal)];
        if (usable.IsEmpty)
        {
            return new PlanOutcome.Refused($"No device offers memory for {wish.Model}: start one with exo up.");
        }

        if (!wish.Cut.IsEmpty && wish.Cut.Length + 1 <= usable.Length)
        {
            return ByCut(wish, [.. usable.OrderBy(device => device.Address, StringComparer.Ordinal)]);
        }

        int most = Math.Min(usable.Length, wish.UnitCount - 1);
        int asked = wish.Stages > 0 ? Math.Min(wish.Stages, most) : !wish.Cut.IsEmpty ? most : 1;
        for (int count = asked; count <= most; count++)
        {
            if (ByMemory(wish, usable[..count]) is { } stages)
            {
                return new PlanOutcome.Planned(stages);
            }
        }

        // Fewer stages than asked may fit when a small device cannot hold even one unit.
        for (int count = asked - 1; count >= 1; count--)
        {
            if (ByMemory(wish, usable[..count]) is { } stages)
            {
                return new PlanOutcome.Planned(stages);
            }
        }

        return Refuse(wish, usable);
    }

    private static PlanOutcome ByCut(ModelWish wish, ImmutableArray<Candidate> devices)
    {
        int[] edges = [0, .. wish.Cut, wish.UnitCount];
        for (int i = 1; i < edges.Length; i++)
        {
            if (edges[i] <= edges[i - 1] || edges[i] > wish.UnitCount)
            {
                return new PlanOutcome.Refused($"The cut {string.Join(',', wish.Cut)} does not divide the units 0 to {wish.UnitCount - 1} of {wish.Model}: give rising first units, each between 1 and {wish.UnitCount - 1}.");
            }
        }

        ImmutableArray<StagePlan>.Builder stages = ImmutableArray.CreateBuilder<StagePlan>();
        for (int i = 0; i + 1 < edges.Length; i++)
        {
            UnitRange units = new(edges[i], edges[i + 1]);
            if (wish.Need(units) > devices[i].MemoryBytes)
            {
                return new PlanOutcome.Refused($"Units {units} of {wish.Model} need {ByteText.Of(wish.Need(units))}, {devices[i].Name} offers {ByteText.Of(devices[i].MemoryBytes)}: choose another cut.");
            }

            stages.Add(Stage(wish, devices[i], units));
        }

        return new PlanOutcome.Planned(stages.ToImmutable());
    }

    /// <summary>Shares by memory, then moves edges until every stage fits; null when no edges do.</summary>
    private static ImmutableArray<StagePlan>? ByMemory(ModelWish wish, ImmutableArray<Candidate> largest)
    {
        // The order round the ring is by address: it does not change when memory figures do.
        ImmutableArray<Candidate> devices = [.. largest.OrderBy(device => device.Address, StringComparer.Ordinal)];
        int[] edges = Proportional(wish, devices);
        return Fit(wish, devices, edges) ? [.. devices.Select((device, i) => Stage(wish, device, new UnitRange(edges[i], edges[i + 1])))] : null;
    }

    /// <summary>Edges at which the weight so far is nearest to the share of memory so far; every stage has at least one unit.</summary>
    private static int[] Proportional(ModelWish wish, ImmutableArray<Candidate> devices)
    {
        int units = wish.UnitCount;
        Int128 memory = Sum(devices.Select(device => device.MemoryBytes));
        Int128 weight = Sum(wish.UnitBytes);
        int[] edges = new int[devices.Length + 1];
        edges[^1] = units;
        Int128 memorySoFar = 0;
        Int128 weightSoFar = 0;
        int unit = 0;
        for (int i = 0; i + 1 < devices.Length; i++)
        {
            memorySoFar += devices[i].MemoryBytes;
            Int128 target = weight * memorySoFar;
            int least = edges[i] + 1;
            int most = units - (devices.Length - 1 - i);
            while (unit < most && (unit < least || ((weightSoFar * 2) + wish.UnitBytes[unit]) * memory <= target * 2))
            {
                weightSoFar += wish.UnitBytes[unit++];
            }

            edges[i + 1] = unit;
        }

        return edges;
    }

    /// <summary>
    /// Moves each edge as little as needed. Forwards: a stage takes no more than fits; what is left goes to the next.
    /// When the last stage is then too full, backwards. If both fail there are no contiguous edges that fit in this order.
    /// </summary>
    private static bool Fit(ModelWish wish, ImmutableArray<Candidate> devices, int[] edges)
    {
        for (int i = 0; i + 1 < devices.Length; i++)
        {
            edges[i + 1] = Math.Max(edges[i + 1], edges[i] + 1);
            while (edges[i + 1] > edges[i] + 1 && !Fits(wish, devices, edges, i))
            {
                edges[i + 1]--;
            }
        }

        for (int i = devices.Length - 1; i > 0; i--)
        {
            while (edges[i] < edges[i + 1] - 1 && !Fits(wish, devices, edges, i))
            {
                edges[i]++;
            }
        }

        return Enumerable.Range(0, devices.Length).All(i => edges[i + 1] > edges[i] && Fits(wish, devices, edges, i));
    }

    private static bool Fits(ModelWish wish, ImmutableArray<Candidate> devices, int[] edges, int stage) =>
        wish.Need(new UnitRange(edges[stage], edges[stage + 1])) <= devices[stage].MemoryBytes;

    private static StagePlan Stage(ModelWish wish, Candidate device, UnitRange units)
    {
        long bytes = 0;
        for (int i = units.First; i < units.End; i++)
        {
            bytes += wish.UnitBytes[i];
        }

        return new StagePlan(device.Address, device.Name, device.Uid, units, bytes);
    }

    private static PlanOutcome.Refused Refuse(ModelWish wish, ImmutableArray<Candidate> devices)
    {
        long need = wish.Need(new UnitRange(0, wish.UnitCount)) + (wish.ScratchBytes * (devices.Length - 1));
        long have = devices.Sum(device => device.MemoryBytes);
        string offer = devices.Length == 1 ? $"{devices[0].Name} offers" : $"the {devices.Length} devices offer";
        string but = have >= need ? ", but no cut into whole layers fits" : "";
        return new PlanOutcome.Refused($"{wish.Model} needs {ByteText.Of(need)} ({wish.Sessions} sessions of {wish.ContextTokens} tokens), {offer} {ByteText.Of(have)}{but}: add a device, give more memory with --memory, or choose a smaller file.");
    }

    private static Int128 Sum(IEnumerable<long> values)
    {
        Int128 sum = 0;
        foreach (long value in values)
        {
            sum += value;
        }

        return sum;
    }
}
