using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Exo.Actors.Models;
using Exo.Actors.Ring;
using Exo.Engine.Formats;
using Exo.Engine.Stages;

namespace Exo.Actors.Shards;

/// <summary>The work of a stage on its compute thread, in the order in which it was given; what becomes of it is told to the shard as a message.</summary>
internal sealed class StageCompute(IActorRef shard, string name)
{
    private readonly ComputeThread _thread = new(name);

    /// <summary>Touched on the compute thread only: a slice that is loaded after the shard's end is disposed there too.</summary>
    private readonly StrongBox<Slice?> _slice = new();

    /// <summary>Answered with <see cref="Loaded"/> or <see cref="NotLoaded"/>.</summary>
    public void Load(ModelStore store, ModelWish wish, StagePlan stage, ShardSettings settings)
    {
        long start = Stopwatch.GetTimestamp();
        _thread.Add(() =>
        {
            try
            {
                SliceOptions options = new()
                {
                    Threads = settings.Threads,
                    Cache = wish.Cache,
                    CacheBytes = Math.Max(1, wish.CacheBytes(stage.Units)),
                    SharePrefixes = settings.SharePrefixes,
                };
                _slice.Value = new Slice(store.Read(wish.Model, wish.Fingerprint, file => SliceRunner.Load(file, stage.Units, options)));
                shard.Tell(new Loaded(_slice.Value, (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds));
            }
            catch (Exception e) when (e is ModelFileException or OutOfMemoryException or IOException or NotSupportedException)
            {
                shard.Tell(new NotLoaded($"{stage.Name}: {e.Message}"));
            }
        });
    }

    /// <summary>Computes a batch; answered with <see cref="Computed"/>.</summary>
    /// <param name="batch">Its number.</param>
    /// <param name="spent">What the stages before spent on it, in microseconds.</param>
    /// <param name="hop">Mean time of a hop, in microseconds.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="hidden">Their hidden states; empty at stage 0.</param>
    public void Run(long batch, long spent, float hop, ImmutableArray<StepRow> rows, ReadOnlyMemory<byte> hidden)
    {
        long start = Stopwatch.GetTimestamp();
        Add(slice =>
        {
            SliceOutput output = slice.Run(rows, hidden);
            shard.Tell(new Computed(batch, spent + (long)Stopwatch.GetElapsedTime(start).TotalMicroseconds, hop, output));
        });
    }

    /// <summary>Opens a session with what is computed of its beginning; answered with <see cref="Looked"/>.</summary>
    public void Open(SessionKey session, Opening opening, ImmutableArray<int> tokens) =>
        Add(slice => shard.Tell(new Looked(session, opening, tokens, slice.Open(session, opening, tokens))));

    /// <summary>Frees a session; answered with <see cref="Closed"/>, behind the batches that it is part of: the next stage would open it again with one of them.</summary>
    public void Close(ShardProtocol.Close close) => Add(slice =>
    {
        slice.Close(close.Session);
        shard.Tell(new Closed(close));
    });

    /// <summary>Frees the slice behind what is still to be done; nothing may follow.</summary>
    public void Complete() => _thread.Complete(() => _slice.Value?.Dispose());

    private void Add(Action<Slice> work) => _thread.Add(() =>
    {
        try
        {
            work(_slice.Value!);
        }
        catch (Exception e)
        {
            // A bug in the engine ends this shard, not the process: the message carries it to the supervisor.
            shard.Tell(new Fault(e));
        }
    });

    internal sealed record Loaded(Slice Slice, long Milliseconds);

    internal sealed record NotLoaded(string Reason);

    internal sealed record Computed(long Batch, long Spent, float Hop, SliceOutput Output);

    internal sealed record Looked(SessionKey Session, Opening Opening, ImmutableArray<int> Tokens, int Count);

    internal sealed record Closed(ShardProtocol.Close Message);

    internal sealed record Fault(Exception Cause);
}
