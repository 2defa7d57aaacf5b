using Akka.Actor.Internal;

namespace Akka.Actor;

/// <summary>Where a selection starts, and how a message walks from there.</summary>
internal static class ActorSelectionPaths
{
    public static ActorSelection Select(ActorSystemImpl system, ActorPath path)
        => new(system.Provider.RootGuardianAt(path.Address), path.Elements);

    public static ActorSelection Select(ActorSystemImpl system, IActorRef anchor, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Contains("://", StringComparison.Ordinal))
        {
            return ActorPath.TryParse(path, out ActorPath absolute)
                ? Select(system, absolute)
                : new ActorSelection(system.DeadLetters, "");
        }

        // Nothing is selected by no path, not the place where it was asked from.
        if (path.Length == 0)
            return new ActorSelection(system.DeadLetters, "");
        return new ActorSelection(path.StartsWith('/') ? system.LookupRoot : anchor, path);
    }

    public static void Deliver(IInternalActorRef anchor, IActorRef sender, ActorSelectionMessage selection)
    {
        IInternalActorRef current = anchor;
        SelectionPathElement[] elements = selection.Elements;
        for (int i = 0; i < elements.Length; i++)
        {
            if (current is not LocalActorRef local)
            {
                Foreign(current, sender, selection, i);
                return;
            }

            switch (elements[i])
            {
                case SelectParent:
                    current = local.Parent;
                    break;
                case SelectChildName name when local.GetSingleChild(name.Name) is { } child:
                    current = child;
                    break;
                case SelectChildName name:
                    if (!selection.WildCardFanOut)
                        local.Cell.SystemImpl.DeadLetterRef.Lost(selection, sender, new MissingActorRef(local, name.Name));
                    return;
                case SelectChildPattern pattern:
                    FanOut(local, pattern, sender, selection, i + 1);
                    return;
            }
        }

        current.Tell(selection.Message, sender);
    }

    private static void FanOut(LocalActorRef parent, SelectChildPattern pattern, IActorRef sender, ActorSelectionMessage selection, int next)
    {
        IActorRef[] matching = [.. parent.Cell.GetChildren().Where(child => pattern.Matches(child.Path.Name))];

        // A pattern that only one matches is as good as its name: whoever asks to identify hears that nobody is there.
        bool isFanOut = selection.WildCardFanOut || matching.Length > 1;
        foreach (IActorRef child in matching)
            Deliver((IInternalActorRef)child, sender, new ActorSelectionMessage(selection.Message, selection.Elements[next..], isFanOut));

        if (matching.Length == 0 && !selection.WildCardFanOut)
            parent.Cell.SystemImpl.DeadLetterRef.Lost(selection, sender, new MissingActorRef(parent, pattern.PatternStr));
    }

    // A reference without children of its own in this process: a remote one takes the rest of the way along.
    private static void Foreign(IInternalActorRef current, IActorRef sender, ActorSelectionMessage selection, int next)
    {
        SelectionPathElement[] rest = selection.Elements[next..];
        if (current is VirtualPathContainer container && rest.All(element => element is SelectChildName))
        {
            IActorRef found = container.GetChild([.. rest.Select(element => ((SelectChildName)element).Name)]);
            if (found is not Nobody)
                found.Tell(selection.Message, sender);
            return;
        }

        current.Tell(new ActorSelectionMessage(selection.Message, rest, selection.WildCardFanOut), sender);
    }

    /// <summary>Names, in a dead letter, the place where no actor was.</summary>
    private sealed class MissingActorRef(LocalActorRef parent, string name) : MinimalActorRef
    {
        public override ActorPath Path { get; } = parent.Path / name;

        public override IActorRefProvider Provider { get; } = parent.Provider;
    }
}
