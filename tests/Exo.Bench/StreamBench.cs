using System.Diagnostics;
using System.Globalization;
using Akka.Actor;

namespace Exo.Bench;

/// <summary>
/// How many messages a second go one way between two processes: the receiver answers four times in a window, so the answers cost next to nothing.
/// Processor time of both processes is printed too, as it moves less with the load of the machine than the rate does.
/// </summary>
internal static class StreamBench
{
    private const byte AnswerCode = 2;

    /// <param name="only">The one size to measure; null for all.</param>
    public static async Task RunAsync(int? only = null)
    {
        (Process process, string address) = await RemoteBench.SpawnAsync();
        using Process other = process;
        using Process self = Process.GetCurrentProcess();
        ActorSystem system = RemoteBench.Start("remote");
        try
        {
            IActorRef sink = await system.ActorSelection($"{address}/user/bulk-sink").ResolveOne(TimeSpan.FromSeconds(10));
            foreach ((int bytes, int count, int window) in new[] { (64, 1_000_000, 4096), (16 * 1024, 100_000, 256), (512 * 1024, 4_000, 16) })
            {
                if (bytes != (only ?? bytes))
                    continue;
                await StreamAsync(system, sink, bytes, count / 10, window);
                TimeSpan before = ProcessorTime(self, other);
                double seconds = await StreamAsync(system, sink, bytes, count, window);
                double micros = (ProcessorTime(self, other) - before).TotalMicroseconds / count;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"one way    {bytes,7} B: {count / seconds:0} messages/s, {count * (double)bytes / seconds / 1e6:0} MB/s, {micros:0.00} us of processor time each"));
            }
        }
        finally
        {
            other.Kill();
            await system.Terminate();
        }
    }

    private static TimeSpan ProcessorTime(Process self, Process other)
    {
        self.Refresh();
        other.Refresh();
        return self.TotalProcessorTime + other.TotalProcessorTime;
    }

    private static async Task<double> StreamAsync(ActorSystem system, IActorRef sink, int bytes, int count, int window)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Stopwatch watch = Stopwatch.StartNew();
        system.ActorOf(Props.Create(() => new Source(sink, bytes, count, window, done)));
        await done.Task;
        return watch.Elapsed.TotalSeconds;
    }

    /// <summary>Answers the messages that ask for it.</summary>
    internal sealed class Sink : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is byte[] { Length: > 0 } bytes && bytes[0] == AnswerCode)
                Sender.Tell(bytes.Length, Self);
        }
    }

    /// <summary>Keeps a window of messages on their way; every quarter of it ends with one that is answered.</summary>
    private sealed class Source : UntypedActor
    {
        private readonly IActorRef _sink;
        private readonly byte[] _silent;
        private readonly byte[] _answered;
        private readonly int _quarters;
        private readonly int _quarter;
        private readonly TaskCompletionSource _done;
        private int _sent;
        private int _arrived;

        public Source(IActorRef sink, int bytes, int count, int window, TaskCompletionSource done)
        {
            _sink = sink;
            _silent = new byte[bytes];
            _answered = new byte[bytes];
            _answered[0] = AnswerCode;
            _quarter = window / 4;
            _quarters = Math.Max(4, count / _quarter);
            _done = done;
        }

        protected override void PreStart()
        {
            for (int i = 0; i < 4; i++)
                Send();
        }

        protected override void OnReceive(object message)
        {
            if (++_arrived == _quarters)
                _done.SetResult();
            else if (_sent < _quarters)
                Send();
        }

        private void Send()
        {
            _sent++;
            for (int i = 1; i < _quarter; i++)
                _sink.Tell(_silent, Self);
            _sink.Tell(_answered, Self);
        }
    }
}
