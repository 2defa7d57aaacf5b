using Exo.Actors.Sessions;
using Exo.Engine.Sampling;

namespace Exo.Actors.Tests.Sessions;

public sealed class SessionProgressTests
{
    private static readonly GenerationRequest s_request = new() { Model = "m", PromptTokens = [1, 2, 3], Sampling = SamplingParameters.Greedy, MaxTokens = 4, StopTokens = [9] };

    [Fact]
    public void A_token_is_accepted_once_and_only_at_the_next_position()
    {
        SessionProgress progress = new(s_request, contextTokens: 100, TimeSpan.Zero);

        Assert.False(progress.Accept(4, 5, Ms(1)));
        Assert.True(progress.Accept(3, 5, Ms(2)));
        Assert.False(progress.Accept(3, 5, Ms(3)));
        Assert.True(progress.Accept(4, 6, Ms(4)));
        Assert.Equal([1, 2, 3, 5, 6], progress.AllTokens.ToArray());
        Assert.Equal(5, progress.NextPosition);
    }

    [Fact]
    public void It_ends_at_a_stop_token_at_its_length_or_at_the_end_of_the_context()
    {
        SessionProgress progress = new(s_request, contextTokens: 5, TimeSpan.Zero);

        Assert.Equal(2, progress.MaxTokens);
        progress.Accept(3, 5, Ms(1));
        Assert.Null(progress.Finish(5));
        Assert.Equal(FinishReason.Stop, progress.Finish(9));
        progress.Accept(4, 6, Ms(2));
        Assert.Equal(FinishReason.Length, progress.Finish(6));
    }

    [Fact]
    public void Timings_tell_queue_prefill_decode_and_the_longest_pause()
    {
        SessionProgress progress = new(s_request, contextTokens: 100, TimeSpan.Zero);
        progress.Started(Ms(10));
        progress.Accept(3, 5, Ms(30));
        progress.Accept(4, 5, Ms(40));
        progress.Accept(5, 5, Ms(90));

        GenerationTimings timings = progress.Timings(Ms(95), recoveries: 1, hop: 33);

        Assert.Equal((10, 20, 60, 50), (timings.Queued.TotalMilliseconds, timings.Prefill.TotalMilliseconds, timings.Decode.TotalMilliseconds, timings.LongestPause.TotalMilliseconds));
        Assert.Equal((3, 3, 1, 33.0), (timings.PromptTokens, timings.GeneratedTokens, timings.Recoveries, timings.HopMicroseconds));
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
