namespace Exo.Engine.Models;

/// <summary>Queries are multiplied by 1 + scale · ln(1 + floor((position + offset) / period)), so that attention stays sharp in long contexts.</summary>
/// <param name="Scale">Growth for each factor e of periods.</param>
/// <param name="Period">Positions, at least 1.</param>
/// <param name="Offset">0 or 1.</param>
public sealed record AttentionTemperature(double Scale, int Period, int Offset);
