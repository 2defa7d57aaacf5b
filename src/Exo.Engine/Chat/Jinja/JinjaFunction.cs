namespace Exo.Engine.Chat.Jinja;

/// <summary>Something a template can call: a global, a method bound to its value, a macro.</summary>
internal sealed record JinjaFunction(string Name, Func<CallArguments, object?> Body)
{
    /// <summary>Attributes that may be read, such as a macro's name.</summary>
    public JinjaMapping? Attributes { get; init; }
}
