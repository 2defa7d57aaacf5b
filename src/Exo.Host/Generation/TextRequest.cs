using Exo.Engine.Sampling;

namespace Exo.Host.Generation;

/// <summary>The one internal request under all dialects.</summary>
/// <param name="Model">Canonical name.</param>
/// <param name="Text">Its text side.</param>
/// <param name="Prompt">Token ids.</param>
/// <param name="Sampling">How tokens are chosen.</param>
/// <param name="MaxTokens">At most so many new tokens; null: until the context ends.</param>
/// <param name="Stops">Strings that end the answer.</param>
/// <param name="IgnoreEnd">Goes on after the model's end token.</param>
/// <param name="RequestId">Names the request in logs of all devices.</param>
internal sealed record TextRequest(string Model, IModelText Text, int[] Prompt, SamplingParameters Sampling, int? MaxTokens, IReadOnlyList<string> Stops, bool IgnoreEnd, string RequestId);
