using System.Text.Json;

namespace Exo.Engine.Tokens.Vocabularies;

/// <summary>The merges of a tokenizer.json: "left right", or pairs of texts; the right one loses what tokens within a word begin with.</summary>
internal static class FolderMerges
{
    public static (string Left, string Right)[] Read(TokenizerJson merges, Dictionary<string, int> ids, string inside, List<string> warnings)
    {
        IReadOnlyList<TokenizerJson> items = merges.Items();
        (string Left, string Right)[] pairs = new (string, string)[items.Count];
        HashSet<(string, string)> seen = [];
        int twice = 0;
        for (int i = 0; i < pairs.Length; i++)
        {
            pairs[i] = Pair(items[i]);
            if (!pairs[i].Right.StartsWith(inside, StringComparison.Ordinal))
            {
                throw items[i].Refuse($"joins \"{pairs[i].Right}\" to the right of a token, and it does not begin with continuing_subword_prefix, \"{inside}\"");
            }

            string? unknown = new[] { pairs[i].Left, pairs[i].Right, Vocabulary.Joined(pairs[i].Left, pairs[i].Right, inside) }.FirstOrDefault(text => !ids.ContainsKey(text));
            if (unknown is not null)
            {
                throw items[i].Refuse($"needs \"{unknown}\", which is no token");
            }

            twice += seen.Add(pairs[i]) ? 0 : 1;
        }

        if (twice > 0)
        {
            warnings.Add($"{merges.File}: {merges.Field} holds {twice} pairs twice; the first of each is used.");
        }

        return pairs;
    }

    private static (string Left, string Right) Pair(TokenizerJson merge)
    {
        string[] parts = merge.Element.ValueKind == JsonValueKind.Array
            ? [.. merge.Items().Select(part => part.Text())]
            : merge.Text().Split(' ');
        return parts is [{ Length: > 0 } left, { Length: > 0 } right] ? (left, right) : throw merge.Refuse("does not name two tokens");
    }
}
