namespace Exo.Actors.Discovery;

/// <summary>
/// A device's claim to its names on the network (RFC 6762, 8 and 9): it asks three times whether somebody has them before it tells
/// of itself, gives way to one that asks at the same time with the greater records, and takes another name when its own is taken.
/// Pure over given times and a given chance; not thread-safe.
/// </summary>
internal sealed class NameClaim
{
    /// <summary>The longest wait before the first question, so that devices that start together do not all ask at once.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(250);

    private const int Probes = 3;
    private const int ManyConflicts = 15;
    private static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_afterDefeat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_manyWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_afterMany = TimeSpan.FromSeconds(5);
    private readonly Func<string> _newId;
    private readonly Queue<TimeSpan> _conflicts = [];
    private int _sent;

    /// <summary>Begins to claim.</summary>
    /// <param name="self">What is to be told.</param>
    /// <param name="begin">When to ask first.</param>
    /// <param name="newId">Another random id, for another name.</param>
    public NameClaim(Advertisement self, TimeSpan begin, Func<string> newId)
    {
        Self = self;
        Next = begin;
        _newId = newId;
    }

    /// <summary>What is told, by the name that is claimed at present.</summary>
    public Advertisement Self { get; private set; }

    /// <summary>Whether the names are this device's: it may tell of them and answer for them.</summary>
    public bool IsOurs { get; private set; }

    /// <summary>When <see cref="Step"/> has something to do.</summary>
    public TimeSpan Next { get; private set; }

    /// <summary>Changes what is told of this device; its name stays.</summary>
    public void Update(Advertisement self) => Self = self with { Id = Self.Id };

    /// <summary>Claims the same names anew: where the network is another one, somebody may have them.</summary>
    /// <param name="begin">When to ask first.</param>
    public void Again(TimeSpan begin)
    {
        IsOurs = false;
        _sent = 0;
        Next = begin;
    }

    /// <summary>What is to be sent now: a question, at last the announcement; null: nothing yet.</summary>
    public DnsMessage? Step(TimeSpan now)
    {
        if (now < Next)
        {
            return null;
        }

        if (_sent < Probes)
        {
            _sent++;
            Next = now + s_between;
            return Probe();
        }

        IsOurs = true;
        Next = TimeSpan.MaxValue;
        return DnsMessage.Response(Self.Records(Advertisement.Seconds), []);
    }

    /// <summary>Hears what others say of these names.</summary>
    /// <returns>Whether somebody else has them, so that another name is claimed from now on.</returns>
    public bool Hear(DnsMessage message, TimeSpan now)
    {
        DnsRecord[] own = Own();
        if (message.IsResponse)
        {
            if (!message.Records.Any(record => record.Seconds > 0 && Contradicts(record, own)))
            {
                return false;
            }

            Yield(now);
            return true;
        }

        if (!IsOurs && IsGreater(Shared(message.Authority, own), Shared(own, message.Authority)))
        {
            // The other one announces itself within that time, and is then heard to have the name.
            Again(now + s_afterDefeat);
        }

        return false;
    }

    /// <summary>
    /// Asks by multicast: an answer to the asker alone may reach another responder of this machine, which shares the port (RFC 6762, 15.1).
    /// </summary>
    private DnsMessage Probe()
    {
        DnsRecord[] own = Own();
        return DnsMessage.Query(own.Select(record => record.Name).Distinct().Select(name => new DnsQuestion(name, DnsType.Any, Unicast: false)), []) with { Authority = [.. own] };
    }

    private DnsRecord[] Own() => [.. Self.Records(Advertisement.Seconds).Where(record => record.Unique)];

    /// <summary>Whether somebody else says something of our names. What we said ourselves is heard too, also with texts that have changed since.</summary>
    private static bool Contradicts(DnsRecord record, DnsRecord[] own) =>
        record.Type != DnsType.Txt
        && own.Any(mine => Same(mine.Name, record.Name))
        && !own.Any(mine => mine.Type == record.Type && Same(mine.Name, record.Name) && DnsMessage.Data(mine).AsSpan().SequenceEqual(DnsMessage.Data(record)));

    private void Yield(TimeSpan now)
    {
        _conflicts.Enqueue(now);
        while (now - _conflicts.Peek() > s_manyWithin)
        {
            _conflicts.Dequeue();
        }

        Self = Self with { Id = _newId() };
        Again(_conflicts.Count >= ManyConflicts ? now + s_afterMany : now);
    }

    /// <summary>Those whose names the others have too. All names together decide, so that of two that ask for the same exactly one gives way.</summary>
    private static IEnumerable<DnsRecord> Shared(IEnumerable<DnsRecord> records, IEnumerable<DnsRecord> others) =>
        records.Where(record => others.Any(other => Same(other.Name, record.Name)));

    /// <summary>Lists are compared record by record, in the order of types and data; of two that begin alike the longer one is greater.</summary>
    private static bool IsGreater(IEnumerable<DnsRecord> theirs, IEnumerable<DnsRecord> ours)
    {
        (DnsType Type, byte[] Data)[] one = Sorted(theirs);
        (DnsType Type, byte[] Data)[] other = Sorted(ours);
        for (int i = 0; i < Math.Min(one.Length, other.Length); i++)
        {
            int order = Compare(one[i], other[i]);
            if (order != 0)
            {
                return order > 0;
            }
        }

        return one.Length > other.Length;
    }

    private static (DnsType Type, byte[] Data)[] Sorted(IEnumerable<DnsRecord> records) =>
        [.. records.Select(record => (record.Type, DnsMessage.Data(record))).Order(Comparer<(DnsType, byte[])>.Create(Compare))];

    private static int Compare((DnsType Type, byte[] Data) one, (DnsType Type, byte[] Data) other)
    {
        int order = one.Type.CompareTo(other.Type);
        return order != 0 ? order : one.Data.AsSpan().SequenceCompareTo(other.Data);
    }

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
