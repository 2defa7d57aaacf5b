using Exo.Engine.KvCaches;

namespace Exo.Engine.Tests.KvCaches;

public sealed class KvPrefixTreeTests
{
    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(3UL)]
    [InlineData(0UL)]
    public void Nodes_are_found_by_their_tokens_however_often_hashes_meet(ulong mask)
    {
        KvPrefixTree tree = new("model 0..4 F16", 1, mask);
        KvPrefix root = tree.Root(0);
        Dictionary<(int, int), KvPrefix> nodes = [];
        for (int a = 0; a < 8; a++)
        {
            KvPrefix first = tree.Add(root, [a, 1]);
            nodes[(a, -1)] = first;
            for (int b = 0; b < 8; b++)
            {
                nodes[(a, b)] = tree.Add(first, [b, 2]);
            }
        }

        Assert.All(nodes, entry => Assert.Same(entry.Value, Find(entry.Key)));
        Assert.Null(tree.Find(root, [9, 1]));
        Assert.Null(tree.Find(root, [0, 2]));
        Assert.Null(tree.Find(nodes[(1, -1)], [0, 1]));
        Assert.Null(tree.Find(tree.Root(1), [0, 1]));

        // Leaves without blocks are spent; the last one takes its parent along.
        Random random = new(5);
        foreach (KvPrefix leaf in nodes.Where(entry => entry.Key.Item2 >= 0).Select(entry => entry.Value).OrderBy(_ => random.Next()))
        {
            tree.Prune(leaf);
            Assert.Null(tree.Find(leaf.Parent!, leaf.Tokens));
        }

        Assert.Equal(0, tree.Count);
        Assert.Null(root.FirstChild);

        KvPrefix? Find((int A, int B) key) => key.B < 0 ? tree.Find(root, [key.A, 1]) : tree.Find(nodes[(key.A, -1)], [key.B, 2]);
    }

    [Fact]
    public void A_hash_is_of_the_model_the_variant_and_all_tokens_before()
    {
        KvPrefixTree tree = new("model 0..4 F16", 1);
        KvPrefix node = tree.Add(tree.Root(0), [1, 2]);
        ulong[] others =
        [
            tree.Add(tree.Root(0), [2, 1]).Hash, tree.Add(tree.Root(1), [1, 2]).Hash, tree.Add(node, [1, 2]).Hash,
            new KvPrefixTree("model 0..5 F16", 1) is { } cut ? cut.Add(cut.Root(0), [1, 2]).Hash : 0,
            new KvPrefixTree("model 0..4 Q8", 1) is { } type ? type.Add(type.Root(0), [1, 2]).Hash : 0,
        ];

        Assert.Equal(6, others.Append(node.Hash).Distinct().Count());
        KvPrefixTree same = new("model 0..4 F16", 1);
        Assert.Equal(node.Hash, same.Add(same.Root(0), [1, 2]).Hash);
    }
}
