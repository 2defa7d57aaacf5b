using System.Text;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Which texts are HTML already (Jinja's Markup), by identity: escaping leaves them as they are.</summary>
internal sealed class SafeTexts
{
    private readonly HashSet<object> _marked = new(ReferenceEqualityComparer.Instance);

    public bool Contains(string text) => _marked.Contains(text);

    /// <summary>A copy of the text that counts as safe.</summary>
    public string Mark(string text)
    {
        string copy = text.Length == 0 ? text : new string(text.AsSpan());
        _marked.Add(copy);
        return copy;
    }

    public string Escape(string text) => Contains(text) ? text : Mark(EscapeHtml(text));

    public static string EscapeHtml(string text) => new StringBuilder(text)
        .Replace("&", "&amp;").Replace(">", "&gt;").Replace("<", "&lt;").Replace("'", "&#39;").Replace("\"", "&#34;").ToString();
}
