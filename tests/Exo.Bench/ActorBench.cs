using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;

namespace Exo.Bench;

/// <summary>What a local message costs: tells to one actor, ping-pong of a pair, Ask, and several pairs at once.</summary>
internal static class ActorBench
{
    public static async Task Run(string[] args)
    {
        int millions = args.Length > 0 ? int.Parse(args[0]) : 5;
        using ActorSystem system = ActorSystem.Create("bench", ConfigurationFactory.ParseString("akka.loglevel = OFF\nakka.stdout-loglevel = OFF"));
        for (int round = 0; round < 5; round++)
        {
            await Tell(system, millions * 1_000_000);
            await PingPong(system, pairs: 1, roundTrips: millions * 400_000);
            await PingPong(system, pairs: Environment.ProcessorCount * 4, roundTrips: millions * 100_000);
            await Ask(system, count: millions * 20_000);
        }
    }

    private static async Task Tell(ActorSystem system, int count)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef counter = system.ActorOf(Props.Create(() => new Counter(count, done)));
        object message = new();
        long allocated = GC.GetTotalAllocatedBytes();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
            counter.Tell(message, ActorRefs.NoSender);
        await done.Task;
        Report("tell, one producer", count, start, allocated);
        system.Stop(counter);
    }

    private static async Task PingPong(ActorSystem system, int pairs, int roundTrips)
    {
        TaskCompletionSource[] done = [.. Enumerable.Range(0, pairs).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
        IActorRef[] pingers = [.. done.Select(one => system.ActorOf(Props.Create(() => new Pinger(roundTrips, one))))];
        long allocated = GC.GetTotalAllocatedBytes();
        long start = Stopwatch.GetTimestamp();
        foreach (IActorRef pinger in pingers)
            pinger.Tell("start", ActorRefs.NoSender);
        await Task.WhenAll(done.Select(one => one.Task));
        Report($"ping-pong, {pairs} pairs", 2L * pairs * roundTrips, start, allocated);
        foreach (IActorRef pinger in pingers)
            system.Stop(pinger);
    }

    private static async Task Ask(ActorSystem system, int count)
    {
        IActorRef echo = system.ActorOf(Props.Create(() => new Echo()));
        double[] microseconds = new double[count];
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await echo.Ask<string>("x", TimeSpan.FromSeconds(5));
            microseconds[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(microseconds);
        Console.WriteLine($"{"ask",-22} p50 {microseconds[count / 2]:0.0} µs  p99 {microseconds[count * 99 / 100]:0.0} µs");
        system.Stop(echo);
    }

    private static void Report(string name, long messages, long start, long allocatedBefore)
    {
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double bytes = (double)(GC.GetTotalAllocatedBytes() - allocatedBefore) / messages;
        Console.WriteLine($"{name,-22} {messages / seconds / 1e6:0.00} M messages/s  {bytes:0} B/message");
    }

    private sealed class Counter(int expected, TaskCompletionSource done) : UntypedActor
    {
        private int _count;

        protected override void OnReceive(object message)
        {
            if (++_count == expected)
                done.SetResult();
        }
    }

    private sealed class Pinger(int roundTrips, TaskCompletionSource done) : UntypedActor
    {
        private readonly IActorRef _ponger = Context.ActorOf(Props.Create(() => new Echo()));
        private int _left = roundTrips;

        protected override void OnReceive(object message)
        {
            if (_left-- > 0)
                _ponger.Tell(message, Self);
            else
                done.TrySetResult();
        }
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message, Self);
    }
}
