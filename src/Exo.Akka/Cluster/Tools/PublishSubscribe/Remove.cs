namespace Akka.Cluster.Tools.PublishSubscribe;

/// <summary>Takes back a <see cref="Put"/>.</summary>
public sealed record Remove
{
    public Remove(string path) => Path = path;

    public string Path { get; }
}
