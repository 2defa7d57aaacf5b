namespace Exo.Engine.Chat.Jinja;

/// <summary>The one thing a template may change from within a loop.</summary>
internal sealed class JinjaNamespace
{
    public JinjaMapping Values { get; } = new();
}
