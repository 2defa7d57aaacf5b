namespace Akka.Actor.Setup;

/// <summary>A part of what a system is made from, beside its configuration.</summary>
public abstract class Setup
{
    public ActorSystemSetup And(Setup other) => ActorSystemSetup.Create(this, other);
}
