namespace Exo.Engine.Chat.Jinja;

/// <summary>The value of a name, attribute or item that does not exist. It prints as nothing and fails when used further.</summary>
internal sealed class Undefined(string reason)
{
    public string Reason => reason;

    public JinjaException Fail() => new(reason);
}
