using Exo.Engine.Files;
using Exo.Engine.Kernels;
using Exo.Engine.KvCaches;
using Exo.Engine.Models;
using Exo.Engine.Stages;
using Exo.Testing;

namespace Exo.Engine.Tests.KvCaches;

/// <summary>What one session computed of a beginning, others take over; the numbers are the same as without.</summary>
public sealed class SharedPrefixTests : IDisposable
{
    private const int Room = 1400;
    private readonly ModelFile _file = ModelFile.Open(TestData.Find("models", "tiny-llama.gguf"));
    private readonly int[] _tokens;

    public SharedPrefixTests() => _tokens = KvSession.Tokens(11, Room, _file.Spec.VocabularySize);

    private int Vocabulary => _file.Spec.VocabularySize;

    private long SessionBytes => _file.Footprint.KvBytes(Room, KvCacheType.F16).Sum();

    [Theory]
    [InlineData(1300, 1300, 1299)] // all but the last token
    [InlineData(1300, 1024, 1023)]
    [InlineData(1300, 1025, 1024)]
    [InlineData(600, 1300, 600)]
    [InlineData(1300, 700, 699)]
    [InlineData(100, 50, 49)]
    [InlineData(10, 1300, 0)] // too little to be worth a copy
    public void A_session_begins_behind_what_an_earlier_one_computed(int first, int second, int shared)
    {
        float[] expected = Alone(_tokens.AsSpan(0, second));
        using SliceRunner runner = Load();
        using (KvCache earlier = runner.CreateCache(Room, _tokens.AsSpan(0, first)))
        {
            Assert.Equal(0, earlier.Length);
            KvSession.Forward([runner], [earlier], 0, _tokens.AsSpan(0, first), chunk: 200);
        }

        using KvCache cache = runner.CreateCache(Room, _tokens.AsSpan(0, second));

        Assert.Equal(shared, cache.Length);
        Assert.Equal(shared, cache.SharedTokens);
        Assert.Equal((shared + 511) / 512, runner.CacheUse.SharedBlocks);
        Assert.Equal(shared, runner.CacheUse.SharedTokens);
        Assert.Equal(expected[(shared * Vocabulary)..], KvSession.Forward([runner], [cache], shared, _tokens.AsSpan(shared, second - shared)));
    }

    [Fact]
    public void Sessions_that_part_share_what_they_have_in_common_and_never_write_into_each_other()
    {
        int[] other = [.. _tokens.AsSpan(0, 700), .. KvSession.Tokens(12, 600, Vocabulary)];
        float[] expected = Alone(_tokens.AsSpan(0, 1300));
        float[] expectedOther = Alone(other);
        using SliceRunner runner = Load();
        using KvCache one = runner.CreateCache(Room, _tokens);
        KvSession.Forward([runner], [one], 0, _tokens.AsSpan(0, 1024));
        long alone = runner.CacheUse.UsedBytes;

        using KvCache two = runner.CreateCache(Room, other); // the first one is still at it
        Assert.Equal(700, two.Length);
        Assert.Equal(alone + (alone / 2), runner.CacheUse.UsedBytes); // the first block is shared, the second copied
        Assert.Equal(expectedOther[(700 * Vocabulary)..], KvSession.Forward([runner], [two], 700, other.AsSpan(700)));

        // The first one goes back into a block that is shared, and says something else there.
        one.Truncate(300);
        KvSession.Forward([runner], [one], 300, KvSession.Tokens(13, 500, Vocabulary));
        two.Truncate(500);
        Assert.Equal(expectedOther[(500 * Vocabulary)..], KvSession.Forward([runner], [two], 500, other.AsSpan(500)));
        one.Truncate(300);
        Assert.Equal(expected[(300 * Vocabulary)..], KvSession.Forward([runner], [one], 300, _tokens.AsSpan(300, 1000), chunk: 77));
    }

    [Fact]
    public void Two_sessions_that_compute_the_same_at_once_end_with_one_copy()
    {
        using SliceRunner runner = Load();
        using KvCache one = runner.CreateCache(Room, _tokens);
        using KvCache two = runner.CreateCache(Room, _tokens);
        StageBatch batch = new();
        foreach (KvCache cache in new[] { one, two })
        {
            batch.AddTokens(cache, 0, _tokens.AsSpan(0, 512), LogitsWanted.None);
        }

        runner.Forward(batch);

        Assert.Equal(one.Bytes, runner.CacheUse.UsedBytes);
        float[] expected = Alone(_tokens.AsSpan(0, 600));
        Assert.Equal(expected[(512 * Vocabulary)..], KvSession.Forward([runner], [two], 512, _tokens.AsSpan(512, 88)));
        Assert.Equal(expected[(512 * Vocabulary)..], KvSession.Forward([runner], [one], 512, _tokens.AsSpan(512, 88)));
    }

