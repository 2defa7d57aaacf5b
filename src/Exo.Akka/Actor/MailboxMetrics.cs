using System.Diagnostics.Metrics;

namespace Akka.Actor;

/// <summary>What the mailboxes measure.</summary>
internal static class MailboxMetrics
{
    private static readonly Meter s_meter = new("Exo.Akka");

    public static readonly Counter<long> Dropped =
        s_meter.CreateCounter<long>("exo.akka.mailbox.dropped", "{message}", "Messages that a full bounded mailbox refused");
}
