namespace Akka.Actor;

public abstract class SelectionPathElement
{
    private protected SelectionPathElement()
    {
    }
}
