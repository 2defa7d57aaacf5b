using System.Text.Json;
using Exo.Engine.Chat;

namespace Exo.Engine.Tests.Chat;

/// <summary>Compares a rendering with a stored case: a text, a refusal with its words, or any failure.</summary>
internal static class TemplateCase
{
    /// <summary>Null if it is as stored.</summary>
    public static string? Difference(JsonElement c, Func<string> render)
    {
        string name = c.GetProperty("name").GetString()!;
        string? text = null;
        ChatTemplateException? failure = null;
        try
        {
            text = render();
        }
        catch (ChatTemplateException thrown)
        {
            failure = thrown;
        }

        if (c.TryGetProperty("expected", out JsonElement expected))
        {
            return text == expected.GetString() ? null : $"{name}: expected {Around(expected.GetString()!, text ?? "")} but {(failure is null ? "was " + Around(text!, expected.GetString()!) : failure.Message)}";
        }

        if (c.TryGetProperty("raises", out JsonElement raises))
        {
            return failure is { IsRefusal: true } && failure.Reason == raises.GetString() ? null : $"{name}: expected the refusal \"{raises}\" but was {failure?.Message ?? text}";
        }

        return failure is { IsRefusal: false, Line: > 0 } ? null : $"{name}: expected a failure ({c.GetProperty("error")}) but was {failure?.Message ?? JsonSerializer.Serialize(text)}";
    }

    private static string Around(string text, string other)
    {
        int same = text.Zip(other).TakeWhile(pair => pair.First == pair.Second).Count();
        int from = Math.Max(0, same - 30);
        return JsonSerializer.Serialize(text[from..Math.Min(text.Length, same + 60)]);
    }
}
