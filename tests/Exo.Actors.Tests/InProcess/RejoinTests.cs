using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Exo.Actors.Sessions;
using Exo.Testing;

namespace Exo.Actors.Tests.InProcess;

/// <summary>The others removed a device that lives: it starts its actor system anew, and what it was asked goes on.</summary>
public sealed class RejoinTests
{
    [Fact]
    public async Task Given_a_device_removed_by_mistake_When_it_is_generating_Then_it_rejoins_at_its_address_and_its_answer_is_the_same()
    {
        ImmutableArray<DeviceInProcess> devices = await DeviceInProcess.StartRing(2);
        try
        {
            DeviceInProcess removed = devices[1];
            GenerationRequest request = DeviceInProcess.Request(60);
            ImmutableArray<GenerationEvent> undisturbed = await removed.Generate(request);
            ActorSystem before = removed.Node.System;
            string address = removed.Node.Self.Address;
            IAsyncEnumerator<ActorSystem> systems = removed.Node.SystemsAsync(CancellationToken.None).GetAsyncEnumerator();
            Assert.True(await systems.MoveNextAsync());
            Assert.Same(before, systems.Current);
            int done = 0;

            ImmutableArray<GenerationEvent> events = await removed.Generate(request, tokens =>
            {
                if (tokens == 20 && Interlocked.Exchange(ref done, 1) == 0)
                {
                    Cluster.Get(devices[0].System).Down(Cluster.Get(before).SelfAddress);
                }
            });

            await Eventually.True(
                async () =>
                {
                    ClusterSnapshot seen = await removed.Node.SnapshotAsync(CancellationToken.None);
                    return seen.Members.Count(member => member.Status == "Up") == 2;
                },
                TimeSpan.FromSeconds(30),
                "both are members again");
            Assert.NotSame(before, removed.Node.System);
            Assert.True(await systems.MoveNextAsync());
            Assert.Same(removed.Node.System, systems.Current);
            Assert.Equal(address, removed.Node.Self.Address);
            Assert.IsType<GenerationEvent.Finished>(events[^1]);
            Assert.Equal(Tokens(undisturbed), Tokens(events));
            Assert.Single(events.OfType<GenerationEvent.Started>());
        }
        finally
        {
            foreach (DeviceInProcess device in devices)
            {
                await device.DisposeAsync();
            }
        }
    }

    private static int[] Tokens(IEnumerable<GenerationEvent> events) => [.. events.OfType<GenerationEvent.Token>().Select(token => token.Id)];
}
