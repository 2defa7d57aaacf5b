using System.Net;
using Exo.Actors.Discovery;

namespace Exo.Actors.Tests.Discovery;

public sealed class AnswersTests
{
    private static readonly Advertisement s_self = new("0a1b2c3d", "anna", IPAddress.Parse("192.168.1.10"), 4100, "", "0.1.0", 17);

    [Theory]
    [InlineData("_exo._tcp.local", (int)DnsType.Ptr)]
    [InlineData("_EXO._tcp.LOCAL", (int)DnsType.Any)]
    public void Who_asks_for_the_service_gets_all_that_it_needs_to_connect(string name, int type)
    {
        DnsMessage answer = Ask(name, (DnsType)type)!;

        Assert.Equal(DnsType.Ptr, Assert.Single(answer.Answers).Type);
        Assert.Equal([DnsType.Srv, DnsType.Txt, DnsType.A], answer.Additional.Select(record => record.Type));
    }

    [Fact]
    public void Names_types_and_addresses_are_answered_each()
    {
        Assert.Equal(4100, Ask("anna 0a1b2c3d._exo._tcp.local", DnsType.Srv)!.Answers[0].Port);
        Assert.Contains("id=0a1b2c3d", Ask("anna 0a1b2c3d._exo._tcp.local", DnsType.Txt)!.Answers[0].Texts);
        Assert.Equal(s_self.Address, Ask("exo-0a1b2c3d.local", DnsType.A)!.Answers[0].Address);
        Assert.Equal("_exo._tcp.local", Ask("_services._dns-sd._udp.local", DnsType.Ptr)!.Answers[0].Target);
    }

    [Theory]
    [InlineData("_http._tcp.local", (int)DnsType.Ptr)]
    [InlineData("exo-0a1b2c3d.local", (int)DnsType.Aaaa)]
    [InlineData("other.local", (int)DnsType.A)]
    public void What_is_not_ours_is_not_answered(string name, int type) => Assert.Null(Ask(name, (DnsType)type));

    [Theory]
    [InlineData(100, false)]
    [InlineData(30, true)]
    public void Who_knows_already_is_not_told_again_until_half_of_the_time_is_over(int seconds, bool answered)
    {
        DnsRecord known = s_self.Records(seconds)[0];
        DnsMessage query = DnsMessage.Query([new(Advertisement.ServiceType, DnsType.Ptr, false)], [known]);
        Assert.Equal(answered, Answers.To(query, s_self) is not null);
    }

    private static DnsMessage? Ask(string name, DnsType type) => Answers.To(DnsMessage.Query([new DnsQuestion(name, type, false)], []), s_self);
}
