namespace Akka.Remote;

/// <summary>Milliseconds of a clock that never goes back.</summary>
public delegate long Clock();
