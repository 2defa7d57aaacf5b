using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Unicode;

namespace Exo.Actors.Discovery;

/// <summary>A DNS message as multicast DNS uses it (RFC 1035, 6762). Reading accepts what strangers send: whatever is no message gives null.</summary>
/// <param name="Id">0 in multicast.</param>
/// <param name="IsResponse">Answers, not questions.</param>
/// <param name="Questions">What is asked.</param>
/// <param name="Answers">Answers, or in a query those already known.</param>
/// <param name="Additional">Records that the asker will want next.</param>
internal sealed record DnsMessage(int Id, bool IsResponse, ImmutableArray<DnsQuestion> Questions, ImmutableArray<DnsRecord> Answers, ImmutableArray<DnsRecord> Additional)
{
    private const int MostRecords = 256;
    private const int LongestName = 255;
    private const int LongestLabel = 63;
    private const int TopBit = 0x8000;
    private const int ResponseFlags = 0x8400;
    private const int RecursionFlag = 0x0100;
    private const int CodeBits = 0x000f;

    /// <summary>What a name server says of its answer (RFC 1035, 4.1.1).</summary>
    public DnsCode Code { get; init; }

    /// <summary>In a probe the records that the asker means to have (RFC 6762, 8.2).</summary>
    public ImmutableArray<DnsRecord> Authority { get; init; } = [];

    /// <summary>Asks a name server to ask others on.</summary>
    public bool WantsRecursion { get; init; }

    /// <summary>Answers and additional records.</summary>
    public IEnumerable<DnsRecord> Records => Answers.Concat(Additional);

    public static DnsMessage Query(IEnumerable<DnsQuestion> questions, IEnumerable<DnsRecord> known) => new(0, false, [.. questions], [.. known], []);

    public static DnsMessage Response(IEnumerable<DnsRecord> answers, IEnumerable<DnsRecord> additional) => new(0, true, [], [.. answers], [.. additional]);

    public byte[] ToBytes()
    {
        using MemoryStream stream = new();
        Number(stream, Id);
        Number(stream, (IsResponse ? ResponseFlags : WantsRecursion ? RecursionFlag : 0) | (int)Code);
        Number(stream, Questions.Length);
        Number(stream, Answers.Length);
        Number(stream, Authority.Length);
        Number(stream, Additional.Length);
        foreach (DnsQuestion question in Questions)
        {
            Name(stream, question.Name);
            Number(stream, (int)question.Type);
            Number(stream, 1 | (question.Unicast ? TopBit : 0));
        }

        foreach (DnsRecord record in Answers.Concat(Authority).Concat(Additional))
        {
            Record(stream, record);
        }

        return stream.ToArray();
    }

    public static DnsMessage? TryRead(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 12)
        {
            return null;
        }

