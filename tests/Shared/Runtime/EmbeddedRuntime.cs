#nullable enable

using Akka.Actor;

namespace Exo.Testing;

/// <summary>
/// Which runtime the tests were compiled against: Exo.Akka, or with <c>-p:AkkaPackages=true</c> the real library, whose reader of
/// configurations tells no places, lets some mistakes pass and overflows the stack over others.
/// </summary>
internal static class EmbeddedRuntime
{
    /// <summary>Skips the calling test (a SkippableFact) on the real library.</summary>
    /// <param name="what">What only the embedded runtime does.</param>
    public static void Require(string what) =>
        Skip.IfNot(typeof(ActorSystem).Assembly.GetName().Name == "Exo.Akka", $"Only the embedded runtime: {what}.");
}
