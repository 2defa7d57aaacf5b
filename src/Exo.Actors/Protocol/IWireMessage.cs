namespace Exo.Actors.Protocol;

/// <summary>A message that may cross the network: it has a number and a binary form in <c>Wire</c>.</summary>
public interface IWireMessage;
