namespace Exo.Host.Generation;

/// <param name="Name">What a request calls it.</param>
/// <param name="Since">Since when it is known.</param>
internal sealed record ModelListing(string Name, DateTimeOffset Since);
