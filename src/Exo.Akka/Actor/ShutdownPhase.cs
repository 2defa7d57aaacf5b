using Akka.Configuration;

namespace Akka.Actor;

/// <summary>One phase of an orderly shutdown, as configured.</summary>
internal sealed record ShutdownPhase(string Name, TimeSpan Timeout, bool Recover, IReadOnlyList<string> DependsOn)
{
    /// <summary>The phases, each after those that it depends on.</summary>
    public static IReadOnlyList<ShutdownPhase> InOrder(Config section)
    {
        TimeSpan defaultTimeout = section.GetTimeSpan("default-phase-timeout", TimeSpan.FromSeconds(5));
        Dictionary<string, ShutdownPhase> phases = [];
        foreach ((string name, Configuration.Hocon.HoconValue value) in section.GetConfig("phases").AsEnumerable())
        {
            Config phase = value.IsObject() ? section.GetConfig("phases." + name) : Config.Empty;
            phases.Add(name, new ShutdownPhase(
                name, phase.GetTimeSpan("timeout", defaultTimeout), phase.GetBoolean("recover", true), [.. phase.GetStringList("depends-on", [])]));
        }

        List<ShutdownPhase> order = [];
        HashSet<string> done = [];
        HashSet<string> open = [];
        foreach (string name in phases.Keys.Order(StringComparer.Ordinal))
            Visit(name);
        return order;

        void Visit(string name)
        {
            if (done.Contains(name))
                return;
            if (!open.Add(name))
                throw new ArgumentException($"Phase [{name}] of akka.coordinated-shutdown depends on itself");
            if (!phases.TryGetValue(name, out ShutdownPhase phase))
                phase = new ShutdownPhase(name, defaultTimeout, Recover: true, []);
            foreach (string before in phase.DependsOn)
                Visit(before);
            open.Remove(name);
            done.Add(name);
            order.Add(phase);
        }
    }
}
