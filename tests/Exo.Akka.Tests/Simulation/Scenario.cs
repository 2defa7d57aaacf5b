namespace Akka.Tests.Simulation;

/// <summary>What happens in a run; follows from the seed alone.</summary>
internal enum Scenario
{
    /// <summary>Nothing but lost and late messages.</summary>
    Calm,

    /// <summary>A few processes end.</summary>
    Crashes,

    /// <summary>Two sides that do not hear each other any more.</summary>
    Partition,

    /// <summary>Two sides that hear each other again before anybody decides.</summary>
    Interruption,

    /// <summary>Single pairs that do not hear each other while all others do.</summary>
    BrokenLinks,

    /// <summary>One side hears the other, but not the other way round.</summary>
    OneWay,
}