        int questions = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        int answers = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        int authorities = BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]);
        int additional = BinaryPrimitives.ReadUInt16BigEndian(bytes[10..]);
        if (questions + answers + authorities + additional > MostRecords)
        {
            return null;
        }

        int at = 12;
        List<DnsQuestion> asked = [];
        for (int i = 0; i < questions; i++)
        {
            if (!TryName(bytes, ref at, out string name) || at + 4 > bytes.Length)
            {
                return null;
            }

            int flags = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
            asked.Add(new DnsQuestion(name, (DnsType)BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]), (flags & TopBit) != 0));
            at += 4;
        }

        List<DnsRecord> first = [];
        List<DnsRecord> meant = [];
        List<DnsRecord> more = [];
        for (int i = 0; i < answers + authorities + additional; i++)
        {
            if (!TryRecord(bytes, ref at, out DnsRecord? record))
            {
                return null;
            }

            if (record is not null)
            {
                (i < answers ? first : i < answers + authorities ? meant : more).Add(record);
            }
        }

        bool response = (bytes[2] & 0x80) != 0;
        return new DnsMessage(BinaryPrimitives.ReadUInt16BigEndian(bytes), response, [.. asked], [.. first], [.. more]) { Authority = [.. meant], Code = (DnsCode)(bytes[3] & CodeBits) };
    }

    /// <summary>False where the bytes are no record; null where it is of a type that is not used.</summary>
    private static bool TryRecord(ReadOnlySpan<byte> bytes, ref int at, out DnsRecord? record)
    {
        record = null;
        if (!TryName(bytes, ref at, out string name) || at + 10 > bytes.Length)
        {
            return false;
        }

        DnsType type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
        bool unique = (BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]) & TopBit) != 0;
        int seconds = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 4)..]), int.MaxValue);
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 8)..]);
        int start = at + 10;
        at = start + length;
        if (at > bytes.Length)
        {
            return false;
        }

        DnsRecord bare = new(name, type, seconds) { Unique = unique };
        int inside = start;
        switch (type)
        {
            case DnsType.Ptr when TryName(bytes, ref inside, out string target):
                record = bare with { Target = target };
                return true;
            case DnsType.Srv when length > 6:
                inside = start + 6;
                if (!TryName(bytes, ref inside, out string host))
                {
                    return false;
                }

                record = bare with { Target = host, Rank = BinaryPrimitives.ReadUInt32BigEndian(bytes[start..]), Port = BinaryPrimitives.ReadUInt16BigEndian(bytes[(start + 4)..]) };
                return true;
            case DnsType.A when length == 4:
            case DnsType.Aaaa when length == 16:
                record = bare with { Address = new IPAddress(bytes.Slice(start, length)) };
                return true;
            case DnsType.Txt:
                record = bare with { Texts = Texts(bytes.Slice(start, length)) };
                return true;
            case DnsType.Ptr or DnsType.Srv or DnsType.A or DnsType.Aaaa:
                return false;
            default:
                return true;
        }
    }

    private static ImmutableArray<string> Texts(ReadOnlySpan<byte> data)
    {
        ImmutableArray<string>.Builder texts = ImmutableArray.CreateBuilder<string>();
        while (data.Length > 0)
        {
            int length = Math.Min(data[0], data.Length - 1);
            if (length > 0)
            {
                texts.Add(Encoding.UTF8.GetString(data.Slice(1, length)));
            }

            data = data[(1 + length)..];
        }

        return texts.ToImmutable();
    }

    /// <summary>Labels with their lengths; a pointer leads to an earlier place only, so that no loop is possible.</summary>
    private static bool TryName(ReadOnlySpan<byte> bytes, ref int at, out string name)
    {
        name = "";
        StringBuilder text = new();
        int position = at;
        int earliest = at;
        bool jumped = false;
        while (true)
        {
            if (position >= bytes.Length)
            {
                return false;
            }

            int length = bytes[position];
            if (length == 0)
            {
                at = jumped ? at : position + 1;
                name = text.ToString();
                return true;
            }

            if ((length & 0xc0) == 0xc0)
            {
                if (position + 1 >= bytes.Length)
                {
                    return false;
                }

                int target = ((length & 0x3f) << 8) | bytes[position + 1];
                at = jumped ? at : position + 2;
                jumped = true;
                if (target >= earliest)
                {
                    return false;
                }

                (position, earliest) = (target, target);
                continue;
            }

            if (length > LongestLabel || position + 1 + length > bytes.Length || text.Length + length + 1 > LongestName)
            {
                return false;
            }

            // Only what can be written again is taken (RFC 6762, 16: names are UTF-8): a name that was heard is asked for later.
            ReadOnlySpan<byte> label = bytes.Slice(position + 1, length);
            if (!Utf8.IsValid(label))
            {
                return false;
            }

            text.Append(text.Length > 0 ? "." : "").Append(Escaped(Encoding.UTF8.GetString(label)));
            position += 1 + length;
        }
    }

    /// <summary>A dot inside a label is written with a backslash.</summary>
    private static string Escaped(string label) => label.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(".", "\\.", StringComparison.Ordinal);

    private static void Record(MemoryStream stream, DnsRecord record)
    {
        Name(stream, record.Name);
        Number(stream, (int)record.Type);
        Number(stream, 1 | (record.Unique ? TopBit : 0));
        Number(stream, record.Seconds >> 16);
        Number(stream, record.Seconds & 0xffff);
        byte[] data = Data(record);
        Number(stream, data.Length);
        stream.Write(data);
    }

    /// <summary>A record's data without compressed names, by which claims are compared (RFC 6762, 8.2).</summary>
    public static byte[] Data(DnsRecord record)
    {
        using MemoryStream data = new();
        switch (record.Type)
        {
            case DnsType.Ptr:
                Name(data, record.Target);
                break;
            case DnsType.Srv:
                Number(data, (int)(record.Rank >> 16));
                Number(data, (int)(record.Rank & 0xffff));
                Number(data, record.Port);
                Name(data, record.Target);
                break;
            case DnsType.Txt:
                foreach (string text in record.Texts.DefaultIfEmpty(""))
                {
                    byte[] bytes = Encoding.UTF8.GetBytes(text);
                    data.WriteByte((byte)Math.Min(bytes.Length, 255));
                    data.Write(bytes, 0, Math.Min(bytes.Length, 255));
                }

                break;
            default:
                data.Write(record.Address!.GetAddressBytes());
                break;
        }

        return data.ToArray();
    }

    private static void Name(MemoryStream stream, string name)
    {
        StringBuilder label = new();
        for (int i = 0; i <= name.Length && name.Length > 0; i++)
        {
            if (i == name.Length || name[i] == '.')
            {
                byte[] bytes = Encoding.UTF8.GetBytes(label.ToString());
                if (bytes.Length is 0 or > LongestLabel)
                {
                    throw new ArgumentException($"'{name}' is no DNS name: a part of it has {bytes.Length} bytes, 1 to {LongestLabel} are possible.", nameof(name));
                }

                stream.WriteByte((byte)bytes.Length);
                stream.Write(bytes);
                label.Clear();
                continue;
            }

            label.Append(name[i] == '\\' && i + 1 < name.Length ? name[++i] : name[i]);
        }

        stream.WriteByte(0);
    }

    private static void Number(MemoryStream stream, int value)
    {
        stream.WriteByte((byte)(value >> 8));
        stream.WriteByte((byte)value);
    }
}
