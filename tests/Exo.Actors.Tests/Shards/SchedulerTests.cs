using System.Collections.Immutable;
using Exo.Actors.Shards;
using Exo.Engine.Sampling;

namespace Exo.Actors.Tests.Shards;

public sealed class SchedulerTests
{
    private static readonly Opening s_opening = new(new OwnerName("a:1", "session"), 100, SamplingParameters.Greedy, []);

    [Fact]
    public void A_long_prompt_goes_in_chunks_and_only_the_last_one_is_sampled()
    {
        Scheduler scheduler = new(maxSessions: 2);
        SessionKey key = Admit(scheduler, tokens: 10);

        (StepRow Row, ImmutableArray<int> Tokens)[] rows = [.. Enumerable.Range(0, 3).Select(_ => Assert.Single(scheduler.NextBatch(4)))];

        Assert.Equal([(0, 4, false), (4, 4, false), (8, 2, true)], rows.Select(row => (row.Row.Position, row.Row.Count, row.Row.Sample)));
        Assert.Equal([key, key, key], rows.Select(row => row.Row.Session));
        Assert.NotNull(rows[0].Row.Opening);
        Assert.Null(rows[1].Row.Opening);
        Assert.Equal([8, 9], rows[2].Tokens.ToArray());
        Assert.Empty(scheduler.NextBatch(4));
    }

    [Fact]
    public void A_chosen_token_is_fed_next_and_the_last_one_ends_the_session()
    {
        Scheduler scheduler = new(maxSessions: 2);
        SessionKey key = Admit(scheduler, tokens: 3, maxTokens: 2);
        scheduler.NextBatch(16);

        Assert.False(scheduler.Chosen(new ChosenToken(key, 3, 42)));
        (StepRow row, ImmutableArray<int> tokens) = Assert.Single(scheduler.NextBatch(16));
        Assert.True(scheduler.Chosen(new ChosenToken(key, 4, 43)));

        Assert.Equal((3, 1, true), (row.Position, row.Count, row.Sample));
        Assert.Equal([42], tokens.ToArray());
    }

    [Fact]
    public void A_stop_token_and_a_fault_end_the_session()
    {
        Scheduler scheduler = new(maxSessions: 2);
        SessionKey first = Admit(scheduler, tokens: 3);
        SessionKey second = Admit(scheduler, tokens: 3);

        Assert.True(scheduler.Chosen(new ChosenToken(first, 3, 7)));
        Assert.True(scheduler.Chosen(new ChosenToken(second, 3, -1)));
    }

    [Fact]
    public void A_token_at_another_position_is_ignored()
    {
        Scheduler scheduler = new(maxSessions: 2);
        SessionKey key = Admit(scheduler, tokens: 3);
        scheduler.NextBatch(16);

        Assert.False(scheduler.Chosen(new ChosenToken(key, 5, 7)));
        Assert.Empty(scheduler.NextBatch(16));
    }

    [Fact]
    public void Sessions_share_a_batch_and_take_turns_at_its_head()
    {
        Scheduler scheduler = new(maxSessions: 3);
        SessionKey first = Admit(scheduler, tokens: 6);
        SessionKey second = Admit(scheduler, tokens: 3);

        SessionKey[][] batches = [.. Enumerable.Range(0, 3).Select(_ => scheduler.NextBatch(4).Select(row => row.Row.Session).ToArray())];

        Assert.Equal([first], batches[0]);
        Assert.Equal([second, first], batches[1]);
        Assert.Equal([first], batches[2]);
    }

    [Fact]
    public void A_session_beyond_the_limit_waits_until_another_one_ends()
    {
        Scheduler scheduler = new(maxSessions: 1);
        SessionKey first = Admit(scheduler, tokens: 1);
        SessionKey second = new(Guid.NewGuid(), 1);

        Assert.False(scheduler.Admit(second, s_opening, [1], 5, []));
        Assert.Equal(second, scheduler.Remove(first, out bool wasRunning));
        Assert.True(wasRunning);
        Assert.Equal(second, Assert.Single(scheduler.NextBatch(4)).Row.Session);
    }

    [Fact]
    public void Older_attempts_of_a_session_are_found()
    {
        Scheduler scheduler = new(maxSessions: 2);
        SessionKey first = Admit(scheduler, tokens: 1);

        Assert.Equal([first], scheduler.Older(first with { Attempt = 2 }).ToArray());
        Assert.Empty(scheduler.Older(first));
    }

    private static SessionKey Admit(Scheduler scheduler, int tokens, int maxTokens = 5)
    {
        SessionKey key = new(Guid.NewGuid(), 1);
        scheduler.Admit(key, s_opening, [.. Enumerable.Range(0, tokens)], maxTokens, [7]);
        return key;
    }
}
