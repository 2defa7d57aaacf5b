using Akka.Event;

namespace Akka.Cluster;

/// <summary>What users want done when this node becomes Up or is removed. A callback's failure is logged and concerns nobody else.</summary>
internal sealed class MembershipCallbacks(ILoggingAdapter log)
{
    private readonly List<Action> _whenUp = [];

    public void AddWhenUp(Action callback, bool isUp)
    {
        _whenUp.Add(callback);
        if (isUp)
            Up();
    }

    public void Up()
    {
        Action[] due = [.. _whenUp];
        _whenUp.Clear();
        Call(due);
    }

    public void Call(IEnumerable<Action> callbacks)
    {
        foreach (Action callback in callbacks)
        {
            try
            {
                callback();
            }
#pragma warning disable CA1031 // See the summary.
            catch (Exception cause)
#pragma warning restore CA1031
            {
                log.Error(cause, "A callback registered with the cluster failed");
            }
        }
    }
}
