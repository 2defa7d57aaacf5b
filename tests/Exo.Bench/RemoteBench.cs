using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;

namespace Exo.Bench;

/// <summary>
/// Measures the network part of the actor runtime between real processes on loopback: round trips, throughput, and how soon
/// a killed member is seen and removed. <c>remote</c> runs the measurements, with <c>--tls</c> inside TLS; <c>--trips</c> measures round trips
/// and throughput alone, <c>--stream</c> throughput with few answers, <c>--bulk</c> the delay of small messages and heartbeats beside 50 MB of bulk in flight; a number after <c>--trips</c> or <c>--stream</c> is the one size to measure. <c>--up</c> measures the time to Up of 2, 3 and 8 nodes; <c>remote node</c> is the other process.
/// </summary>
internal static class RemoteBench
{
    private const string Common = """
        akka {
          loglevel = WARNING
          stdout-loglevel = WARNING
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
          coordinated-shutdown.run-by-clr-shutdown-hook = off
        }
        exo.remote.bulk-paths = ["/user/bulk", "/user/bulk-*"]
        """;

    private static bool s_tls;

    public static async Task RunAsync(string[] args)
    {
        s_tls = args.Contains("--tls");
        if (args is ["node", ..])
        {
            await NodeAsync([.. args.Where(arg => arg != "--tls")]);
            return;
        }

        if (args.Contains("--bulk"))
        {
            await BesideBulkBench.RunAsync();
            return;
        }

        int? only = args.Select(arg => int.TryParse(arg, out int bytes) ? bytes : (int?)null).FirstOrDefault(bytes => bytes is not null);
        if (args.Contains("--stream"))
        {
            await StreamBench.RunAsync(only);
            return;
        }

        if (args.Contains("--up"))
        {
            foreach (int nodes in new[] { 2, 2, 2, 3, 3, 3, 8, 8 })
                await UpAsync(nodes);
            return;
        }

        await RoundTripsAsync(only);
        if (args.Contains("--trips"))
            return;
        await StreamBench.RunAsync();
        await BesideBulkBench.RunAsync();
        for (int trial = 0; trial < 5; trial++)
            await KillAsync(pauseFirst: false);
        await KillAsync(pauseFirst: true);
        for (int trial = 0; trial < 5; trial++)
            await LeaveAsync();
    }

    internal static ActorSystem Start(string provider)
        => ActorSystem.Create("bench", ConfigurationFactory.ParseString($"akka.actor.provider = {provider}\n{(s_tls ? "exo.remote.cluster-key = \"a key of the benchmark\"" : "")}\n{Common}"));

    private static async Task NodeAsync(string[] args)
    {
        ActorSystem system = Start("cluster");
        system.ActorOf(Props.Create(() => new Echo()), "echo");
        system.ActorOf(Props.Create(() => new Echo()), "bulk");
        system.ActorOf(Props.Create(() => new StreamBench.Sink()), "bulk-sink");
        Cluster cluster = Cluster.Get(system);
        cluster.Join(args.Length > 1 ? Address.Parse(args[1]) : cluster.SelfAddress);
        Console.WriteLine(cluster.SelfAddress);
        await system.WhenTerminated;
    }

    private static async Task RoundTripsAsync(int? only)
    {
        (Process process, string address) = await SpawnAsync();
        using Process other = process;
        ActorSystem system = Start("remote");
        try
        {
            foreach ((int bytes, string target, int count) in new[] { (64, "echo", 20_000), (16 * 1024, "bulk", 10_000), (512 * 1024, "bulk", 500) })
            {
                if (bytes != (only ?? bytes))
                    continue;
                IActorRef echo = await system.ActorSelection($"{address}/user/{target}").ResolveOne(TimeSpan.FromSeconds(10));
                TaskCompletionSource<double[]> done = new();
                system.ActorOf(Props.Create(() => new Pinger(echo, bytes, count, done)), $"bulk-{bytes}");
                double[] micros = await done.Task;
                Array.Sort(micros);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"round trip {bytes,7} B: p50 {micros[micros.Length / 2]:0} us, p90 {micros[micros.Length * 9 / 10]:0} us, p99 {micros[micros.Length * 99 / 100]:0} us"));
            }

