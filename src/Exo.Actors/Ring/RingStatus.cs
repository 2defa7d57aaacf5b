namespace Exo.Actors.Ring;

/// <summary>A ring as its keeper knows it.</summary>
/// <param name="Model">The model.</param>
/// <param name="State">How it stands.</param>
/// <param name="Plan">The last committed plan; null before the first.</param>
/// <param name="Wish">What was asked for.</param>
/// <param name="Reason">Why it is not ready; null when it is.</param>
public sealed record RingStatus(string Model, RingState State, RingPlan? Plan, ModelWish Wish, string? Reason)
{
    /// <summary>Mean time of a hop; 0 = not measured, or this device has no stage of the ring.</summary>
    public double HopMicroseconds { get; init; }
}
