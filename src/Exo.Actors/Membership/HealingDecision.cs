namespace Exo.Actors.Membership;

/// <summary>
/// Two sides that went on without each other hear each other again. They cannot merge as they are: one starts its actor systems
/// anew and joins the other, the one with fewer devices, so that fewer sessions pause; of equal ones the younger.
/// </summary>
public static class HealingDecision
{
    /// <summary>
    /// Sides that remember each other as members, and so the ages of all. Both never yield, whatever part of the other each has
    /// heard by then; and a side that hears more of the other later never takes back that it yields.
    /// </summary>
    /// <param name="mine">Devices of this side that the other one knows, this one included.</param>
    /// <param name="others">Devices of the other side that were heard.</param>
    /// <param name="oldestIsMine">Whether the oldest of all of them is on this side.</param>
    public static bool Yields(int mine, int others, bool oldestIsMine) => others > mine || (others == mine && !oldestIsMine);

    /// <summary>Sides that never were one: each tells its size and age. Of two that compare the same claims exactly one yields.</summary>
    /// <param name="mine">What this device claims.</param>
    /// <param name="others">What the other one claims.</param>
    public static bool Yields(Claim mine, Claim others)
    {
        int order = mine.Devices.CompareTo(others.Devices);
        order = order != 0 ? order : others.Since.CompareTo(mine.Since);
        order = order != 0 ? order : string.CompareOrdinal(others.Address, mine.Address);
        return order < 0;
    }

    /// <summary>What a device says of its side.</summary>
    /// <param name="Devices">How many are up, itself included.</param>
    /// <param name="Since">When the device became one of them; milliseconds of Unix time.</param>
    /// <param name="Address">Its <c>host:port</c>; breaks ties.</param>
    public readonly record struct Claim(int Devices, long Since, string Address);
}
