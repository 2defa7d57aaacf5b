using System.Net;
using Exo.Actors.Discovery;

namespace Exo.Actors.Tests.Discovery;

public sealed class NameClaimTests
{
    private static readonly Advertisement s_anna = new("0a1b2c3d", "anna", IPAddress.Parse("192.168.1.10"), 4100, "k", "0.1.0", 0);

    /// <summary>What Avahi 0.8 sent when it was told to publish a service of the same name: one of three questions, 250 ms apart.</summary>
    private static readonly byte[] s_avahiProbe = Convert.FromHexString(
        "0000000000010000000200000d616e6e61203061316232633364045f65786f045f746370056c6f63616c0000ff0001c00c0021000100000078000b00000000109202766dc024c00c0010000100001194002a"
        + "0569643d7a7a0c6e616d653d7072696e746572046b65793d0976657273696f6e3d390773696e63653d35");

    /// <summary>And what it announced 200 ms after the third.</summary>
    private static readonly byte[] s_avahiAnnouncement = Convert.FromHexString(
        "0000840000000004000000000d616e6e61203061316232633364045f65786f045f746370056c6f63616c000010800100001194002a0569643d7a7a0c6e616d653d7072696e746572046b65793d0976657273696f6e3d390773696e63653d35"
        + "c01a000c0001000011940002c00cc00c0021800100000078000b00000000109202766dc024095f7365727669636573075f646e732d7364045f756470c024000c0001000011940002c01a");

    [Fact]
    public void Three_questions_250_ms_apart_come_before_the_first_word()
    {
        NameClaim claim = Claim(s_anna, begin: Ms(100));
        Assert.Null(claim.Step(Ms(99)));
        foreach (int at in new[] { 100, 350, 600 })
        {
            Assert.Null(claim.Step(Ms(at - 1)));
            Assert.False(claim.Step(Ms(at))!.IsResponse);
            Assert.False(claim.IsOurs);
        }

        DnsMessage announcement = claim.Step(Ms(850))!;
        Assert.True(announcement.IsResponse && claim.IsOurs);
        Assert.Equal(4, announcement.Answers.Length);
        Assert.Null(claim.Step(TimeSpan.FromDays(1)));
    }

    [Fact]
    public void A_question_is_formed_as_avahis()
    {
        DnsMessage avahis = DnsMessage.TryRead(s_avahiProbe)!;
        DnsMessage ours = DnsMessage.TryRead(Claim(s_anna).Step(TimeSpan.Zero)!.ToBytes())!;

        Assert.Equal(avahis.Questions[0], ours.Questions[0]);
        Assert.Equal([s_anna.Instance, s_anna.HostName], ours.Questions.Select(question => question.Name));
        Assert.Equal([DnsType.Srv, DnsType.Txt], avahis.Authority.Select(record => record.Type));
        Assert.Equal([DnsType.Srv, DnsType.Txt, DnsType.A], ours.Authority.Select(record => record.Type));
        Assert.Empty(ours.Answers);
    }

    [Fact]
    public void Of_a_name_that_somebody_has_nothing_is_said_and_another_one_is_claimed()
    {
        NameClaim claim = Claim(s_anna);
        claim.Step(TimeSpan.Zero);

        Assert.True(claim.Hear(DnsMessage.TryRead(s_avahiAnnouncement)!, Ms(50)));

        Assert.Equal("anna new-1._exo._tcp.local", claim.Self.Instance);
        Assert.Equal(["anna new-1._exo._tcp.local", "exo-new-1.local"], claim.Step(Ms(50))!.Questions.Select(question => question.Name));
        Assert.False(claim.Hear(DnsMessage.TryRead(s_avahiAnnouncement)!, Ms(60)));
        claim.Step(Ms(300));
        claim.Step(Ms(550));
        Assert.Contains("id=new-1", claim.Step(Ms(800))!.Answers[2].Texts);
    }

    [Fact]
    public void Whoever_has_a_name_claims_it_again_when_another_says_it_has_it()
    {
        NameClaim claim = Settled(s_anna);
        Assert.True(claim.Hear(DnsMessage.TryRead(s_avahiAnnouncement)!, Ms(5000)));
        Assert.False(claim.IsOurs);
        Assert.False(claim.Step(Ms(5000))!.IsResponse);
    }

    [Fact]
    public void On_another_network_the_same_name_is_claimed_anew()
    {
        NameClaim claim = Settled(s_anna);
        claim.Again(Ms(9000));
        Assert.False(claim.IsOurs);
        Assert.Null(claim.Step(Ms(8999)));
        Assert.Equal(s_anna.Instance, claim.Step(Ms(9000))!.Questions[0].Name);
    }

    [Fact]
    public void The_greater_records_win_when_two_ask_at_once()
    {
        // Texts come before places, and the first of Avahi's, "id=zz", is shorter than ours: its length is the first byte.
        NameClaim winner = Claim(s_anna);
        winner.Step(TimeSpan.Zero);
        Assert.False(winner.Hear(DnsMessage.TryRead(s_avahiProbe)!, Ms(10)));
        Assert.Equal(Ms(250), winner.Next);

        NameClaim one = Claim(s_anna);
        NameClaim other = Claim(s_anna with { Address = IPAddress.Parse("192.168.1.11") });
        DnsMessage first = one.Step(TimeSpan.Zero)!;
        DnsMessage second = other.Step(TimeSpan.Zero)!;
        one.Hear(second, Ms(10));
        other.Hear(first, Ms(10));
        Assert.Equal(Ms(1010), one.Next);
        Assert.Equal(Ms(250), other.Next);
    }

