using Akka.Actor;
using Akka.Event;

namespace Akka.Pattern;

/// <summary>Keeps one child alive and passes on to it what it gets; a restart waits longer each time.</summary>
public sealed class BackoffSupervisor
{
    private BackoffSupervisor()
    {
    }

    public static Props Props(BackoffOptions options) => Actor.Props.Create(() => new BackoffActor((BackoffPlan)options));

    /// <summary>Asks for the child.</summary>
    public sealed class GetCurrentChild
    {
        public static readonly GetCurrentChild Instance = new();

        private GetCurrentChild()
        {
        }
    }

    /// <summary>The child; nobody while it waits for its restart.</summary>
    public sealed class CurrentChild
    {
        public CurrentChild(IActorRef @ref) => Ref = @ref;

        public IActorRef Ref { get; }
    }

    public sealed class Reset
    {
        public static readonly Reset Instance = new();

        private Reset()
        {
        }
    }

    public sealed class GetRestartCount
    {
        public static readonly GetRestartCount Instance = new();

        private GetRestartCount()
        {
        }
    }

    public sealed class RestartCount
    {
        public RestartCount(int count) => Count = count;

        public int Count { get; }
    }

    public sealed class StartChild : IDeadLetterSuppression
    {
        public static readonly StartChild Instance = new();

        private StartChild()
        {
        }
    }
}