            if (only is null)
                await AskAsync(await system.ActorSelection($"{address}/user/echo").ResolveOne(TimeSpan.FromSeconds(10)));

            foreach ((int bytes, int count, int window) in new[] { (64, 300_000, 1024), (16 * 1024, 50_000, 64), (512 * 1024, 2_000, 8) })
            {
                if (bytes != (only ?? bytes))
                    continue;
                IActorRef echo = await system.ActorSelection($"{address}/user/bulk").ResolveOne(TimeSpan.FromSeconds(10));
                TaskCompletionSource done = new();
                Stopwatch watch = Stopwatch.StartNew();
                system.ActorOf(Props.Create(() => new Flooder(echo, bytes, count, window, done)));
                await done.Task;
                double seconds = watch.Elapsed.TotalSeconds;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"one way    {bytes,7} B, each answered: {count / seconds:0} messages/s, {count * (double)bytes / seconds / 1e6:0} MB/s"));
            }
        }
        finally
        {
            other.Kill();
            await system.Terminate();
        }
    }

    private static async Task AskAsync(IActorRef echo)
    {
        byte[] question = [0];
        double[] micros = new double[10_000];
        for (int i = -2_000; i < micros.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await echo.Ask<byte[]>(question, TimeSpan.FromSeconds(10));
            if (i >= 0)
                micros[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(micros);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"ask               1 B: p50 {micros[micros.Length / 2]:0} us, p90 {micros[micros.Length * 9 / 10]:0} us, p99 {micros[micros.Length * 99 / 100]:0} us"));
    }

    /// <summary>From the moment when the last process is ready until this one sees all members Up.</summary>
    private static async Task UpAsync(int nodes)
    {
        ActorSystem system = Start("cluster");
        Cluster cluster = Cluster.Get(system);
        cluster.Join(cluster.SelfAddress);
        List<Process> others = [];
        try
        {
            (Process Process, string Address)[] started = await Task.WhenAll(Enumerable.Range(1, nodes - 1).Select(_ => SpawnAsync(cluster.SelfAddress.ToString())));
            others.AddRange(started.Select(other => other.Process));
            Stopwatch watch = Stopwatch.StartNew();
            await UntilAsync(() => cluster.State.Members.Count(m => m.Status == MemberStatus.Up) == nodes);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{nodes} members up {watch.Elapsed.TotalMilliseconds:0} ms after the last process was ready"));
        }
        finally
        {
            foreach (Process other in others)
            {
                other.Kill();
                other.Dispose();
            }

            await system.Terminate();
        }
    }

    private static async Task KillAsync(bool pauseFirst)
    {
        ActorSystem system = Start("cluster");
        Cluster cluster = Cluster.Get(system);
        cluster.Join(cluster.SelfAddress);
        (Process second, string _) = await SpawnAsync(cluster.SelfAddress.ToString());
        (Process third, string _) = await SpawnAsync(cluster.SelfAddress.ToString());
        using Process one = second;
        using Process two = third;
        try
        {
            Stopwatch up = Stopwatch.StartNew();
            await UntilAsync(() => cluster.State.Members.Count(m => m.Status == MemberStatus.Up) == 3);
            double upMs = up.Elapsed.TotalMilliseconds;
            if (pauseFirst)
            {
                Process.Start("kill", ["-STOP", two.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
                await Task.Delay(3000);
                bool wasUnreachable = cluster.State.Unreachable.Count > 0;
                Process.Start("kill", ["-CONT", two.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
                Stopwatch back = Stopwatch.StartNew();
                await UntilAsync(() => cluster.State.Unreachable.Count == 0);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"paused 3 s: unreachable {wasUnreachable}, reachable again after {back.Elapsed.TotalMilliseconds:0} ms, members {cluster.State.Members.Count}"));
            }

            Stopwatch watch = Stopwatch.StartNew();
            two.Kill();
            await UntilAsync(() => cluster.State.Unreachable.Count > 0 || cluster.State.Members.Count == 2);
            double unreachable = watch.Elapsed.TotalMilliseconds;
            await UntilAsync(() => cluster.State.Members.Count == 2);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"3 members up {upMs:0} ms after the last process was ready; kill -9: seen {unreachable:0} ms, removed {watch.Elapsed.TotalMilliseconds:0} ms"));
        }
        finally
        {
            one.Kill();
            two.Kill();
            await system.Terminate();
        }
    }

    /// <summary>From the word to leave until the process that left has ended, and until this one has removed it.</summary>
    private static async Task LeaveAsync()
    {
        ActorSystem system = Start("cluster");
        Cluster cluster = Cluster.Get(system);
        cluster.Join(cluster.SelfAddress);
        (Process second, string _) = await SpawnAsync(cluster.SelfAddress.ToString());
        (Process third, string address) = await SpawnAsync(cluster.SelfAddress.ToString());
        using Process one = second;
        using Process two = third;
        try
        {
            await UntilAsync(() => cluster.State.Members.Count(m => m.Status == MemberStatus.Up) == 3);
            Stopwatch watch = Stopwatch.StartNew();
            Task<double> ended = two.WaitForExitAsync().ContinueWith(_ => watch.Elapsed.TotalMilliseconds, TaskScheduler.Default);
            cluster.Leave(Address.Parse(address));
            await UntilAsync(() => cluster.State.Members.Count == 2);
            double removed = watch.Elapsed.TotalMilliseconds;
            double gone = await ended;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"leave: process ended {gone:0} ms, removed {removed:0} ms after the word"));
        }
        finally
        {
            one.Kill();
            two.Kill();
            await system.Terminate();
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(60))
                throw new TimeoutException("The cluster did not get there in 60 s");
            await Task.Delay(1);
        }
    }

    internal static async Task<(Process Process, string Address)> SpawnAsync(string? seed = null)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(RemoteBench).Assembly.Location);
        start.ArgumentList.Add("remote");
        start.ArgumentList.Add("node");
        if (s_tls)
            start.ArgumentList.Add("--tls");
        if (seed is not null)
            start.ArgumentList.Add(seed);
        Process process = Process.Start(start)!;
        string? line;
        do
        {
            line = await process.StandardOutput.ReadLineAsync();
        }
        while (line is not null && !line.StartsWith("akka.tcp://", StringComparison.Ordinal));
        return (process, line ?? throw new InvalidOperationException("The other process ended before it said its address"));
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message is byte[] { Length: > 0 } bytes && bytes[0] == 1 ? "ok" : message, Self);
    }

    private sealed class Pinger : UntypedActor
    {
        private readonly IActorRef _echo;
        private readonly byte[] _payload;
        private readonly double[] _micros;
        private readonly TaskCompletionSource<double[]> _done;
        private int _received;
        private long _sent;

        public Pinger(IActorRef echo, int bytes, int count, TaskCompletionSource<double[]> done)
        {
            _echo = echo;
            _payload = new byte[bytes];
            _micros = new double[count];
            _done = done;

            // Until the compiler has seen enough, the figures are its own.
            _received = -count / 2;
        }

        protected override void PreStart() => Ping();

        protected override void OnReceive(object message)
        {
            if (_received >= 0)
                _micros[_received] = Stopwatch.GetElapsedTime(_sent).TotalMicroseconds;
            if (++_received == _micros.Length)
                _done.SetResult(_micros);
            else
                Ping();
        }

        private void Ping()
        {
            _sent = Stopwatch.GetTimestamp();
            _echo.Tell(_payload, Self);
        }
    }

    internal sealed class Flooder : UntypedActor
    {
        private readonly IActorRef _echo;
        private readonly byte[] _payload;
        private readonly int _count;
        private readonly int _window;
        private readonly TaskCompletionSource _done;
        private int _sent;
        private int _acknowledged;

        public Flooder(IActorRef echo, int bytes, int count, int window, TaskCompletionSource done)
        {
            _echo = echo;
            _payload = new byte[bytes];
            _payload[0] = 1;
            _count = count;
            _window = window;
            _done = done;
        }

        protected override void PreStart()
        {
            while (_sent < Math.Min(_window, _count))
                Send();
        }

        protected override void OnReceive(object message)
        {
            if (++_acknowledged == _count)
                _done.SetResult();
            else if (_sent < _count)
                Send();
        }

        private void Send()
        {
            _sent++;
            _echo.Tell(_payload, Self);
        }
    }
}
