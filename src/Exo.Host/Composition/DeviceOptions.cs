using System.Collections.Immutable;
using Exo.Host.Terminal;

namespace Exo.Host.Composition;

/// <summary>How a device starts; everything has a default that fits one machine.</summary>
internal sealed record DeviceOptions
{
    public required string Home { get; init; }

    public HostPort Cluster { get; init; } = new("127.0.0.1", 0);

    public HostPort Http { get; init; } = new("127.0.0.1", 0);

    public HostPort Pbm { get; init; } = new("127.0.0.1", 0);

    /// <summary>host:port of devices to join; empty: those whose node files lie in the home, or none.</summary>
    public ImmutableArray<string> Seeds { get; init; } = [];

    public string? Model { get; init; }

    public int? Stages { get; init; }

    /// <summary>The first unit of every stage but the first; empty: the planner decides.</summary>
    public ImmutableArray<int> Cut { get; init; } = [];

    public long? MemoryBytes { get; init; }

    /// <summary>Compute threads; 0: one per physical core.</summary>
    public int Threads { get; init; }

    public string? Name { get; init; }

    public string? ApiKey { get; init; }

    public string? ClusterKey { get; init; }

    /// <summary>The user's HOCON; null: none.</summary>
    public string? Configuration { get; init; }

    /// <summary>Where it lies.</summary>
    public string? ConfigurationFile { get; init; }

    /// <summary>HOCON of the variables and the command line, laid over it.</summary>
    public string? Overrides { get; init; }
}
