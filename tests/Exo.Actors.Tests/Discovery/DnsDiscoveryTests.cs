using System.Net;
using System.Net.Sockets;
using Akka.Discovery;
using Exo.Actors.Discovery;

namespace Exo.Actors.Tests.Discovery;

public sealed class DnsDiscoveryTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task An_srv_name_gives_host_and_port_of_every_record_that_is_one()
    {
        using Socket server = NewServer();
        Task<DnsMessage> asked = AnswerAsync(server, query => [Reply(query, query.Id ^ 1, []), Reply(query, query.Id,
        [
            new DnsRecord("_exo._tcp.lab.example", DnsType.Srv, 60) { Target = "127.0.0.1", Port = 4100 },
            new DnsRecord("_exo._tcp.lab.example", DnsType.Srv, 60) { Target = "127.0.0.2", Port = 4101 },
            new DnsRecord("_exo._tcp.lab.example", DnsType.Srv, 60) { Target = "", Port = 4102 },
            new DnsRecord("_exo._tcp.lab.example", DnsType.Txt, 60) { Texts = ["a=b"] },
        ])]);

        ServiceDiscovery.Resolved found = await Ask(server).Lookup(Lookup.ParseSrv("_exo._tcp.lab.example"), s_patience);

        Assert.Equal([("127.0.0.1", 4100), ("127.0.0.2", 4101)], found.Addresses.Select(target => (target.Address.ToString(), target.Port ?? 0)));
        DnsMessage query = await asked;
        Assert.Equal(new DnsQuestion("_exo._tcp.lab.example", DnsType.Srv, false), Assert.Single(query.Questions));
    }

    [Fact]
    public async Task A_name_without_services_is_found_empty()
    {
        using Socket server = NewServer();
        Task<DnsMessage> asked = AnswerAsync(server, query => [[1, 2, 3], Reply(query, query.Id, [])]);

        ServiceDiscovery.Resolved found = await Ask(server).Lookup(Lookup.ParseSrv("_exo._tcp.lab.example"), s_patience);

        Assert.Empty(found.Addresses);
        Assert.NotEqual(0, (await asked).Id);
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_found_empty()
    {
        using Socket server = NewServer();
        Task<DnsMessage> asked = AnswerAsync(server, query => [Reply(query, query.Id, [], DnsCode.NoSuchName)]);

        ServiceDiscovery.Resolved found = await Ask(server).Lookup(Lookup.ParseSrv("_exo._tcp.lab.example"), s_patience);

        Assert.Empty(found.Addresses);
        Assert.NotEqual(0, (await asked).Id);
    }

    [Theory]
    [InlineData((int)DnsCode.ServerFailure, "'server failure'")]
    [InlineData((int)DnsCode.Refused, "'refused'")]
    public async Task A_name_server_that_cannot_tell_is_named(int code, string said)
    {
        using Socket server = NewServer();
        Task<DnsMessage> asked = AnswerAsync(server, query => [Reply(query, query.Id, [], (DnsCode)code)]);

        NameServerException failure = await Assert.ThrowsAsync<NameServerException>(() => Ask(server).Lookup(Lookup.ParseSrv("_exo._tcp.lab.example"), s_patience));

        Assert.Contains($"127.0.0.1 answered {said}", failure.Message, StringComparison.Ordinal);
        Assert.NotEqual(0, (await asked).Id);
    }

    [Fact]
    public async Task When_one_name_server_fails_the_next_is_asked()
    {
        using Socket failing = NewServer();
        using Socket server = NewServer();
        Task<DnsMessage> first = AnswerAsync(failing, query => [Reply(query, query.Id, [], DnsCode.ServerFailure)]);
        Task<DnsMessage> second = AnswerAsync(server, query => [Reply(query, query.Id, [new DnsRecord("_exo._tcp.lab.example", DnsType.Srv, 60) { Target = "127.0.0.1", Port = 4100 }])]);

        ServiceDiscovery.Resolved found = await new DnsDiscovery([(IPEndPoint)failing.LocalEndPoint!, (IPEndPoint)server.LocalEndPoint!]).Lookup(Lookup.ParseSrv("_exo._tcp.lab.example"), s_patience);

        Assert.Equal(4100, Assert.Single(found.Addresses).Port);
        Assert.Equal(Assert.Single((await first).Questions), Assert.Single((await second).Questions));
    }

    [Fact]
    public async Task A_silent_name_server_is_given_up_after_the_asked_time()
    {
        using Socket server = NewServer();

        TimeoutException silence = await Assert.ThrowsAsync<TimeoutException>(() => Ask(server).Lookup(Lookup.ParseSrv("_exo._tcp.lab.example"), TimeSpan.FromMilliseconds(200)));

        Assert.Contains("_exo._tcp.lab.example", silence.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plain_name_gives_its_addresses()
    {
        ServiceDiscovery.Resolved found = await new DnsDiscovery().Lookup("localhost", s_patience);

        Assert.All(found.Addresses, target => Assert.True(IPAddress.IsLoopback(target.Address)));
        Assert.NotEmpty(found.Addresses);
        Assert.Null(found.Addresses[0].Port);
    }

    private static Socket NewServer()
    {
        Socket server = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return server;
    }

    private static DnsDiscovery Ask(Socket server) => new([(IPEndPoint)server.LocalEndPoint!]);

    private static byte[] Reply(DnsMessage query, int id, DnsRecord[] answers, DnsCode code = DnsCode.NoError) => (DnsMessage.Response(answers, []) with { Id = id, Code = code, Questions = query.Questions }).ToBytes();

    /// <summary>Answers until the socket is closed, as who asked on a busy machine asks again; gives the first question.</summary>
    private static Task<DnsMessage> AnswerAsync(Socket server, Func<DnsMessage, byte[][]> answers)
    {
        TaskCompletionSource<DnsMessage> first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = ServeAsync();
        return first.Task;

        async Task ServeAsync()
        {
            byte[] buffer = new byte[512];
            try
            {
                while (true)
                {
                    SocketReceiveFromResult received = await server.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                    DnsMessage query = DnsMessage.TryRead(buffer.AsSpan(0, received.ReceivedBytes))!;

                    // Bit 8 of the flags: the server is to ask others on.
                    Assert.Equal(1, buffer[2]);
                    foreach (byte[] answer in answers(query))
                    {
                        await server.SendToAsync(answer, received.RemoteEndPoint);
                    }

                    first.TrySetResult(query);
                }
            }
            catch (Exception e)
            {
                first.TrySetException(e);
            }
        }
    }
}