    [Fact]
    public void Its_own_words_that_come_back_are_no_dispute_also_with_texts_of_before()
    {
        NameClaim claim = Claim(s_anna);
        DnsMessage probe = claim.Step(TimeSpan.Zero)!;
        claim.Hear(DnsMessage.TryRead(probe.ToBytes())!, Ms(1));
        Assert.Equal(Ms(250), claim.Next);

        claim = Settled(s_anna);
        claim.Update(s_anna with { Id = "ignored", Since = 17 });
        Assert.False(claim.Hear(DnsMessage.Response(s_anna.Records(120), []), Ms(2000)));
        Assert.Equal(("0a1b2c3d", 17L), (claim.Self.Id, claim.Self.Since));
        Assert.True(claim.IsOurs);
    }

    [Fact]
    public void A_farewell_of_the_name_is_no_dispute() =>
        Assert.False(Settled(s_anna).Hear(DnsMessage.Response((s_anna with { Port = 9 }).Records(seconds: 0), []), Ms(2000)));

    [Fact]
    public void Names_that_are_all_taken_are_tried_at_leisure()
    {
        NameClaim claim = Claim(s_anna);
        for (int i = 1; i <= 15; i++)
        {
            Assert.True(claim.Hear(DnsMessage.Response((claim.Self with { Port = 9 }).Records(120), []), Ms(i)));
        }

        Assert.Equal(Ms(5015), claim.Next);
        claim.Hear(DnsMessage.Response((claim.Self with { Port = 9 }).Records(120), []), Ms(20_000));
        Assert.Equal(Ms(20_000), claim.Next);
    }

    /// <summary>Several devices with one id, started at random within two seconds: nobody keeps a name that another one has.</summary>
    [Fact]
    public void Of_devices_that_want_one_name_each_gets_one_of_its_own()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            Random random = new(seed);
            int ids = 0;
            NameClaim[] claims = [.. Enumerable.Range(0, random.Next(2, 6)).Select(i => new NameClaim(s_anna with { Address = IPAddress.Parse($"10.0.0.{random.Next(1, 255)}"), Port = 4100 + i }, Ms(random.Next(2000)), () => $"{random.Next(2)}-{ids++ / 2}"))];
            Queue<(int At, int From, DnsMessage Message)> onTheWire = [];
            for (int at = 0; at < 30_000; at++)
            {
                while (onTheWire.TryPeek(out (int At, int From, DnsMessage Message) sent) && sent.At < at)
                {
                    onTheWire.Dequeue();
                    foreach (NameClaim claim in claims)
                    {
                        claim.Hear(sent.Message, Ms(at));

                        // Who has the name says so to whoever asks for it.
                        if (!sent.Message.IsResponse && claim.IsOurs && Answers.To(sent.Message, claim.Self) is { } defence)
                        {
                            onTheWire.Enqueue((at, -1, defence));
                        }
                    }
                }

                for (int i = 0; i < claims.Length; i++)
                {
                    if (claims[i].Step(Ms(at)) is { } message)
                    {
                        onTheWire.Enqueue((at, i, message));
                    }
                }
            }

            Assert.All(claims, claim => Assert.True(claim.IsOurs, $"seed {seed}"));
            Assert.True(claims.Select(claim => claim.Self.Id).Distinct().Count() == claims.Length, $"seed {seed}: {string.Join(", ", claims.Select(claim => claim.Self.Id))}");
        }
    }

    [Fact]
    public void Who_is_about_to_tell_of_itself_is_heard_as_one_that_looks_for_a_cluster()
    {
        HeardRecords heard = new();
        heard.Add(Probers.Of(Claim(s_anna).Step(TimeSpan.Zero)!), "eth0", 2, TimeSpan.Zero, isCertain: false);
        Assert.Equal(s_anna, Assert.Single(heard.Devices()).Device);

        heard.Expire(TimeSpan.FromSeconds(5));
        Assert.Empty(heard.Devices());
        Assert.Empty(Probers.Of(DnsMessage.Query([new DnsQuestion(Advertisement.ServiceType, DnsType.Ptr, false)], [])).Records);
    }

    [Fact]
    public void A_question_does_not_change_what_a_device_told_of_itself()
    {
        HeardRecords heard = new();
        heard.Add(DnsMessage.Response((s_anna with { Since = 17 }).Records(120), []), "eth0", 2, TimeSpan.Zero);
        heard.Add(Probers.Of(Claim(s_anna with { Port = 9 }).Step(TimeSpan.Zero)!), "eth0", 2, Ms(1), isCertain: false);
        Assert.Equal((17L, 4100), (Assert.Single(heard.Devices()).Device.Since, heard.Devices()[0].Device.Port));
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static NameClaim Claim(Advertisement self, TimeSpan begin = default)
    {
        int made = 0;
        return new NameClaim(self, begin, () => $"new-{++made}");
    }

    private static NameClaim Settled(Advertisement self)
    {
        NameClaim claim = Claim(self);
        while (!claim.IsOurs)
        {
            claim.Step(claim.Next);
        }

        return claim;
    }
}
