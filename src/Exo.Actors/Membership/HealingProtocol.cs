using System.Collections.Immutable;
using Exo.Actors.Protocol;

namespace Exo.Actors.Membership;

/// <summary>How devices of two clusters find out that they belong together, and a side that yields goes as one.</summary>
public static class HealingProtocol
{
    /// <summary>The actor's name below <c>/user</c>.</summary>
    public const string Path = "healing";

    /// <summary>A device tells a stranger of its side.</summary>
    /// <param name="Address">Who says it.</param>
    /// <param name="Since">When it became a member of its side; milliseconds of Unix time.</param>
    /// <param name="Devices">The addresses of its side, itself included.</param>
    /// <param name="Round">0: the first word; 1: in answer to one; 2: in answer to that. From 1 on both are known to hear each other.</param>
    public sealed record Side(string Address, long Since, ImmutableArray<string> Devices, byte Round) : IWireMessage;

    /// <summary>To the devices of a side that yields: start anew and join these.</summary>
    /// <param name="Others">Addresses of the other side.</param>
    public sealed record Follow(ImmutableArray<string> Others) : IWireMessage;

    /// <summary>Local: all devices that discovery hears at present, members or not. The next such message replaces this one.</summary>
    /// <param name="Addresses">Their <c>host:port</c>.</param>
    public sealed record Strangers(ImmutableArray<string> Addresses);
}
