namespace Exo.Host.Generation;

internal sealed record ChatMessage(string Role, string Content);
