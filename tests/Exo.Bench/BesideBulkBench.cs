using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Remote;
using Akka.Remote.Heartbeats;
using Akka.Remote.Transport;

namespace Exo.Bench;

/// <summary>
/// What a heartbeat meets, alone and while 50 MB of bulk are always in flight: round trips of 64 B on the control connection (through actors at both ends)
/// and of one byte on the heartbeat connection (answered by the other process's heartbeat thread), both every 5 ms.
/// </summary>
internal static class BesideBulkBench
{
    private const int Bytes = 512 * 1024;
    private const int InFlight = 50_000_000 / Bytes;
    private const int Messages = 8_000;

    public static async Task RunAsync()
    {
        (Process process, string address) = await RemoteBench.SpawnAsync();
        using Process other = process;
        ActorSystem system = RemoteBench.Start("remote");
        try
        {
            IActorRef echo = await system.ActorSelection($"{address}/user/echo").ResolveOne(TimeSpan.FromSeconds(10));
            IActorRef bulk = await system.ActorSelection($"{address}/user/bulk").ResolveOne(TimeSpan.FromSeconds(10));
            TcpRemoteTransport transport = ((RemoteActorRefProvider)((ExtendedActorSystem)system).Provider).Transport;
            (PeerConnection beats, int _) = await transport.DialAsync(Address.Parse(address), Lane.Heartbeat);
            using BeatChannel connection = BeatChannel.Accepted(beats);
            await ProbeAsync("alone", echo, connection, Task.Delay(TimeSpan.FromSeconds(3)));
            TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
            TimeSpan pauses = GC.GetTotalPauseDuration();
            Stopwatch watch = Stopwatch.StartNew();
            system.ActorOf(Props.Create(() => new RemoteBench.Flooder(bulk, Bytes, Messages, InFlight, done)));
            await ProbeAsync("beside 50 MB in flight", echo, connection, done.Task);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"bulk: {Messages * (double)Bytes / watch.Elapsed.TotalSeconds / 1e6:0} MB/s, {(GC.GetTotalPauseDuration() - pauses).TotalMilliseconds:0} ms of collector pauses in the sender"));
        }
        finally
        {
            other.Kill();
            await system.Terminate();
        }
    }

    private static async Task ProbeAsync(string name, IActorRef echo, BeatChannel connection, Task until)
    {
        Task<List<double>> beating = Task.Factory.StartNew(
            () => Beat(connection, until), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        List<double> millis = [];
        byte[] small = new byte[64];
        while (!until.IsCompleted)
        {
            long start = Stopwatch.GetTimestamp();
            await echo.Ask<byte[]>(small, TimeSpan.FromSeconds(30));
            millis.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await Task.Delay(5);
        }

        Print($"small message {name}", millis);
        Print($"heartbeat     {name}", await beating);
    }

    /// <summary>On a thread of its own, as the runtime's heartbeats are.</summary>
    private static List<double> Beat(BeatChannel connection, Task until)
    {
        Thread.CurrentThread.Priority = ThreadPriority.AboveNormal;
        List<double> millis = [];
        byte[] one = [1];
        while (!until.IsCompleted)
        {
            long start = Stopwatch.GetTimestamp();
            connection.Send(one);
            SocketError error = SocketError.WouldBlock;
            while (error == SocketError.WouldBlock)
            {
                connection.Socket.Poll(1_000_000, SelectMode.SelectRead);
                connection.Receive(one, out error);
            }

            millis.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            until.Wait(5);
        }

        return millis;
    }

    private static void Print(string name, List<double> millis)
    {
        millis.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {millis.Count} round trips, p50 {millis[millis.Count / 2]:0.00} ms, p90 {millis[millis.Count * 9 / 10]:0.00} ms, p99 {millis[millis.Count * 99 / 100]:0.00} ms, max {millis[^1]:0.0} ms"));
    }
}
