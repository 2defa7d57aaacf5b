using Exo.Host.Generation;

namespace Exo.Host.Tests.Generation;

public sealed class StopStringsTests
{
    [Fact]
    public void However_the_text_is_cut_into_tokens_the_result_is_the_same()
    {
        const string Text = "aab-aabc and more";
        Random random = new(7);
        for (int round = 0; round < 200; round++)
        {
            StopStrings stops = new(["aabc", "zzz"]);
            string shown = "";
            for (int at = 0; at < Text.Length;)
            {
                int length = Math.Min(random.Next(1, 4), Text.Length - at);
                shown += stops.Push(Text.Substring(at, length));
                at += length;
            }

            Assert.Equal("aab-", shown + stops.Flush());
            Assert.Equal("aabc", stops.Hit);
        }
    }

    [Fact]
    public void What_only_looked_like_a_stop_string_is_given_back_at_the_end()
    {
        StopStrings stops = new(["STOP"]);
        Assert.Equal("go ", stops.Push("go STO"));
        Assert.Equal("STO", stops.Flush());
        Assert.Null(stops.Hit);
    }

    [Fact]
    public void The_earliest_of_several_stop_strings_ends_the_text()
    {
        StopStrings stops = new(["late", "early"]);
        Assert.Equal("x ", stops.Push("x early late"));
        Assert.Equal("early", stops.Hit);
    }
}
