using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using Akka.Discovery;

namespace Exo.Actors.Discovery;

/// <summary>
/// The machines of a Tailscale network that are online, whatever service is asked for: the local <c>tailscale</c> program tells them.
/// The method <c>exo-tailscale</c> of <c>akka.discovery</c>. Thread-safe.
/// </summary>
public sealed class TailscaleDiscovery : ServiceDiscovery
{
    private const int LongestAnswer = 4 << 20;
    private readonly string _program;

    /// <summary>Asks the program <c>tailscale</c> on the path.</summary>
    public TailscaleDiscovery()
        : this("tailscale")
    {
    }

    /// <summary>Asks another program.</summary>
    /// <param name="program">Its name or path.</param>
    public TailscaleDiscovery(string program) => _program = program;

    /// <inheritdoc />
    /// <exception cref="InvalidOperationException">The program is not there, or is not connected; the message says what to do.</exception>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public override async Task<Resolved> Lookup(Lookup lookup, TimeSpan resolveTimeout)
    {
        ArgumentNullException.ThrowIfNull(lookup);
        string answer = await AskAsync(resolveTimeout);
        ImmutableArray<(string Name, IPAddress Address)> peers = TailscalePeers.Read(answer, out string? problem);
        return problem is null
            ? new Resolved(lookup.ServiceName, peers.Select(peer => new ResolvedTarget(peer.Name, address: peer.Address)))
            : throw new InvalidOperationException($"`{_program} status --json` is of no use: {problem}.");
    }

    private async Task<string> AskAsync(TimeSpan timeout)
    {
        using Process process = Start();
        using CancellationTokenSource patience = new(timeout);
        try
        {
            char[] buffer = new char[LongestAnswer];
            int length = await process.StandardOutput.ReadBlockAsync(buffer, patience.Token);
            return new string(buffer, 0, length);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"`{_program} status --json` did not answer within {timeout.TotalSeconds:0} s: look whether its service runs.", e);
        }
        finally
        {
            process.Kill();
        }
    }

    private Process Start()
    {
        try
        {
            ProcessStartInfo start = new(_program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
            start.ArgumentList.Add("status");
            start.ArgumentList.Add("--json");
            Process process = Process.Start(start)!;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            return process;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"The program {_program} cannot be started ({e.Message}): install Tailscale, or join by address with --seed HOST:PORT.", e);
        }
    }
}
