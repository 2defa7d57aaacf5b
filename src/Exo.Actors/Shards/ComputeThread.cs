using System.Collections.Concurrent;

namespace Exo.Actors.Shards;

/// <summary>
/// The one thread on which a shard loads and computes, in the order of what it was given: compute never runs on the actors'
/// dispatcher, where it would delay messages.
/// </summary>
internal sealed class ComputeThread
{
    private readonly BlockingCollection<Action> _work = [];

    public ComputeThread(string name)
    {
        Thread thread = new(Run, 1 << 22) { IsBackground = true, Name = name };
        thread.Start();
    }

    /// <summary>Adds work; it must not throw. Ignored after <see cref="Complete"/>.</summary>
    public void Add(Action work)
    {
        if (!_work.IsAddingCompleted)
        {
            _work.Add(work);
        }
    }

    /// <summary>Runs a last piece of work and ends the thread.</summary>
    public void Complete(Action last)
    {
        Add(last);
        _work.CompleteAdding();
    }

    private void Run()
    {
        foreach (Action work in _work.GetConsumingEnumerable())
        {
            work();
        }

        _work.Dispose();
    }
}
