using System.Diagnostics;
using Exo.Engine.Memory;

namespace Exo.Engine.Kernels;

/// <summary>
/// The threads that compute. They spin for a while, then park; the caller takes part as thread 0. When nothing is left to
/// take and slots are still missing, the caller waits a little (patience, in slots' time) and then computes the missing slots itself:
/// a worker that the system put aside costs one slot, not its time slice. One caller at a time.
/// </summary>
internal sealed unsafe class ComputePool : IDisposable
{
    public const int MostSlots = 16384;
    private const int SpinMicroseconds = 100;
    private const double Patience = 1.5;

    private readonly Thread[] _workers;
    private readonly object _gate = new();
    private readonly long _spinTicks = SpinMicroseconds * Stopwatch.Frequency / 1_000_000;
    private readonly long[] _state = new long[MostSlots];
    private readonly ComputeJob?[] _inside;
    private readonly NativeBuffer?[] _scratch;
    private readonly Action _awaiter;
    private long _scratchBytes;
    private volatile ComputeJob? _job;
    private long _epoch;
    private long _ticket; // epoch * 65536 + next slot: a late thread cannot take a slot of a later job
    private int _parked;
    private volatile bool _stop;

    /// <param name="threads">Threads that compute, the caller's included; 0 takes one for each processor.</param>
    public ComputePool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        Threads = threads == 0 ? Environment.ProcessorCount : threads;
        _inside = new ComputeJob?[Threads];
        _scratch = new NativeBuffer?[Threads];
        Products = new ProductScratch(this);
        Attention = new AttentionScratch(this);
        _awaiter = AwaitWorkers;
        LateReaders.Add(_awaiter);
        _workers = new Thread[Threads - 1];
        for (int i = 0; i < _workers.Length; i++)
        {
            int id = i + 1;
            _workers[i] = new Thread(() => Work(id), 1 << 20) { IsBackground = true, Name = $"exo-compute-{id}" };
            _workers[i].Start();
        }
    }

    public int Threads { get; }

    /// <summary>Rows of activations that were not finite, since the caller last cleared it.</summary>
    public ActivationFaults Faults { get; } = new();

    /// <summary>Slots that the caller computed because a worker was late.</summary>
    public long Rescues { get; private set; }

    internal ProductScratch Products { get; }

    internal AttentionScratch Attention { get; }

    /// <summary>Runs all slots of a job and returns when all are committed.</summary>
    public void Run(ComputeJob job)
    {
        if (job.Slots is < 1 or > MostSlots)
        {
            throw new InvalidOperationException($"A job of {job.Slots} slots; 1 to {MostSlots} are possible.");
        }

        long epoch = _epoch + 1;
        job.Done = 0;
        job.Epoch = epoch;
        Volatile.Write(ref _ticket, epoch << 16);
        _job = job;
        Interlocked.Increment(ref _epoch); // a full fence: publishes the job before _parked is read
        if (job.Slots > 1 && Volatile.Read(ref _parked) > 0)
        {
            lock (_gate)
            {
                Monitor.PulseAll(_gate);
            }
        }

        long start = Stopwatch.GetTimestamp();
        int mine = Take(job, 0, epoch);
        if (Volatile.Read(ref job.Done) != job.Slots)
        {
            Rescue(job, epoch, start, mine);
        }
    }

    /// <summary>Scratch of one thread, as large as the largest reservation.</summary>
    public byte* Scratch(int thread) => _scratch[thread]!.Pointer;

    /// <summary>Makes every thread's scratch at least this large; allocates only when it grows.</summary>
    public void ReserveScratch(long bytesPerThread)
    {
        if (bytesPerThread <= _scratchBytes)
        {
            return;
        }

        for (int i = 0; i < Threads; i++)
        {
            _scratch[i]?.Dispose();
            _scratch[i] = new NativeBuffer(bytesPerThread);
        }

        _scratchBytes = bytesPerThread;
    }

    /// <summary>The first job of the set that no thread looks at, so that its parameters may change.</summary>
    public T Free<T>(T[] jobs) where T : ComputeJob
    {
        // At most one job per worker is held, and one is published: threads + 1 jobs always leave one.
        foreach (T job in jobs)
        {
            if (job != _job && !Held(job))
            {
                return job;
            }
        }

        throw new InvalidOperationException("All job objects are held; a set needs one more than the pool has threads.");
    }

    /// <summary>Returns when no worker is inside the job that it was inside of at the time of the call.</summary>
    public void AwaitWorkers()
    {
        for (int i = 1; i < Threads; i++)
        {
            ComputeJob? job = Volatile.Read(ref _inside[i]);
            while (job != null && Volatile.Read(ref _inside[i]) == job)
            {
                Thread.Yield();
            }
        }
    }

    public void Dispose()
    {
        if (_stop)
        {
            return;
        }

        _stop = true;
        Interlocked.Increment(ref _epoch);
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }

        foreach (Thread worker in _workers)
        {
            worker.Join();
        }

        LateReaders.Remove(_awaiter);
        Products.Dispose();
        Attention.Dispose();
        foreach (NativeBuffer? buffer in _scratch)
        {
            buffer?.Dispose();
        }
    }

    private bool Held(ComputeJob job)
    {
        for (int i = 1; i < Threads; i++)
        {
            if (Volatile.Read(ref _inside[i]) == job)
            {
                return true;
            }
        }

        return false;
    }

    private void Rescue(ComputeJob job, long epoch, long start, int mine)
    {
        long end = Stopwatch.GetTimestamp();
        long patience = mine == 0 ? _spinTicks : (long)((end - start) / mine * Patience) + 1;
        while (Volatile.Read(ref job.Done) < job.Slots)
        {
            Thread.SpinWait(4);
            if (Stopwatch.GetTimestamp() - end < patience)
            {
                continue;
            }

            for (int slot = 0; slot < job.Slots; slot++)
            {
                if (Volatile.Read(ref _state[slot]) < epoch)
                {
                    Rescues++;
                    job.Compute(0, slot);
                    Finish(job, 0, slot, epoch);
                }
            }

            while (Volatile.Read(ref job.Done) < job.Slots)
            {
                Thread.Yield(); // only a thread stopped inside Commit is waited for
            }
        }
    }

    private int Take(ComputeJob job, int thread, long epoch)
    {
        int taken = 0;
        int slots = job.Slots;
        while (true)
        {
            long ticket = Volatile.Read(ref _ticket);
            int slot = (int)(ticket & 0xffff);
            if (ticket >> 16 != epoch || slot >= slots)
            {
                return taken;
            }

            if (Interlocked.CompareExchange(ref _ticket, ticket + 1, ticket) != ticket)
            {
                continue;
            }

            job.Compute(thread, slot);
            Finish(job, thread, slot, epoch);
            taken++;
        }
    }

    /// <summary>Epochs only rise and a finished job has raised all its slots, so a late thread always finds its slot taken.</summary>
    private void Finish(ComputeJob job, int thread, int slot, long epoch)
    {
        long old = Volatile.Read(ref _state[slot]);
        if (old >= epoch || Interlocked.CompareExchange(ref _state[slot], epoch, old) != old)
        {
            return;
        }

        job.Commit(thread, slot);
        Interlocked.Increment(ref job.Done);
    }

    private void Work(int id)
    {
        long seen = 0;
        while (!_stop)
        {
            AwaitEpoch(seen);
            ComputeJob? job = _job;
            if (job == null)
            {
                seen = Volatile.Read(ref _epoch);
                continue;
            }

            // Publish what is held, then look again: the caller changes no job that is held or published.
            Interlocked.Exchange(ref _inside[id], job);
            long epoch = job.Epoch;
            if (_job == job && Volatile.Read(ref _epoch) == epoch)
            {
                seen = epoch;
                Take(job, id, epoch);
            }

            Volatile.Write(ref _inside[id], null);
        }
    }

    private void AwaitEpoch(long seen)
    {
        long start = Stopwatch.GetTimestamp();
        int spins = 0;
        while (Volatile.Read(ref _epoch) == seen && !_stop)
        {
            Thread.SpinWait(4);
            if ((++spins & 15) == 0)
            {
                Thread.Yield(); // the caller may be waiting for this very core
            }

            if ((spins & 31) == 0 && Stopwatch.GetTimestamp() - start > _spinTicks)
            {
                lock (_gate)
                {
                    Interlocked.Increment(ref _parked);
                    if (Volatile.Read(ref _epoch) == seen && !_stop)
                    {
                        Monitor.Wait(_gate);
                    }

                    Interlocked.Decrement(ref _parked);
                }

                start = Stopwatch.GetTimestamp();
            }
        }
    }
}
