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

        StepRow[] rows = [.. Enumerable.Range(0, 3).Select(_ => Assert.Single(scheduler.NextBatch(4)))];

        Assert.Equal([(0, 4, false), (4, 4, false), (8, 2, true)], rows.Select(row => (row.Position, row.Count, row.Sample)));
        Assert.Equal([key, key, key], rows.Select(row => row.Session));
        Assert.NotNull(rows[0].Opening);
        Assert.Null(rows[1].Opening);
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
        StepRow row = Assert.Single(scheduler.NextBatch(16));
        Assert.True(scheduler.Chosen(new ChosenToken(key, 4, 43)));

        Assert.Equal((3, 1, true), (row.Position, row.Count, row.Sample));
        Assert.Equal([42], row.Tokens.ToArray());
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

        SessionKey[][] batches = [.. Enumerable.Range(0, 3).Select(_ => scheduler.NextBatch(4).Select(row => row.Session).ToArray())];

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
        Assert.Equal(second, Assert.Single(scheduler.NextBatch(4)).Session);
    }

    [Fact]
    public void A_session_that_may_share_its_beginning_waits_until_it_is_known_where_to_begin()
    {
        Scheduler scheduler = new(maxSessions: 1, shares: true);
        SessionKey first = Admit(scheduler, tokens: 10);
        SessionKey second = Admit(scheduler, tokens: 10);

        Assert.Equal([first], scheduler.Starting().ToArray());
        Assert.Empty(scheduler.Starting());
        Assert.Empty(scheduler.NextBatch(4));
        Assert.Equal(Enumerable.Range(0, 10), scheduler.Prompt(first)!.Value.Tokens);
        Assert.Null(scheduler.Prompt(second));
        scheduler.Begin(first, 7);
        scheduler.Begin(first, 2); // told once

        StepRow row = Assert.Single(scheduler.NextBatch(4));
        Assert.Equal((7, true, true), (row.Position, row.Sample, row.Opening is not null));
        Assert.Equal([7, 8, 9], row.Tokens.ToArray());
        scheduler.Chosen(new ChosenToken(first, 10, 42));
        Assert.Null(Assert.Single(scheduler.NextBatch(4)).Opening);
        Assert.Equal(second, scheduler.Remove(first, out _));
        Assert.Equal([second], scheduler.Starting().ToArray());
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
