using System.Text.Json;
using Exo.Host.Gateway.Http;
using Exo.Host.Generation;

namespace Exo.Host.Gateway.OpenAi;

/// <summary>The request of /v1/completions: text or token ids, no chat template.</summary>
internal static class CompletionFields
{
    private const int DefaultMaxTokens = 16;
    private const int MaxPrompts = 16;
    private const string Prompt = "prompt";

    public static OpenAiCall Read(Fields fields, string model, IModelText text)
    {
        SharedFields.RefuseUnbuilt(fields);
        SharedFields.Only(fields, "suffix", value => value.ValueKind == JsonValueKind.String && value.GetString() is "", "This model cannot fill in the middle: leave 'suffix' out.");
        SharedFields.Only(fields, "echo", value => value.ValueKind == JsonValueKind.False, "'echo' is not built yet: leave it out.");
        (bool stream, bool includeUsage) = SharedFields.Streaming(fields);
        return new OpenAiCall
        {
            Chat = false,
            Model = model,
            Text = text,
            Sampling = SharedFields.Sampling(fields, text),
            MaxTokens = SharedFields.MaxTokens(fields, "max_tokens") ?? DefaultMaxTokens,
            Stops = SharedFields.Stops(fields),
            IgnoreEnd = fields.Boolean("ignore_eos") ?? false,
            Stream = stream,
            IncludeUsage = includeUsage,
            ReturnTokenIds = fields.Boolean("return_token_ids") ?? false,
            Prompts = [.. Prompts(fields, text).Select(prompt => PromptLimits.Check(prompt, text, Prompt))],
        };
    }

    private static IEnumerable<int[]> Prompts(Fields fields, IModelText text)
    {
        if (fields.Get(Prompt) is not { } prompt)
        {
            throw ApiException.Invalid(Prompt, "'prompt' is missing: send a string or token ids.");
        }

        if (prompt.ValueKind == JsonValueKind.String)
        {
            return [text.EncodePrompt(Fields.TextOf(prompt, Prompt))];
        }

        if (prompt.ValueKind != JsonValueKind.Array || prompt.GetArrayLength() == 0)
        {
            throw ApiException.Invalid(Prompt, "'prompt' must be a string, an array of strings, token ids, or an array of token id arrays.");
        }

        JsonElement[] items = [.. prompt.EnumerateArray()];
        if (items[0].ValueKind == JsonValueKind.Number)
        {
            return [Ids(items, text)];
        }

        return items.Length <= MaxPrompts
            ? items.Select(item => item.ValueKind == JsonValueKind.Array ? Ids([.. item.EnumerateArray()], text) : text.EncodePrompt(Fields.TextOf(item, Prompt)))
            : throw ApiException.Invalid(Prompt, $"'prompt' has {items.Length} entries; at most {MaxPrompts} are possible.");
    }

    private static int[] Ids(JsonElement[] items, IModelText text) =>
    [
        .. items.Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int id) && id >= 0 && id < text.VocabularySize
            ? id
            : throw ApiException.Invalid(Prompt, $"'prompt' holds {(item.GetRawText().Length > 20 ? "something" : item.GetRawText())}, which is no token id: this model knows 0 to {text.VocabularySize - 1}.")),
    ];
}
