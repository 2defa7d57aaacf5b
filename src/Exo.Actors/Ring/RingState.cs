namespace Exo.Actors.Ring;

/// <summary>How a ring stands.</summary>
public enum RingState
{
    /// <summary>Wished, but nothing is proposed yet.</summary>
    Planning,

    /// <summary>Slices are being loaded, or a stage was lost and a new epoch is on its way.</summary>
    Loading,

    /// <summary>Committed, every stage is there.</summary>
    Ready,

    /// <summary>There is no plan with the devices that are there.</summary>
    Degraded,
}
