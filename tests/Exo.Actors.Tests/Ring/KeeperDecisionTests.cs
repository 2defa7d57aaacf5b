using System.Collections.Immutable;
using Exo.Actors.Membership;
using Exo.Actors.Ring;
using Exo.Engine.Models;

namespace Exo.Actors.Tests.Ring;

public sealed class KeeperDecisionTests
{
    private static readonly HashSet<string> s_nobody = [];

    [Fact]
    public void The_oldest_device_that_is_concerned_proposes()
    {
        DirectoryView view = View("b:1", "c:1", "b:1", "a:1");

        Assert.Equal("a:1", KeeperDecision.Proposer(view, Wishes.Of(8), committed: null));
        Assert.Equal("c:1", KeeperDecision.Proposer(view, Wishes.Of(8) with { WishedBy = "gone:1" }, committed: null));
        Assert.Equal("b:1", KeeperDecision.Proposer(view, Wishes.Of(8) with { WishedBy = "gone:1" }, Plan("b:1")));
    }

    [Fact]
    public void Another_keepers_turn_is_not_ones_own() =>
        Assert.IsType<KeeperMove.Rest>(Next(View("b:1", "a:1", "b:1"), Wishes.Of(8), null, s_nobody, gathering: false));

    [Fact]
    public void A_wish_for_three_stages_waits_for_three_devices_only_while_they_gather()
    {
        DirectoryView two = View("a:1", "a:1", "b:1");
        ModelWish wish = Wishes.Of(8, stages: 3);

        Assert.IsType<KeeperMove.Rest>(Next(two, wish, null, s_nobody, gathering: true));
        Assert.Equal(2, Assert.IsType<KeeperMove.Propose>(Next(two, wish, null, s_nobody, gathering: false)).Stages.Length);
        Assert.Equal(3, Assert.IsType<KeeperMove.Propose>(Next(View("a:1", "a:1", "b:1", "c:1"), wish, null, s_nobody, gathering: true)).Stages.Length);
    }

    [Fact]
    public void A_ring_with_fewer_stages_than_asked_is_cut_anew_when_a_device_comes()
    {
        ModelWish wish = Wishes.Of(8, stages: 3);

        Assert.IsType<KeeperMove.Rest>(Next(View("a:1", "a:1", "b:1"), wish, Plan("a:1", "b:1"), s_nobody, gathering: false));
        Assert.Equal(3, Assert.IsType<KeeperMove.Propose>(Next(View("a:1", "a:1", "b:1", "c:1"), wish, Plan("a:1", "b:1"), s_nobody, gathering: false)).Stages.Length);
    }

    [Fact]
    public void A_ring_that_lost_a_stage_is_planned_anew_with_the_survivors()
    {
        KeeperMove move = Next(View("a:1", "a:1", "c:1"), Wishes.Of(8, stages: 3), Plan("a:1", "b:1", "c:1"), s_nobody, gathering: false);

        Assert.Equal(["a:1", "c:1"], Assert.IsType<KeeperMove.Propose>(move).Stages.Select(stage => stage.Device));
    }

    [Fact]
    public void A_restarted_device_holds_nothing_of_the_old_ring() =>
        Assert.False(KeeperDecision.IsWhole(View("a:1", "a:1", "b:1"), new RingPlan("model", new Epoch(1, 1), [new StagePlan("b:1", "b", Uid: 99, new UnitRange(0, 10), 1)])));

    [Fact]
    public void A_device_that_failed_to_load_is_left_out()
    {
        KeeperMove move = Next(View("a:1", "a:1", "b:1"), Wishes.Of(8), null, new HashSet<string> { "a:1" }, gathering: false);

        Assert.Equal("b:1", Assert.Single(Assert.IsType<KeeperMove.Propose>(move).Stages).Device);
    }

    [Fact]
    public void A_dropped_model_is_left_alone() =>
        Assert.IsType<KeeperMove.Rest>(Next(View("a:1", "a:1"), Wishes.Of(8) with { Dropped = true }, null, s_nobody, gathering: false));

    [Fact]
    public void Epochs_are_ordered_by_counter_then_proposer()
    {
        Assert.True(new Epoch(1, 9) < new Epoch(2, 1));
        Assert.True(new Epoch(2, 1) < new Epoch(2, 2));
        Assert.True(Epoch.None < Epoch.None.Next(1));
        Assert.Equal(new Epoch(3, 7), new Epoch(2, 9).Next(7));
    }

    [Fact]
    public void A_ring_whose_shard_died_is_planned_anew_on_the_same_devices()
    {
        KeeperMove move = KeeperDecision.Next(View("a:1", "a:1", "b:1"), Wishes.Of(8, stages: 2), Plan("a:1", "b:1"), s_nobody, whole: false, gathering: false);

        Assert.Equal(["a:1", "b:1"], Assert.IsType<KeeperMove.Propose>(move).Stages.Select(stage => stage.Device));
    }

    private static KeeperMove Next(DirectoryView view, ModelWish wish, RingPlan? committed, IReadOnlySet<string> excluded, bool gathering) =>
        KeeperDecision.Next(view, wish, committed, excluded, whole: committed is not null && KeeperDecision.IsWhole(view, committed), gathering);

    private static DirectoryView View(string self, params string[] oldestFirst) => new(
        self,
        Uid(self),
        [.. oldestFirst.Select(address => new Device(address, Uid(address), "Up", Reachable: true, new DeviceProfile(address[..1], 5000, "", 1)))]);

    private static RingPlan Plan(params string[] devices)
    {
        ImmutableArray<StagePlan> stages = [.. devices.Select((device, i) => new StagePlan(device, device[..1], Uid(device), new UnitRange(i, i + 1 == devices.Length ? 10 : i + 1), 100))];
        return new RingPlan("model", new Epoch(1, 1), stages);
    }

    private static int Uid(string address) => address[0];
}
