using System.Text;
using System.Text.Json;
using Exo.Engine.Chat;
using Exo.Host.Gateway.Http;
using Exo.Host.Generation;

namespace Exo.Host.Gateway.OpenAi;

/// <summary>The request of /v1/chat/completions.</summary>
internal static class ChatFields
{
    private const int MaxMessages = 10_000;

    public static OpenAiCall Read(Fields fields, string model, IModelText text)
    {
        SharedFields.RefuseUnbuilt(fields);
        int? maxTokens = SharedFields.MaxTokens(fields, "max_tokens");
        int? maxCompletionTokens = SharedFields.MaxTokens(fields, "max_completion_tokens");
        if (maxTokens is not null && maxCompletionTokens is not null && maxTokens != maxCompletionTokens)
        {
            throw ApiException.Invalid("max_tokens", "'max_tokens' and 'max_completion_tokens' mean the same and differ: send one of them.");
        }

        (bool stream, bool includeUsage) = SharedFields.Streaming(fields);
        return new OpenAiCall
        {
            Chat = true,
            Model = model,
            Text = text,
            Sampling = SharedFields.Sampling(fields, text),
            MaxTokens = maxCompletionTokens ?? maxTokens,
            Stops = SharedFields.Stops(fields),
            IgnoreEnd = fields.Boolean("ignore_eos") ?? false,
            Stream = stream,
            IncludeUsage = includeUsage,
            ReturnTokenIds = fields.Boolean("return_token_ids") ?? false,
            Prompts = [Prompt(Messages(fields), text)],
        };
    }

    internal static IReadOnlyList<ChatMessage> Messages(Fields fields)
    {
        if (fields.Get("messages") is not { ValueKind: JsonValueKind.Array } array || array.GetArrayLength() == 0)
        {
            throw ApiException.Invalid("messages", "'messages' must be an array with at least one message.");
        }

        if (array.GetArrayLength() > MaxMessages)
        {
            throw ApiException.Invalid("messages", $"'messages' has {array.GetArrayLength()} entries; at most {MaxMessages} are possible.");
        }

        return [.. array.EnumerateArray().Select(Message)];
    }

    private static ChatMessage Message(JsonElement element, int index)
    {
        string param = $"messages[{index}]";
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw ApiException.Invalid(param, $"'{param}' must be an object with role and content.");
        }

        Fields fields = new(element);
        string role = fields.Get("role") is { ValueKind: JsonValueKind.String } given ? Fields.TextOf(given, param + ".role") : "";
        string known = role switch
        {
            "system" or "developer" => "system",
            "user" or "assistant" => role,
            "tool" or "function" => throw ApiException.Unsupported(param + ".role", $"Role '{role}' belongs to tools, which are not built yet: leave the message out."),
            _ => throw ApiException.Invalid(param + ".role", $"'{param}' needs a role: system, developer, user or assistant."),
        };
        SharedFields.Only(fields, "tool_calls", value => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0, $"'{param}.tool_calls': tools are not built yet, leave them out.");
        return new ChatMessage(known, Content(fields, param + ".content"));
    }

    private static string Content(Fields message, string param)
    {
        if (message.Get("content") is { ValueKind: JsonValueKind.String } text)
        {
            return Fields.TextOf(text, param);
        }

        if (message.Get("content") is not { ValueKind: JsonValueKind.Array } parts)
        {
            throw ApiException.Invalid(param, $"'{param}' must be a string or an array of text parts.");
        }

        StringBuilder joined = new();
        int index = 0;
        foreach (JsonElement part in parts.EnumerateArray())
        {
            string at = $"{param}[{index++}]";
            string? type = part.ValueKind == JsonValueKind.Object && part.TryGetProperty("type", out JsonElement name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
            if (type != "text" || !part.TryGetProperty("text", out JsonElement piece))
            {
                throw ApiException.Unsupported(at, $"'{at}' is not a text part; this model reads text only.");
            }

            joined.Append(Fields.TextOf(piece, at + ".text"));
        }

        return joined.ToString();
    }

    private static int[] Prompt(IReadOnlyList<ChatMessage> messages, IModelText text)
    {
        try
        {
            return PromptLimits.Check(text.EncodeChat(messages), text, "messages");
        }
        catch (ModelTextException e)
        {
            throw ApiException.Invalid("messages", e.Message);
        }
    }
}
