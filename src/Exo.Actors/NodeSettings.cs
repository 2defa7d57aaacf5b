using System.Collections.Immutable;

namespace Exo.Actors;

/// <summary>What a device is told at its start.</summary>
public sealed record NodeSettings
{
    /// <summary>The address that the cluster port binds and that others use.</summary>
    public required string Host { get; init; }

    /// <summary>The cluster port; 0 = any free one.</summary>
    public int Port { get; init; }

    /// <summary>Devices to join, each <c>host:port</c>; none = a cluster of its own.</summary>
    public ImmutableArray<string> Seeds { get; init; } = [];

    /// <summary>The model that this device asks for at its start: a name or a path.</summary>
    public string? Model { get; init; }

    /// <summary>Cut the model into so many stages as soon as so many devices are there; null = the planner decides.</summary>
    public int? Stages { get; init; }

    /// <summary>The first unit of every stage but the first; empty = the planner decides. For trying things.</summary>
    public ImmutableArray<int> Cut { get; init; } = [];

    /// <summary>Bytes that Exo may use here; null = what the machine has to spare.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Compute threads; 0 = one per physical core.</summary>
    public int Threads { get; init; }

    /// <summary>Where state and models lie.</summary>
    public required string HomeFolder { get; init; }

    /// <summary>What people call this device; null = the machine's name.</summary>
    public string? DeviceName { get; init; }

    /// <summary>The gateway's <c>host:port</c>, told to the other devices.</summary>
    public string? HttpAddress { get; init; }

    /// <summary>Secret that all devices of the cluster share; null = none, on loopback only.</summary>
    public string? ClusterKey { get; init; }

    /// <summary>HOCON laid over <c>reference.conf</c>; null = none.</summary>
    public string? Configuration { get; init; }

    /// <summary>HOCON laid over <see cref="Configuration"/>: what variables and the command line say; null = none.</summary>
    public string? Overrides { get; init; }
}
