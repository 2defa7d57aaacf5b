using Akka.Actor;

namespace Akka.Pattern;

/// <summary>
/// The supervisor behind <see cref="BackoffSupervisor"/>: child running → child ended, timer set → child running, until retries run out.
/// </summary>
internal sealed class BackoffActor(BackoffPlan plan) : UntypedActor, IWithTimers
{
    private IActorRef _child;
    private int _restarts;
    private bool _willRestart;
    private bool _isFinal;

    public ITimerScheduler Timers { get; set; }

    protected override void PreStart() => Start();

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
    {
        Directive directive = plan.Decider.Decide(cause);
        if (!plan.RestartsOnFailure || directive != Directive.Restart)
            return directive;
        _willRestart = true;
        return Directive.Stop;
    });

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case BackoffSupervisor.StartChild:
                Start();
                break;
            case Terminated ended when ended.ActorRef.Equals(_child):
                OnEnd();
                break;
            case Settled settled:
                _restarts = settled.Restarts == _restarts ? 0 : _restarts;
                break;
            case BackoffSupervisor.Reset when plan.ResetAfter is null:
                _restarts = 0;
                break;
            case BackoffSupervisor.GetCurrentChild:
                Sender.Tell(new BackoffSupervisor.CurrentChild(_child ?? ActorRefs.Nobody));
                break;
            case BackoffSupervisor.GetRestartCount:
                Sender.Tell(new BackoffSupervisor.RestartCount(_restarts));
                break;
            default:
                PassOn(message);
                break;
        }
    }

    private void PassOn(object message)
    {
        _isFinal |= plan.IsFinalStopMessage(message);
        if (_child is not null)
            _child.Forward(message);
        else if (_isFinal)
            Context.Stop(Self);
        else if (plan.ReplyWhileStopped is { } reply)
            Sender.Tell(reply);
        else
            Context.System.DeadLetters.Forward(message);
    }

    private void Start()
    {
        if (_child is not null)
            return;
        _child = Context.Watch(Context.ActorOf(plan.ChildProps, plan.ChildName));
        if (plan.ResetAfter is { } after)
            Timers.StartSingleTimer("settled", new Settled(_restarts), after);
    }

    private void OnEnd()
    {
        _child = null;
        bool mayRestart = _willRestart || !plan.RestartsOnFailure;
        _willRestart = false;
        if (_isFinal || !mayRestart || (plan.MaxRetries >= 0 && _restarts >= plan.MaxRetries))
        {
            Context.Stop(Self);
            return;
        }

        Timers.Cancel("settled");
        Timers.StartSingleTimer("start", BackoffSupervisor.StartChild.Instance, plan.Pause(_restarts, Random.Shared.NextDouble()));
        _restarts++;
    }

    /// <summary>The child has lived long enough since that restart.</summary>
    private sealed record Settled(int Restarts);
}