    [Fact]
    public void Stages_share_alike_and_the_shortest_counts()
    {
        UnitRange[] cuts = [new(0, 1), new(1, 2), new(2, 3), new(3, _file.Spec.UnitCount)];
        float[] expected = Alone(_tokens.AsSpan(0, 1300));
        SliceRunner[] runners = [.. cuts.Select(units => Load(units: units))];
        KvCache[] earlier = [.. runners.Select(runner => runner.CreateCache(Room, _tokens.AsSpan(0, 1200)))];
        KvSession.Forward(runners, earlier, 0, _tokens.AsSpan(0, 1200), chunk: 300);
        earlier[2].Truncate(900); // this stage forgot more than the others, but has its second block as it was
        Array.ForEach(earlier, cache => cache.Dispose());

        KvCache[] caches = [.. runners.Select(runner => runner.CreateCache(Room, _tokens.AsSpan(0, 1300)))];

        Assert.Equal([1299, 1200, 1024, 1200], caches.Select(cache => cache.Length)); // a stage without layers has nothing to compute
        int common = caches.Min(cache => cache.Length);
        Assert.Equal(expected[(common * Vocabulary)..], KvSession.Forward(runners, caches, common, _tokens.AsSpan(common, 1300 - common)));
        Array.ForEach(caches, cache => cache.Dispose());
        Array.ForEach(runners, runner => runner.Dispose());
    }

    [Fact]
    public void The_budget_holds_whatever_sessions_come_and_go_and_their_numbers_stay_the_same()
    {
        const int Sessions = 3;
        Random random = new(21);
        int[][] texts = [.. Enumerable.Range(0, 4).Select(i => (int[])[.. _tokens.AsSpan(0, 400 * i), .. KvSession.Tokens(30 + i, 1300 - (400 * i), Vocabulary)])];
        float[][] expected = [.. texts.Select(text => Alone(text))];
        long budget = Sessions * SessionBytes;
        using SliceRunner runner = Load(budget);
        List<(KvCache Cache, int Text)> open = [];
        for (int step = 0; step < 120; step++)
        {
            int choice = random.Next(4);
            if (open.Count == 0 || (choice == 0 && open.Count < Sessions))
            {
                int text = random.Next(texts.Length);
                open.Add((runner.CreateCache(Room, texts[text].AsSpan(0, random.Next(1, 1301))), text));
            }
            else if (choice == 1)
            {
                int at = random.Next(open.Count);
                open[at].Cache.Dispose();
                open.RemoveAt(at);
            }
            else
            {
                (KvCache cache, int text) = open[random.Next(open.Count)];
                int from = choice == 2 ? cache.Length : random.Next(cache.Length + 1);
                int count = Math.Min(1300 - from, random.Next(1, 300));
                if (count > 0)
                {
                    Assert.Equal(expected[text][(from * Vocabulary)..((from + count) * Vocabulary)], KvSession.Forward([runner], [cache], from, texts[text].AsSpan(from, count)));
                }
            }

            KvUse use = runner.CacheUse;
            Assert.InRange(use.UsedBytes, 0, budget);
            Assert.InRange(use.ReservedBytes, 0, budget);
            Assert.InRange(use.KeptBytes, 0, use.UsedBytes);
        }

        Assert.True(runner.CacheUse is { SharedBlocks: > 10, EvictedBlocks: > 0 }, $"{runner.CacheUse}");
        open.ForEach(session => session.Cache.Dispose());
        Assert.Equal(0, runner.CacheUse.ReservedBytes);
        Assert.Equal(runner.CacheUse.KeptBytes, runner.CacheUse.UsedBytes);
    }

    [Fact]
    public void The_beginning_that_was_used_last_is_evicted_last()
    {
        int[][] texts = [.. Enumerable.Range(0, 3).Select(i => KvSession.Tokens(40 + i, 513, Vocabulary))];
        using SliceRunner runner = Load(2 * SessionBytes); // 6 blocks: 3 for the session that runs, 3 kept
        foreach (int[] text in new[] { texts[0], texts[1], texts[0], texts[2] })
        {
            using KvCache cache = runner.CreateCache(Room, text);
            KvSession.Forward([runner], [cache], cache.Length, text.AsSpan(cache.Length));
        }

        using KvCache large = runner.CreateCache(Room);
        KvSession.Forward([runner], [large], 0, _tokens.AsSpan(0, 1300));
        using KvCache second = runner.CreateCache(Room);
        KvSession.Forward([runner], [second], 0, _tokens.AsSpan(0, 512));

        Assert.True(runner.CacheUse.EvictedBlocks > 0);
        second.Dispose();
        Assert.Equal([512, 0, 512], texts.Select(text =>
        {
            using KvCache cache = runner.CreateCache(Room, text);
            return cache.Length;
        }));
    }

