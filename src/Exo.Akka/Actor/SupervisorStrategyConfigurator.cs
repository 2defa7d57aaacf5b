namespace Akka.Actor;

public abstract class SupervisorStrategyConfigurator
{
    public abstract SupervisorStrategy Create();
}
