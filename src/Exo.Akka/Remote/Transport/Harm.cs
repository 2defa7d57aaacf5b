using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Remote.Transport;

/// <summary>What no other node may do, however well it is known: end this node's guardians or the runtime's own actors.</summary>
internal static class Harm
{
    public static bool IsIn(object message, ActorPath recipient) => message switch
    {
        PoisonPill or Kill or Terminate => !IsOfUser(recipient.Elements),
        ActorSelectionMessage { Message: PoisonPill or Kill } selection => !IsOfUser([.. Elements(recipient), .. selection.Elements.Select(Text)]),
        _ => false,
    };

    private static bool IsOfUser(IReadOnlyList<string> elements) => elements is ["user", _, ..] && !elements.Contains("..");

    private static IEnumerable<string> Elements(ActorPath path) => path.Elements.Where(element => element.Length > 0);

    private static string Text(SelectionPathElement element) => element switch
    {
        SelectChildName name => name.Name,
        SelectChildPattern pattern => pattern.PatternStr,
        _ => "..",
    };
}
