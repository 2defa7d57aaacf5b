using System.Net;
using Exo.Actors.Discovery;

namespace Exo.Actors.Tests.Discovery;

public sealed class DnsMessageTests
{
    private static readonly Advertisement s_device = new("0a1b2c3d", "Anna's desk. \\ 2", IPAddress.Parse("192.168.1.10"), 4100, "b83a86d169dad737", "0.1.0", 17);

    /// <summary>A response as Apple's and Avahi's responders send it: names compressed by pointers.</summary>
    private static readonly byte[] s_compressed =
    [
        0, 0, 0x84, 0, 0, 0, 0, 2, 0, 0, 0, 1,
        4, (byte)'_', (byte)'e', (byte)'x', (byte)'o', 4, (byte)'_', (byte)'t', (byte)'c', (byte)'p', 5, (byte)'l', (byte)'o', (byte)'c', (byte)'a', (byte)'l', 0,
        0, 12, 0, 1, 0, 0, 0, 120, 0, 4, 1, (byte)'a', 0xc0, 12,
        0xc0, 39, 0, 33, 0x80, 1, 0, 0, 0, 120, 0, 10, 0, 0, 0, 0, 0x10, 0x92, 1, (byte)'h', 0xc0, 22,
        0xc0, 61, 0, 1, 0x80, 1, 0, 0, 0, 120, 0, 4, 10, 0, 0, 7,
    ];

    [Fact]
    public void What_is_written_is_read_again()
    {
        DnsMessage sent = DnsMessage.Response(s_device.Records(120), []);

        DnsMessage? read = DnsMessage.TryRead(sent.ToBytes());

        Assert.NotNull(read);
        Assert.True(read.IsResponse);
        HeardRecords heard = new();
        heard.Add(read, "eth0", 2, TimeSpan.Zero);
        HeardDevice device = Assert.Single(heard.Devices());
        Assert.Equal((s_device, "eth0"), (device.Device, device.Interface));
    }

    [Fact]
    public void Questions_and_known_answers_are_read_again()
    {
        DnsMessage sent = DnsMessage.Query([new(Advertisement.ServiceType, DnsType.Ptr, Unicast: true)], [s_device.Records(60)[0]]);

        DnsMessage read = DnsMessage.TryRead(sent.ToBytes())!;

        Assert.False(read.IsResponse);
        Assert.Equal(new DnsQuestion(Advertisement.ServiceType, DnsType.Ptr, true), Assert.Single(read.Questions));
        Assert.Equal((DnsType.Ptr, 60), (Assert.Single(read.Answers).Type, read.Answers[0].Seconds));
    }

    [Fact]
    public void Compressed_names_are_followed()
    {
        DnsMessage read = DnsMessage.TryRead(s_compressed)!;

        Assert.Equal(("_exo._tcp.local", "a._exo._tcp.local"), (read.Answers[0].Name, read.Answers[0].Target));
        Assert.Equal(("a._exo._tcp.local", "h.local", 4242), (read.Answers[1].Name, read.Answers[1].Target, read.Answers[1].Port));
        Assert.Equal(("h.local", IPAddress.Parse("10.0.0.7")), (read.Additional[0].Name, read.Additional[0].Address));
    }

    [Theory]
    [InlineData(12, 0xc0, 12)]
    [InlineData(12, 0xc0, 40)]
    [InlineData(12, 0x80, 1)]
    [InlineData(6, 0xff, 0xff)]
    public void Pointers_that_loop_or_lead_ahead_and_counts_that_lie_are_refused(int at, byte first, byte second)
    {
        byte[] bytes = [.. s_compressed];
        (bytes[at], bytes[at + 1]) = (first, second);

        Assert.Null(DnsMessage.TryRead(bytes));
    }

    [Fact]
    public void No_bytes_of_a_stranger_do_harm()
    {
        Random random = new(20261121);
        byte[] whole = DnsMessage.Response(s_device.Records(120), []).ToBytes();
        HeardRecords heard = new();
        int read = 0;
        for (int i = 0; i < 50_000; i++)
        {
            byte[] bytes = i % 2 == 0 ? [.. whole] : [.. s_compressed];
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (DnsMessage.TryRead(bytes.AsSpan(0, random.Next(bytes.Length + 1))) is { } message)
            {
                read++;
                heard.Add(message, "eth0", 2, TimeSpan.FromSeconds(i));
                TimeSpan now = TimeSpan.FromSeconds(i);
                Assert.NotEmpty(DnsMessage.Query([.. message.Questions, .. heard.Incomplete.Select(name => new DnsQuestion(name, DnsType.Any, false))], heard.Known(now)).ToBytes());
            }
        }

        Assert.InRange(read, 1, 49_999);
        Assert.InRange(heard.Devices().Length, 0, 4096);
    }

    [Fact]
    public void A_name_that_could_not_be_written_again_is_refused_and_the_root_is_a_name()
    {
        // A pointer record of _exo._tcp.local to a label of 63 bytes that are no UTF-8, and to the root.
        byte[] head = [0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, 4, .. "_exo"u8, 4, .. "_tcp"u8, 5, .. "local"u8, 0, 0, 12, 0, 1, 0, 0, 0, 120];
        byte[] bad = [.. head, 0, 65, 63, .. Enumerable.Repeat((byte)0xff, 63), 0];
        byte[] root = [.. head, 0, 1, 0];
        HeardRecords heard = new();

        Assert.Null(DnsMessage.TryRead(bad));
        heard.Add(DnsMessage.TryRead(root)!, "eth0", 2, TimeSpan.Zero);

        DnsMessage asked = DnsMessage.TryRead(DnsMessage.Query(heard.Incomplete.Select(name => new DnsQuestion(name, DnsType.Any, false)), heard.Known(TimeSpan.Zero)).ToBytes())!;
        Assert.Equal("", Assert.Single(asked.Questions).Name);
    }
}
