using System.Collections.Immutable;
using System.Runtime.Serialization;
using Exo.Actors.Membership;
using Exo.Actors.Protocol;
using Exo.Actors.Ring;
using Exo.Actors.Shards;
using Exo.Actors.Tests.Ring;
using Exo.Actors.Wire;
using Exo.Engine.Kernels;
using Exo.Engine.Models;
using Exo.Engine.Sampling;

namespace Exo.Actors.Tests.Wire;

public sealed class WireTableTests
{
    private static readonly Epoch s_epoch = new(7, -3);
    private static readonly SessionKey s_session = new(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), 2);
    private static readonly OwnerName s_owner = new("127.0.0.1:4000", "session-x");
    private static readonly SamplingParameters s_sampling = new() { Temperature = 0.7f, TopK = 40, TopP = 0.9f, MinP = 0.05f, Seed = ulong.MaxValue, TypicalP = 0.9f, RepetitionPenalty = 1.1f, PresencePenalty = -1, FrequencyPenalty = 0.5f, PenaltyWindow = 30, Biases = [new TokenBias(3, -100)] };
    private static readonly RingPlan s_plan = new("modèl", s_epoch, [new StagePlan("a:1", "ä", 1, new UnitRange(0, 4), 100), new StagePlan("b:1", "b", 2, new UnitRange(4, 10), 200)]);

    public static readonly ImmutableArray<IWireMessage> Messages =
    [
        new DirectoryProtocol.Hello("a:1", 5, new DeviceProfile("näme", 1L << 40, "127.0.0.1:80", 77), true),
        new RingProtocol.Wishes([Wishes.Of(8, cut: [2, 5]), Wishes.Of(3) with { Dropped = true }]),
        new RingProtocol.Prepare(s_plan, 1, Wishes.Of(8), "a:1"),
        new RingProtocol.Ready("m", s_epoch, 1, 5, 6),
        new RingProtocol.LoadFailed("m", s_epoch, 1, "no such file"),
        new RingProtocol.Commit(s_plan),
        new RingProtocol.NoPlan("m", "too big"),
        new RingProtocol.StageLost("m", s_epoch),
        new RingProtocol.Outdated("m", s_epoch),
        new ShardProtocol.Admit(s_epoch, s_session, s_owner, [1, 2, 3], 2, s_sampling, 10, [4]),
        new ShardProtocol.Admitted(s_session, true),
        new ShardProtocol.Cancel(s_epoch, s_session),
        new ShardProtocol.Close(s_epoch, s_session),
        new ShardProtocol.StepBatch(s_epoch, 9, 120, 33.5f, [new StepRow(s_session, 0, [3, 4], false, new Opening(s_owner, 50, s_sampling, [7, 8])), new StepRow(s_session, 5, [9], true, null)], new byte[3 * 16]),
        new ShardProtocol.Share(s_epoch, s_session, new Opening(s_owner, 50, s_sampling, [7, 8]), [1, 2, 3]),
        new ShardProtocol.Shared(s_epoch, s_session, 2),
        new ShardProtocol.StepResult(s_epoch, 9, 240, [new ChosenToken(s_session, 6, 42)]),
        new ShardProtocol.Token(s_session, 6, 42, 33.5f),
        new ShardProtocol.Refused(s_session, "why", true),
        new HealingProtocol.Side("a:1", 1L << 41, ["a:1", "b:2"], 2),
        new HealingProtocol.Follow(["c:3"]),
    ];

    [Fact]
    public void Every_message_of_the_table_survives_the_way_there_and_back()
    {
        Assert.Equal(WireTable.All.Select(entry => entry.Type).ToHashSet(), Messages.Select(message => message.GetType()).ToHashSet());
        foreach (IWireMessage message in Messages)
        {
            byte[] bytes = WireTable.Write(message);
            object back = WireTable.Read(bytes, WireTable.Manifest(message));

            Assert.IsType(message.GetType(), back);
            Assert.Equal(bytes, WireTable.Write(back));
        }
    }

    [Fact]
    public void Fields_keep_their_values()
    {
        ShardProtocol.Admit admit = Back<ShardProtocol.Admit>(9);

        Assert.Equal(s_epoch, admit.Epoch);
        Assert.Equal(s_session, admit.Session);
        Assert.Equal(s_owner, admit.Owner);
        Assert.Equal(s_sampling with { Biases = [] }, admit.Sampling with { Biases = [] });
        Assert.Equal([new TokenBias(3, -100)], admit.Sampling.Biases.ToArray());
        Assert.Equal(2, admit.Emitted);
        Assert.Equal([1, 2, 3], admit.Tokens.ToArray());
        Assert.Equal(KvCacheType.Q8, Back<RingProtocol.Prepare>(2).Wish.Cache);
        Assert.Equal(s_plan.Stages.ToArray(), Back<RingProtocol.Commit>(5).Plan.Stages.ToArray());
    }

    [Fact]
    public void Manifests_are_unique() =>
        Assert.Equal(WireTable.All.Count(), WireTable.All.Select(entry => entry.Manifest).Distinct().Count());

    [Fact]
    public void A_message_cut_short_anywhere_is_refused_cleanly()
    {
        foreach (IWireMessage message in Messages)
        {
            byte[] bytes = WireTable.Write(message);
            for (int length = 0; length < bytes.Length; length++)
            {
                Assert.Throws<SerializationException>(() => WireTable.Read(bytes[..length], WireTable.Manifest(message)));
            }
        }
    }

    [Fact]
    public void Damaged_messages_are_read_or_refused_and_never_anything_else()
    {
        Random random = new(20);
        int refused = 0;
        for (int i = 0; i < 60_000; i++)
        {
            IWireMessage message = Messages[i % Messages.Length];
            byte[] bytes = WireTable.Write(message);
            for (int flips = random.Next(1, 5); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                Assert.NotNull(WireTable.Read(bytes, WireTable.Manifest(message)));
            }
            catch (SerializationException)
            {
                refused++;
            }
        }

        Assert.True(refused > 1000, $"{refused} were refused.");
    }

    [Fact]
    public void Unknown_manifests_and_types_are_refused()
    {
        Assert.Throws<SerializationException>(() => WireTable.Read([], "Zz9"));
        Assert.Throws<SerializationException>(() => WireTable.Write("text"));
    }

    private static T Back<T>(int index) => Assert.IsType<T>(WireTable.Read(WireTable.Write(Messages[index]), WireTable.Manifest(Messages[index])));
}
