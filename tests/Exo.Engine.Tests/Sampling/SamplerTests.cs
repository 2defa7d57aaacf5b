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

    [Fact]
    public void A_bias_moves_one_token()
    {
        SamplingParameters parameters = new() { Biases = [new TokenBias(2, 5), new TokenBias(1, -100)] };

        Assert.Equal(2, new Sampler().Sample(s_logits, parameters, 0));
        Assert.Equal(3, new Sampler().Sample(s_logits, parameters with { Biases = [new TokenBias(1, -100)] }, 0));
        Assert.Throws<ArgumentException>(() => new Sampler().Sample(s_logits, parameters with { Biases = [new TokenBias(6, 1)] }, 0));
    }

    [Fact]
    public void Penalties_count_what_was_generated_within_their_window()
    {
        float[] logits = [1f, 1.5f, -1f];
        Sampler sampler = new();
        SamplingParameters frequency = new() { FrequencyPenalty = 0.2f };
        SamplingParameters presence = new() { PresencePenalty = 0.6f };
        SamplingParameters repetition = new() { RepetitionPenalty = 2 };

        Assert.Equal(1, sampler.Sample(logits, frequency, 0, recent: [1, 1]));
        Assert.Equal(0, sampler.Sample(logits, frequency, 0, recent: [1, 1, 1]));
        Assert.Equal(1, sampler.Sample(logits, frequency with { PenaltyWindow = 2 }, 0, recent: [1, 1, 1]));
        Assert.Equal(0, sampler.Sample(logits, presence, 0, recent: [1]));
        Assert.Equal(1, sampler.Sample(logits, presence, 0, recent: [1, 0, 0]));
        Assert.Equal(0, sampler.Sample(logits, repetition, 0, recent: [1]));
        Assert.Equal(2, sampler.Sample([-2f, -1.5f, -2f - 1e-3f], repetition, 0, recent: [0, 1]));
        Assert.Equal(1, sampler.Sample(logits, repetition, 0));
    }

    [Fact]
    public void A_mask_leaves_only_its_tokens_whatever_else_is_asked()
    {
        SamplingParameters parameters = new() { Temperature = 2, Seed = 5, Biases = [new TokenBias(1, 100)] };
        Sampler sampler = new();
        int[] drawn = [.. Enumerable.Range(0, 300).Select(position => sampler.Sample(s_logits, parameters, position, mask: [0b101101]))];

        Assert.Equal([0, 2, 3, 5], drawn.Distinct().Order());
        Assert.Throws<ArgumentException>(() => sampler.Sample(s_logits, parameters, 0, mask: [0b010000]));
        Assert.Throws<ArgumentException>(() => sampler.Sample(s_logits, parameters, 0, mask: [1, 1]));
    }

    [Fact]
    public void Typical_sampling_prefers_what_carries_the_expected_information()
    {
        // One very likely token and many alike: the entropy is nearer to the many.
        float[] logits = [1f, .. Enumerable.Repeat(0f, 20)];
        SamplingParameters parameters = new() { Temperature = 1, TypicalP = 0.5f, Seed = 9 };
        Sampler sampler = new();
        int[] drawn = [.. Enumerable.Range(0, 500).Select(position => sampler.Sample(logits, parameters, position)).Distinct().Order()];

        Assert.DoesNotContain(0, drawn);
        Assert.Equal(12, drawn.Length);
        Assert.Contains(0, Enumerable.Range(0, 500).Select(position => sampler.Sample(logits, parameters with { TypicalP = 1 }, position)));
    }

    [Fact]
    public void Logprobs_are_the_model_s_own()
    {
        (TokenLogprob chosen, TokenLogprob[] top) = Logprobs.Of(s_logits, chosen: 2, top: 3);
        double sum = s_logits.Sum(logit => Math.Exp(logit));

        Assert.Equal(2, chosen.Id);
        Assert.Equal(2 - Math.Log(sum), chosen.Logprob, 6);
        Assert.Equal([1, 3, 2], top.Select(token => token.Id));
        Assert.Equal(3 - Math.Log(sum), top[0].Logprob, 6);
        Assert.Equal(6, Logprobs.Of(s_logits, 0, 50).Top.Length);
        Assert.Equal(float.NegativeInfinity, Logprobs.Of(s_logits, 4, 0).Chosen.Logprob);
        Assert.Throws<ArgumentException>(() => Logprobs.Of(s_logits, 6, 0));
    }

    [Fact]
    public void Wrong_penalties_and_biases_are_named()
    {
        SamplingParameters ok = new();

        Assert.Contains("typical_p", (ok with { TypicalP = 0 }).Validate(), StringComparison.Ordinal);
        Assert.Contains("repetition_penalty", (ok with { RepetitionPenalty = 0 }).Validate(), StringComparison.Ordinal);
        Assert.Contains("presence_penalty", (ok with { PresencePenalty = 3 }).Validate(), StringComparison.Ordinal);
        Assert.Contains("frequency_penalty", (ok with { FrequencyPenalty = float.NaN }).Validate(), StringComparison.Ordinal);
        Assert.Contains("penalty_window", (ok with { PenaltyWindow = 0 }).Validate(), StringComparison.Ordinal);
        Assert.Contains("logit_bias", (ok with { Biases = [new TokenBias(-1, 0)] }).Validate(), StringComparison.Ordinal);
        Assert.Contains("logit_bias", (ok with { Biases = [new TokenBias(1, 101)] }).Validate(), StringComparison.Ordinal);
        Assert.Contains("logit_bias", (ok with { Biases = [new TokenBias(1, 1), new TokenBias(1, 2)] }).Validate(), StringComparison.Ordinal);
        Assert.Contains("logit_bias", (ok with { Biases = default }).Validate(), StringComparison.Ordinal);
    }
}
