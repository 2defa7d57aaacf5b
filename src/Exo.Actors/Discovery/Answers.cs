namespace Exo.Actors.Discovery;

/// <summary>What a device answers to a question. Pure.</summary>
internal static class Answers
{
    private const string AllTypes = "_services._dns-sd._udp.local";

    /// <summary>The answer; null when the question is about something else, or the asker knows already.</summary>
    public static DnsMessage? To(DnsMessage query, Advertisement self)
    {
        DnsRecord[] own = [.. self.Records(Advertisement.Seconds), new(AllTypes, DnsType.Ptr, Advertisement.Seconds) { Target = Advertisement.ServiceType }];
        DnsRecord[] answers = [.. own.Where(record => query.Questions.Any(question => Asks(question, record)) && !query.Answers.Any(known => Knows(known, record)))];
        if (answers.Length == 0)
        {
            return null;
        }

        // Who asks for the service will ask for its place, texts and address next.
        IEnumerable<DnsRecord> next = answers.Any(record => record.Type is DnsType.Ptr or DnsType.Srv) ? own.Where(record => record.Name != AllTypes && !answers.Contains(record)) : [];
        return DnsMessage.Response(answers, next);
    }

    private static bool Asks(DnsQuestion question, DnsRecord record) =>
        (question.Type == record.Type || question.Type == DnsType.Any) && string.Equals(question.Name, record.Name, StringComparison.OrdinalIgnoreCase);

    private static bool Knows(DnsRecord known, DnsRecord record) =>
        known.Type == DnsType.Ptr && record.Type == DnsType.Ptr && known.Seconds >= record.Seconds / 2
        && string.Equals(known.Name, record.Name, StringComparison.OrdinalIgnoreCase) && string.Equals(known.Target, record.Target, StringComparison.OrdinalIgnoreCase);
}
