using System.Collections.Immutable;
using Exo.Engine.Kernels;
using Exo.Engine.Models;

namespace Exo.Actors.Ring;

/// <summary>Somebody wants a model. It carries all that planning needs, so that a device without the file can plan.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Fingerprint">Of its file; a device loads only a file with this one.</param>
/// <param name="PathHint">Where the wishing device has it.</param>
/// <param name="UnitBytes">Weight bytes of each unit.</param>
/// <param name="Cache">How all stages store keys and values, so that every cut computes the same.</param>
/// <param name="KvBytesPerToken">KV bytes of each unit for one token.</param>
/// <param name="ScratchBytes">Working memory of a stage.</param>
/// <param name="ContextTokens">Tokens that a session may have.</param>
/// <param name="Sessions">Sessions that run at once.</param>
/// <param name="Stages">The number of stages asked for; 0 = the planner decides.</param>
/// <param name="Cut">First units of the stages after the first; empty = the planner decides.</param>
/// <param name="WishedBy">Address of the wishing device.</param>
/// <param name="Version">Of two wishes for a model the higher version counts.</param>
/// <param name="Dropped">The model is to be unloaded.</param>
public sealed record ModelWish(
    string Model,
    string Fingerprint,
    string PathHint,
    ImmutableArray<long> UnitBytes,
    KvCacheType Cache,
    ImmutableArray<long> KvBytesPerToken,
    long ScratchBytes,
    int ContextTokens,
    int Sessions,
    int Stages,
    ImmutableArray<int> Cut,
    string WishedBy,
    long Version,
    bool Dropped)
{
    /// <summary>Units of the model: embedding, layers, head.</summary>
    public int UnitCount => UnitBytes.Length;

    /// <summary>Bytes that the sessions' keys, values and states may take in a run of units.</summary>
    /// <param name="units">The run.</param>
    public long CacheBytes(UnitRange units)
    {
        long bytes = 0;
        for (int i = units.First; i < units.End; i++)
        {
            bytes += KvBytesPerToken[i] * ContextTokens * Sessions;
        }

        return bytes;
    }

    /// <summary>Bytes that a device needs to host a run of units.</summary>
    /// <param name="units">The run.</param>
    public long Need(UnitRange units)
    {
        long bytes = ScratchBytes + CacheBytes(units);
        for (int i = units.First; i < units.End; i++)
        {
            bytes += UnitBytes[i];
        }

        return bytes;
    }
}
