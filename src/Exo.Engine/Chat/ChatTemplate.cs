using System.Text.Json;
using Exo.Engine.Chat.Jinja;
using Exo.Engine.Files;
using Exo.Engine.Formats;

namespace Exo.Engine.Chat;

/// <summary>
/// A model's chat template: a program in Jinja that writes a conversation the way the model was taught to read it. It runs in a sandbox
/// (nothing outside of its variables can be reached; steps, text and depth are limited), because it comes with the file. Immutable; any number
/// of threads may render.
/// </summary>
public sealed class ChatTemplate
{
    private const int LongestSource = 4 << 20;

    private readonly Statement[] _body;

    private ChatTemplate(string source, Statement[] body) => (Source, _body) = (source, body);

    /// <summary>The template's source.</summary>
    public string Source { get; }

    /// <summary>Reads the template of a model.</summary>
    /// <param name="file">GGUF: tokenizer.chat_template; folder: chat_template.jinja, or chat_template in tokenizer_config.json.</param>
    /// <returns>Null if the model has none.</returns>
    /// <exception cref="ChatTemplateException">The model has one that is no template; it can be used without.</exception>
    /// <exception cref="ModelFileException">tokenizer_config.json cannot be read.</exception>
    public static ChatTemplate? From(ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        string? source = file.Metadata is { } metadata ? metadata.GetString("tokenizer.chat_template")
            : file.Folder is { } folder ? FolderTemplate.Read(folder)
            : null;
        return source is null ? null : Parse(source);
    }

    /// <summary>Reads a template.</summary>
    /// <param name="source">Jinja, with trim_blocks and lstrip_blocks as all chat templates expect.</param>
    /// <exception cref="ChatTemplateException">It is no template; names line, column and reason.</exception>
    public static ChatTemplate Parse(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Length > LongestSource)
        {
            throw Outside(new JinjaException($"the template has {source.Length} characters, above the limit of {LongestSource}", 1, 1));
        }

        try
        {
            return new ChatTemplate(source, TemplateParser.Parse(source));
        }
        catch (JinjaException failure)
        {
            throw Outside(failure);
        }
    }

    /// <summary>Writes a conversation as the prompt.</summary>
    /// <param name="context">Messages and the variables around them.</param>
    /// <exception cref="ChatTemplateException">The template fails, reaches a limit or refuses the conversation.</exception>
    public string Render(ChatTemplateContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Dictionary<string, object?> variables = new()
        {
            ["messages"] = new JinjaSequence([.. context.Messages.Select(Message)]),
            ["tools"] = context.Tools is { } tools ? JsonValues.From(tools) : null,
            ["documents"] = null,
            ["add_generation_prompt"] = context.AddGenerationPrompt,
            ["bos_token"] = context.BosToken,
            ["eos_token"] = context.EosToken,
        };
        foreach ((string name, JsonElement value) in context.Extra)
        {
            variables[name] = JsonValues.From(value);
        }

        return Render(variables, context.Now);
    }

    /// <summary>Writes what the template makes of these variables and of no others: what is not given is undefined.</summary>
    /// <param name="variables">A JSON object: messages and whatever else the template names. Of a name given twice the last one counts.</param>
    /// <param name="now">The time that strftime_now writes.</param>
    /// <exception cref="ArgumentException">The variables are no object.</exception>
    /// <exception cref="ChatTemplateException">The template fails, reaches a limit or refuses the conversation.</exception>
    public string Render(JsonElement variables, DateTimeOffset now)
    {
        if (variables.ValueKind != JsonValueKind.Object)
        {
            throw new ArgumentException($"Variables are a JSON object, not {variables.ValueKind}.", nameof(variables));
        }

        Dictionary<string, object?> values = [];
        foreach (JsonProperty variable in variables.EnumerateObject())
        {
            values[variable.Name] = JsonValues.From(variable.Value);
        }

        return Render(values, now);
    }

    internal string Render(Dictionary<string, object?> variables, DateTimeOffset now)
    {
        try
        {
            return new Renderer(variables, now).Render(_body);
        }
        catch (JinjaException failure)
        {
            throw Outside(failure);
        }
    }

    private static object? Message(ChatMessage message)
    {
        if (message.Json is { } json)
        {
            return JsonValues.From(json);
        }

        JinjaMapping mapping = new();
        mapping.Set("role", message.Role);
        mapping.Set("content", message.Content);
        return mapping;
    }

    private static ChatTemplateException Outside(JinjaException failure) => new(failure.Message, failure.Line, failure.Column, failure.Raised, failure);
}
