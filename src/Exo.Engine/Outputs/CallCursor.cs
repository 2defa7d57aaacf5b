using System.Text.Json;

namespace Exo.Engine.Outputs;

/// <summary>The place inside of a call that is being read. Patterns move it on, and wait when the text ends.</summary>
internal sealed class CallCursor(PendingText text, int at, OfferedTools tools)
{
    private readonly List<OutputPart.Call> _ready = [];

    public OfferedTools Tools { get; } = tools;

    /// <summary>The text from the call's marker on.</summary>
    public ReadOnlySpan<char> Text => text.Span;

    /// <summary>Where reading goes on.</summary>
    public int At { get; set; } = at;

    public bool AtEnd => At == text.Length;

    /// <summary>No more text comes.</summary>
    public bool IsFinal { get; set; }

    /// <summary>This is no call.</summary>
    public bool Failed { get; set; }

    /// <summary>Behind the last call that was given; 0 for none.</summary>
    public int Committed { get; private set; }

    /// <summary>Name of the tool, where the format has it outside of the JSON.</summary>
    public string Name { get; set; } = "";

    /// <summary>Name of the argument that is being read.</summary>
    public string Key { get; set; } = "";

    /// <summary>Whether the argument that is being read is text; null where the format does not tell.</summary>
    public bool? KeyIsText { get; set; }

    public List<ArgumentField> Fields { get; } = [];

    /// <summary>The last JSON that was read.</summary>
    public string Json { get; set; } = "";

    public void Give(string name, string arguments)
    {
        _ready.Add(new OutputPart.Call(name, arguments));
        Committed = At;
        Fields.Clear();
    }

    /// <summary>Calls that became complete since the last time.</summary>
    public IReadOnlyList<OutputPart.Call> Take()
    {
        OutputPart.Call[] calls = [.. _ready];
        _ready.Clear();
        return calls;
    }

    /// <summary>Gives a call whose arguments are <see cref="Json"/>.</summary>
    public bool GiveNamed()
    {
        string name = Name.Trim();
        if (!IsName(name) || !Json.StartsWith('{'))
        {
            return false;
        }

        Give(name, Json);
        return true;
    }

    /// <summary>Gives a call whose arguments are <see cref="Fields"/>.</summary>
    public bool GiveFields()
    {
        string name = Name.Trim();
        if (!IsName(name))
        {
            return false;
        }

        Give(name, Tools.Object(name, Fields));
        return true;
    }

    /// <summary>Gives the calls that <see cref="Json"/> spells: one object, or an array of them; all or none.</summary>
    /// <param name="offeredOnly">Only tools that were offered count.</param>
    public bool GiveSpelled(bool offeredOnly)
    {
        using JsonDocument document = JsonDocument.Parse(Json, new JsonDocumentOptions { MaxDepth = 256 });
        JsonElement root = document.RootElement;
        List<(string Name, string Arguments)> calls = [];
        foreach (JsonElement item in root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray()] : new[] { root })
        {
            if (Spelled(item) is not { } call || (offeredOnly && !Tools.Has(call.Name)))
            {
                return false;
            }

            calls.Add(call);
        }

        calls.ForEach(call => Give(call.Name, call.Arguments));
        return calls.Count > 0;
    }

    /// <summary>Gives the calls of <see cref="Json"/> where each object's only key is a tool's name; all or none.</summary>
    public bool GiveKeyed()
    {
        using JsonDocument document = JsonDocument.Parse(Json, new JsonDocumentOptions { MaxDepth = 256 });
        JsonElement[] items = document.RootElement.ValueKind == JsonValueKind.Array ? [.. document.RootElement.EnumerateArray()] : [document.RootElement];
        if (items.Length == 0 || !items.All(IsKeyed))
        {
            return false;
        }

        foreach (JsonProperty call in items.SelectMany(item => item.EnumerateObject()))
        {
            Give(call.Name, call.Value.GetRawText());
        }

        return true;
    }

    private static bool IsKeyed(JsonElement item) => item.ValueKind == JsonValueKind.Object && item.EnumerateObject().Count() == 1
        && item.EnumerateObject().All(call => call.Value.ValueKind == JsonValueKind.Object && IsName(call.Name));

    private static bool IsName(string text) => text.Length > 0 && !text.Any(char.IsWhiteSpace);

    private static (string Name, string Arguments)? Spelled(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object
            || !(item.TryGetProperty("name", out JsonElement name) || item.TryGetProperty("tool_name", out name))
            || !TryText(name, out string text)
            || text.Length == 0)
        {
            return null;
        }

        if (!(item.TryGetProperty("arguments", out JsonElement arguments) || item.TryGetProperty("parameters", out arguments)))
        {
            return null;
        }

        return arguments.ValueKind switch
        {
            JsonValueKind.Object => (text, arguments.GetRawText()),
            JsonValueKind.Null => (text, "{}"),
            // Some models write the object as a text once more.
            JsonValueKind.String when TryText(arguments, out string inner) && IsObject(inner) => (text, inner),
            _ => null,
        };
    }

    /// <summary>False for half a surrogate pair, which JSON can spell and text cannot hold.</summary>
    private static bool TryText(JsonElement element, out string text)
    {
        text = "";
        if (element.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        try
        {
            text = element.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static bool IsObject(string text)
    {
        JsonScanner scanner = new();
        int i = 0;
        while (i < text.Length && !scanner.IsDone && scanner.Step(text[i]))
        {
            i++;
        }

        return scanner.IsDone && text.TrimStart().StartsWith('{') && text.AsSpan(i).IsWhiteSpace();
    }
}
