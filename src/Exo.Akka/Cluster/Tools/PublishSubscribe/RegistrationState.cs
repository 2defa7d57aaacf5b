namespace Akka.Cluster.Tools.PublishSubscribe;

/// <param name="Version">The owner's version that made it so.</param>
/// <param name="IsThere">False: the registration has ended.</param>
/// <param name="Since">When this node learnt of it, on its own clock.</param>
internal sealed record RegistrationState(long Version, bool IsThere, TimeSpan Since);
