namespace Exo.Host.Generation;

/// <param name="Name">What a request calls it.</param>
/// <param name="Bytes">Size of its file, 0 when unknown.</param>
/// <param name="ModifiedAt">Of its file.</param>
internal sealed record ModelListing(string Name, long Bytes, DateTimeOffset ModifiedAt);
