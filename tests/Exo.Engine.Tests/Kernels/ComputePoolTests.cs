using Exo.Engine.Kernels;

namespace Exo.Engine.Tests.Kernels;

public sealed class ComputePoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Every_slot_is_committed_exactly_once_in_every_run(int threads)
    {
        using ComputePool pool = new(threads);
        CountingJob[] jobs = [.. Enumerable.Range(0, threads + 1).Select(_ => new CountingJob())];
        int[] slots = [1, 2, 3, 16, 64, 500];
        for (int run = 0; run < 3000; run++)
        {
            CountingJob job = pool.Free(jobs);
            job.Begin(slots[run % slots.Length]);

            pool.Run(job);

            Assert.True(job.AllOnce(), $"run {run} with {job.Slots} slots");
        }
    }

    [Fact]
    public void A_worker_that_never_comes_back_does_not_hold_the_caller_up()
    {
        using ManualResetEventSlim release = new();
        using ManualResetEventSlim stuck = new();
        using ComputePool pool = new(2);
        StuckJob[] jobs = [new(stuck, release), new(stuck, release), new(stuck, release)];

        StuckJob first = pool.Free(jobs);
        pool.Run(first);

        Assert.Equal(1, first.Committed);
        Assert.True(pool.Rescues > 0 || !stuck.IsSet);
        StuckJob second = pool.Free(jobs);
        Assert.True(second != first);
        release.Set();
    }

    private sealed class CountingJob : ComputeJob
    {
        private readonly int[] _commits = new int[512];

        public void Begin(int slots)
        {
            Array.Clear(_commits);
            Slots = slots;
        }

        public override void Compute(int thread, int slot) => Thread.SpinWait(20);

        public override void Commit(int thread, int slot) => Interlocked.Increment(ref _commits[slot]);

        public bool AllOnce() => Enumerable.Range(0, _commits.Length).All(s => Volatile.Read(ref _commits[s]) == (s < Slots ? 1 : 0));
    }

    /// <summary>Two slots; whichever the worker takes, it stays in until released.</summary>
    private sealed class StuckJob : ComputeJob
    {
        private readonly ManualResetEventSlim _stuck;
        private readonly ManualResetEventSlim _release;
        private int _both;

        public StuckJob(ManualResetEventSlim stuck, ManualResetEventSlim release)
        {
            (_stuck, _release) = (stuck, release);
            Slots = 2;
        }

        public int Committed => Volatile.Read(ref _both) == 2 ? 1 : 0;

        public override void Compute(int thread, int slot)
        {
            if (thread != 0)
            {
                _stuck.Set();
                _release.Wait();
            }
            else
            {
                // Leave the worker time to come; the run does not depend on it.
                _stuck.Wait(TimeSpan.FromMilliseconds(500));
            }
        }

        public override void Commit(int thread, int slot) => Interlocked.Increment(ref _both);
    }
}
