namespace Exo.Actors.Discovery;

/// <summary>A name server answered that it cannot tell. It says nothing about whether the name exists.</summary>
/// <param name="message">Which server, and what it answered.</param>
public sealed class NameServerException(string message) : Exception(message);
