using Exo.Host.Gateway.Http;
using Exo.Host.Generation;

namespace Exo.Host.Gateway.OpenAi;

/// <summary>A prompt is never cut in silence: it fits, or the client learns both numbers.</summary>
internal static class PromptLimits
{
    public static int[] Check(int[] prompt, IModelText text, string param)
    {
        if (prompt.Length == 0)
        {
            throw ApiException.Invalid(param, $"'{param}' gives no token to begin with: send some text.");
        }

        return prompt.Length < text.ContextLength
            ? prompt
            : throw new ApiException(400, $"The prompt has {prompt.Length} tokens and the model's context holds {text.ContextLength}, the answer included: send a shorter prompt.", param, "context_length_exceeded");
    }
}
