namespace Exo.Actors;

/// <summary>Which member a person means.</summary>
internal static class MemberChoice
{
    /// <summary>The member with that name or address; null and the reason when there is none or more than one.</summary>
    /// <param name="snapshot">The members to choose from.</param>
    /// <param name="nameOrAddress">A device's name, or its <c>host:port</c> in the cluster.</param>
    /// <param name="problem">Why none was chosen, with a remedy.</param>
    public static MemberView? Find(ClusterSnapshot snapshot, string nameOrAddress, out string? problem)
    {
        MemberView[] found = [.. snapshot.Members.Where(member => member.Address == nameOrAddress)];
        if (found.Length == 0)
        {
            found = [.. snapshot.Members.Where(member => string.Equals(member.Name, nameOrAddress, StringComparison.OrdinalIgnoreCase))];
        }

        problem = found.Length switch
        {
            1 => null,
            0 when snapshot.Members.IsEmpty => $"No member is called '{nameOrAddress}': this device is in no cluster at the moment. Try again in a few seconds, or ask another device.",
            0 => $"No member is called '{nameOrAddress}': there are {string.Join(", ", snapshot.Members.Select(member => $"{member.Name} ({member.Address})"))}.",
            _ => $"{found.Length} members are called '{nameOrAddress}': give an address, {string.Join(" or ", found.Select(member => member.Address))}.",
        };
        return found.Length == 1 ? found[0] : null;
    }
}
