using Exo.Engine.Sampling;

namespace Exo.Engine.Tests.Sampling;

public sealed class SamplerTests
{
    private static readonly float[] s_logits = [1f, 3f, 2f, 3f, float.NegativeInfinity, -1f];

    [Fact]
    public void Greedy_takes_the_lowest_id_of_the_most_likely() =>
        Assert.Equal(1, new Sampler().Sample(s_logits, SamplingParameters.Greedy, 7));

    [Fact]
    public void A_draw_depends_on_seed_and_position_alone()
    {
        SamplingParameters parameters = new() { Temperature = 1, Seed = 42 };
        int[] once = [.. Enumerable.Range(0, 200).Select(position => new Sampler().Sample(s_logits, parameters, position))];
        Sampler shared = new();
        int[] backwards = [.. Enumerable.Range(0, 200).Reverse().Select(position => shared.Sample(s_logits, parameters, position)).Reverse()];

        Assert.Equal(once, backwards);
        Assert.NotEqual(once, [.. Enumerable.Range(0, 200).Select(position => shared.Sample(s_logits, parameters with { Seed = 43 }, position))]);
        Assert.DoesNotContain(4, once);
    }

    [Fact]
    public void Draws_follow_the_probabilities()
    {
        float[] logits = [0f, MathF.Log(3f)];
        Sampler sampler = new();
        int ones = Enumerable.Range(0, 20_000).Count(position => sampler.Sample(logits, new SamplingParameters { Temperature = 1, Seed = 1 }, position) == 1);

        Assert.InRange(ones, 14_600, 15_400);
    }

    [Theory]
    [InlineData(2, 1f, 0f, new[] { 1, 3 })]
    [InlineData(0, 0.5f, 0f, new[] { 1, 3 })]
    [InlineData(0, 1f, 0.9f, new[] { 1, 3 })]
    [InlineData(3, 1f, 0f, new[] { 1, 2, 3 })]
    public void Filters_leave_only_the_likely_ones(int topK, float topP, float minP, int[] expected)
    {
        SamplingParameters parameters = new() { Temperature = 1, TopK = topK, TopP = topP, MinP = minP, Seed = 3 };
        Sampler sampler = new();

        Assert.Equal(expected, Enumerable.Range(0, 500).Select(position => sampler.Sample(s_logits, parameters, position)).Distinct().Order());
    }

    [Theory]
    [InlineData(-1f, 0, 1f, 0f, "temperature")]
    [InlineData(float.NaN, 0, 1f, 0f, "temperature")]
    [InlineData(1f, -1, 1f, 0f, "top_k")]
    [InlineData(1f, 0, 0f, 0f, "top_p")]
    [InlineData(1f, 0, 1f, 1.5f, "min_p")]
    public void Unusable_values_are_named(float temperature, int topK, float topP, float minP, string name)
    {
        SamplingParameters parameters = new() { Temperature = temperature, TopK = topK, TopP = topP, MinP = minP };

        Assert.Contains(name, parameters.Validate(), StringComparison.Ordinal);
        Assert.Null(SamplingParameters.Greedy.Validate());
    }
}
