using Exo.Engine.KvCaches;

namespace Exo.Engine.Models;

/// <summary>Consecutive tokens of one session within a step.</summary>
/// <param name="Cache">The session's cache in this slice, with room for these tokens.</param>
/// <param name="Position">Position of the first token.</param>
/// <param name="Count">Tokens.</param>
/// <param name="FirstToken">Index of the first token within the step.</param>
internal readonly record struct StepRow(KvCache Cache, int Position, int Count, int FirstToken);
