using Exo.Host.Client;
using Exo.Host.Devices;

namespace Exo.Host.Tests.Client;

public sealed class NodeChoiceTests
{
    private static readonly NodeFile[] s_nodes = [.. new[] { "oldest", "younger", "youngest" }.Select((name, index) => new NodeFile(index + 1, name, "a:1", "a:2", "a:3", DateTimeOffset.UnixEpoch.AddMinutes(index), "0.1.0"))];

    [Theory]
    [InlineData("oldest younger youngest", "oldest")]
    [InlineData("younger youngest", "younger")]
    [InlineData("youngest", "youngest")]
    [InlineData("", null)]
    public async Task The_oldest_that_answers_is_asked(string answering, string? chosen)
    {
        NodeFile? node = await NodeChoice.FirstAsync(s_nodes, (node, _) => Task.FromResult(answering.Split(' ').Contains(node.Name)), CancellationToken.None);
        Assert.Equal(chosen, node?.Name);
    }

    [Fact]
    public async Task One_that_hangs_is_left_for_the_next_and_its_question_is_withdrawn()
    {
        TaskCompletionSource withdrawn = new();
        NodeFile? node = await NodeChoice.FirstAsync(s_nodes, (node, ct) => node.Name == "oldest" ? HangAsync(withdrawn, ct) : Task.FromResult(true), CancellationToken.None);

        Assert.Equal("younger", node?.Name);
        await withdrawn.Task;
    }

    [Fact]
    public async Task An_older_one_that_needs_a_moment_is_still_preferred()
    {
        TaskCompletionSource<bool> moment = new();
        Task<NodeFile?> choosing = NodeChoice.FirstAsync(s_nodes, (node, _) => node.Name == "oldest" ? moment.Task : Task.FromResult(true), CancellationToken.None);
        Assert.False(choosing.IsCompleted);
        moment.SetResult(true);
        Assert.Equal("oldest", (await choosing)?.Name);
    }

    [Fact]
    public async Task Who_ends_the_command_need_not_wait_for_one_that_hangs()
    {
        using CancellationTokenSource over = new();
        Task<NodeFile?> choosing = NodeChoice.FirstAsync(s_nodes, (_, ct) => HangAsync(new TaskCompletionSource(), ct), over.Token);
        await over.CancelAsync();
        Assert.Null(await choosing);
    }

    [Fact]
    public async Task Nobody_answers_at_a_port_that_refuses() =>
        Assert.False(await NodeChoice.AnswersAsync(s_nodes[0] with { Http = "127.0.0.1:1" }, CancellationToken.None));

    private static async Task<bool> HangAsync(TaskCompletionSource withdrawn, CancellationToken ct)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, ct).ContinueWith(static _ => { }, TaskScheduler.Default);
        withdrawn.SetResult();
        return false;
    }
}
