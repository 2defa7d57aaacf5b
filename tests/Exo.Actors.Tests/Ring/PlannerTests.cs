using Exo.Actors.Ring;
using FsCheck;
using FsCheck.Fluent;

namespace Exo.Actors.Tests.Ring;

public sealed class PlannerTests
{
    [Fact]
    public void A_model_that_fits_one_device_stays_on_the_one_with_most_memory()
    {
        StagePlan only = Assert.Single(Stages(Planner.Plan(Wishes.Of(8), Wishes.Devices(2000, 5000, 3000))));

        Assert.Equal("b:1", only.Device);
        Assert.Equal((0, 10), (only.Units.First, only.Units.End));
    }

    [Fact]
    public void Layers_are_shared_in_proportion_to_memory()
    {
        IReadOnlyList<StagePlan> stages = Stages(Planner.Plan(Wishes.Of(12, stages: 3), Wishes.Devices(10_000, 20_000, 10_000)));

        Assert.Equal([4, 6, 4], stages.Select(stage => stage.Units.Count));
    }

    [Fact]
    public void Asked_for_more_stages_than_devices_it_takes_what_is_there() =>
        Assert.Equal(2, Stages(Planner.Plan(Wishes.Of(8, stages: 3), Wishes.Devices(5000, 5000))).Count);

    [Fact]
    public void A_device_with_little_memory_gets_no_more_than_fits()
    {
        ModelWish wish = Wishes.Of(8, layerBytes: 100, headBytes: 500, stages: 2) with { ContextTokens = 20 };
        IReadOnlyList<StagePlan> stages = Stages(Planner.Plan(wish, Wishes.Devices(700, 900)));

        Assert.Equal([700, 900], stages.Select((stage, i) => Math.Max(wish.Need(stage.Units), i == 0 ? 700 : 900)));
        Assert.Equal(10, stages[1].Units.End);
    }

    [Fact]
    public void A_model_that_is_too_big_is_refused_with_both_figures_and_a_remedy()
    {
        PlanOutcome.Refused refused = Assert.IsType<PlanOutcome.Refused>(Planner.Plan(Wishes.Of(8, layerBytes: 1 << 30), Wishes.Devices(2L << 30, 1L << 30)));

        Assert.Contains("needs 8.0 GiB", refused.Reason);
        Assert.Contains("the 2 devices offer 3.0 GiB", refused.Reason);
        Assert.Contains("add a device", refused.Reason);
    }

    [Fact]
    public void A_cut_is_taken_as_given()
    {
        IReadOnlyList<StagePlan> stages = Stages(Planner.Plan(Wishes.Of(8, cut: [1, 6]), Wishes.Devices(5000, 5000, 5000)));

        Assert.Equal([(0, 1), (1, 6), (6, 10)], stages.Select(stage => (stage.Units.First, stage.Units.End)));
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(4, 4)]
    [InlineData(6, 11)]
    public void A_cut_that_does_not_divide_the_units_is_refused(int first, int second)
    {
        PlanOutcome outcome = Planner.Plan(Wishes.Of(8, cut: [first, second]), Wishes.Devices(5000, 5000, 5000));

        Assert.Contains("does not divide", Assert.IsType<PlanOutcome.Refused>(outcome).Reason);
    }

    [Fact]
    public void Without_devices_there_is_no_plan() =>
        Assert.Contains("exo up", Assert.IsType<PlanOutcome.Refused>(Planner.Plan(Wishes.Of(8), [])).Reason);

    [Fact]
    public void Slices_are_contiguous_complete_within_capacity_and_the_same_for_any_order_of_devices() =>
        Prop.ForAll(
            Gen.Choose(1, 40).Select(layers => Wishes.Of(layers)).ToArbitrary(),
            Gen.Choose(0, 3000).Select(bytes => (long)bytes).ArrayOf(5).ToArbitrary(),
            Gen.Choose(0, 5).ToArbitrary(),
            (wish, memory, stages) =>
            {
                ModelWish asked = wish with { Stages = stages };
                PlanOutcome outcome = Planner.Plan(asked, Wishes.Devices(memory));
                PlanOutcome reversed = Planner.Plan(asked, Wishes.Devices(memory).Reverse());
                if (outcome is not PlanOutcome.Planned planned)
                {
                    return reversed is PlanOutcome.Refused;
                }

                int next = 0;
                foreach (StagePlan stage in planned.Stages)
                {
                    if (stage.Units.First != next || stage.Units.Count < 1 || asked.Need(stage.Units) > memory[stage.Device[0] - 'a'])
                    {
                        return false;
                    }

                    next = stage.Units.End;
                }

                return next == asked.UnitCount && planned.Stages.SequenceEqual(((PlanOutcome.Planned)reversed).Stages);
            }).QuickCheckThrowOnFailure();

    private static IReadOnlyList<StagePlan> Stages(PlanOutcome outcome) => Assert.IsType<PlanOutcome.Planned>(outcome).Stages;
}