    [Fact]
    public void A_session_that_does_not_fit_is_refused_with_budget_and_remedy_and_takes_nothing()
    {
        long bytes = SessionBytes;
        using SliceRunner runner = Load((2 * bytes) + 5);
        using KvCache one = runner.CreateCache(Room);
        using KvCache two = runner.CreateCache(Room);

        string message = Assert.Throws<KvBudgetException>(() => runner.CreateCache(600)).Message;

        Assert.Contains($"{(2 * bytes) + 5} bytes", message, StringComparison.Ordinal);
        Assert.Contains("exo.ring.sessions", message, StringComparison.Ordinal);
        Assert.Equal(2 * bytes, runner.CacheUse.ReservedBytes);
        KvSession.Forward([runner], [one], 0, _tokens);
        KvSession.Forward([runner], [two], 0, _tokens);
        two.Dispose();
        using KvCache three = runner.CreateCache(600, _tokens.AsSpan(0, 600));
        Assert.Equal(599, three.Length);
    }

    [Fact]
    public void Nothing_is_kept_without_a_bound_or_without_being_asked_to()
    {
        Assert.Contains("CacheBytes", Assert.Throws<ArgumentException>(() => SliceRunner.Load(_file, UnitRange.All(_file.Spec.LayerCount), new SliceOptions { SharePrefixes = true })).Message, StringComparison.Ordinal);
        using SliceRunner runner = SliceRunner.Load(_file, UnitRange.All(_file.Spec.LayerCount), new SliceOptions { Threads = 1, CacheBytes = 4 * SessionBytes });
        using (KvCache cache = runner.CreateCache(Room, _tokens))
        {
            KvSession.Forward([runner], [cache], 0, _tokens.AsSpan(0, 600));
        }

        Assert.Equal(0, runner.CacheUse.UsedBytes);
        using KvCache again = runner.CreateCache(Room, _tokens);
        Assert.Equal(0, again.Length);
    }

    [Fact]
    public void A_decode_step_allocates_nothing_while_prefixes_are_shared()
    {
        using SliceRunner runner = Load(type: KvCacheType.Q8);
        using KvCache cache = runner.CreateCache(Room, _tokens);
        KvSession.Forward([runner], [cache], 0, _tokens.AsSpan(0, 520));
        StageBatch batch = new();
        Decode(520, 540);

        Assert.Equal(0, Allocations.Of(() => Decode(540, 560)));

        void Decode(int from, int to)
        {
            for (int position = from; position < to; position++)
            {
                batch.Clear();
                batch.AddTokens(cache, position, [5], LogitsWanted.Last);
                runner.Forward(batch);
            }
        }
    }

    [SkippableTheory]
    [InlineData("gemma3", true)]
    [InlineData("gpt-oss", true)]
    [InlineData("deepseek2-v3", true)]
    [InlineData("phi3-longrope", true)]
    [InlineData("qwen35", false)]
    [InlineData("mamba", false)]
    public void Models_of_all_kinds_share_or_say_that_they_do_not(string name, bool shares)
    {
        using ModelFile file = ModelFile.Open(Path.Combine(ReferenceData.Require("weights", "arch"), $"{name}.gguf"));
        int[] tokens = KvSession.Tokens(50, 1300, file.Spec.VocabularySize);
        using SliceRunner runner = SliceRunner.Load(file, UnitRange.All(file.Spec.LayerCount), new SliceOptions { Threads = 2, Cache = KvCacheType.Q8, CacheBytes = 1L << 30, SharePrefixes = true });
        using KvCache first = runner.CreateCache(1400, tokens);
        float[] expected = KvSession.Forward([runner], [first], 0, tokens, chunk: 256);
        first.Dispose();
        using KvCache second = runner.CreateCache(1400, tokens);

        Assert.Equal(shares ? 1299 : 0, second.Length);
        int from = second.Length;
        Assert.Equal(expected[(from * file.Spec.VocabularySize)..], KvSession.Forward([runner], [second], from, tokens.AsSpan(from)));
        using KvCache shorter = runner.CreateCache(1400, tokens.AsSpan(0, 1100));
        from = shorter.Length;
        Assert.True(!shares || from > 0, $"{from} tokens");
        Assert.Equal(expected[(from * file.Spec.VocabularySize)..(1100 * file.Spec.VocabularySize)], KvSession.Forward([runner], [shorter], from, tokens.AsSpan(from, 1100 - from)));
    }

    public void Dispose() => _file.Dispose();

    private SliceRunner Load(long bytes = 1L << 30, KvCacheType type = KvCacheType.F16, UnitRange? units = null) =>
        SliceRunner.Load(_file, units ?? UnitRange.All(_file.Spec.LayerCount), new SliceOptions { Threads = 1, Cache = type, CacheBytes = bytes, SharePrefixes = true });

    private float[] Alone(ReadOnlySpan<int> tokens)
    {
        using SliceRunner runner = SliceRunner.Load(_file, UnitRange.All(_file.Spec.LayerCount), new SliceOptions { Threads = 1 });
        using KvCache cache = runner.CreateCache(Room);
        return KvSession.Forward([runner], [cache], 0, tokens);
    }
}
