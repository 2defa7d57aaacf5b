using Exo.Engine.Models;

namespace Exo.Engine.Tests.Models;

public sealed class ExpertRoutingTests
{
    private static readonly ExpertSpec s_eight = new() { Count = 8, Used = 3, Size = 4 };

    [Fact]
    public void The_highest_are_chosen_in_ascending_order_and_equal_ones_go_to_the_lower_number()
    {
        (int[] chosen, _) = Choose(s_eight, [1, 5, 2, 5, 5, 0, 5, 1]);
        Assert.Equal([1, 3, 4], chosen);
    }

    [Theory]
    [InlineData(ExpertScoring.Softmax)]
    [InlineData(ExpertScoring.Sigmoid)]
    [InlineData(ExpertScoring.SoftmaxOfChosen)]
    public void Renormalised_weights_sum_to_the_scale_and_keep_the_order_of_the_scores(ExpertScoring scoring)
    {
        (int[] chosen, float[] weights) = Choose(s_eight with { Scoring = scoring, Renormalise = true, Scale = 2.5f }, [0.1f, -3, 2, 0.5f, 1, -1, 0, 0.2f]);
        Assert.Equal([2, 3, 4], chosen);
        Assert.Equal(2.5, weights.Sum(weight => (double)weight), 5);
        Assert.True(weights[0] > weights[2] && weights[2] > weights[1]);
    }

    [Fact]
    public void Weights_as_they_are_come_from_the_softmax_over_all()
    {
        (_, float[] weights) = Choose(s_eight, [0, 0, 0, 0, 0, 0, 0, 0]);
        Assert.All(weights, weight => Assert.Equal(0.125f, weight));
    }

    [Fact]
    public void A_bias_steers_the_choice_and_not_the_weights()
    {
        ExpertSpec spec = s_eight with { Used = 1, Scoring = ExpertScoring.Sigmoid };
        (int[] chosen, float[] weights) = Choose(spec, [1, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 9, 0, 0]);
        Assert.Equal(5, Assert.Single(chosen));
        Assert.Equal(0.5f, Assert.Single(weights));
    }

    [Fact]
    public void Only_the_best_groups_are_looked_at_and_a_group_counts_by_its_best_or_its_two_best()
    {
        ExpertSpec spec = s_eight with { Used = 2, Groups = 4, GroupsUsed = 1, Scoring = ExpertScoring.Sigmoid };
        float[] scores = [4, -9, 2, 2, 0, 0, 1, 1];

        Assert.Equal([0, 1], Choose(spec, scores).Chosen);
        Assert.Equal([2, 3], Choose(spec with { GroupsByTwo = true }, scores).Chosen);
    }

    private static (int[] Chosen, float[] Weights) Choose(ExpertSpec spec, float[] scores, float[]? bias = null)
    {
        int[] chosen = new int[spec.Used];
        float[] weights = new float[spec.Used];
        ExpertRouting.Choose(spec, scores, bias, new float[scores.Length], chosen, weights);
        return (chosen, weights);
    }
}
