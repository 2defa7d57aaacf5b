namespace Akka.Actor;

/// <summary>Why a cell waits for its children to end.</summary>
internal enum WaitingFor
{
    Nothing,
    Creation,
    Restart,
    Termination,
}
