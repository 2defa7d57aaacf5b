using Exo.Engine.Formats;

namespace Exo.Engine.Models;

/// <summary>Each channel's last few inputs, weighted and summed, oldest first; then SiLU. The inputs before a step come from the session's state.</summary>
internal sealed unsafe class ShortConvolution
{
    /// <summary>Numbers of a step below which waking threads costs more than it saves.</summary>
    private const int WorthThreads = 1 << 15;

    private readonly int _kernel;
    private readonly int _channels;
    private readonly float* _weights;
    private readonly float* _bias;

    public ShortConvolution(RecurrentSpec recurrent, WeightLoader weights, string prefix)
    {
        _kernel = recurrent.Kernel;
        _channels = recurrent.Channels;
        _weights = weights.Columns(prefix + "ssm_conv1d.weight");
        _bias = weights.OptionalVector(prefix + "ssm_conv1d.bias");
    }

    public static IEnumerable<TensorNeed> Needs(RecurrentSpec recurrent, int unit, string prefix, bool biased) =>
    [
        new(prefix + "ssm_conv1d.weight", unit, [recurrent.Channels, recurrent.Kernel]) { IsVector = true },
        .. biased ? [new TensorNeed(prefix + "ssm_conv1d.bias", unit, [recurrent.Channels])] : Array.Empty<TensorNeed>(),
    ];

    /// <summary>Folders hold [channels, 1, kernel], or [channels, kernel, 1] where MLX saved them.</summary>
    public static StoredTensor InFolder(string name, StoredTensor stored) =>
        name.EndsWith(".ssm_conv1d.weight", StringComparison.Ordinal) && stored.Shape is [long channels, long one, long other] && Math.Min(one, other) == 1
            ? stored with { Shape = [channels, one * other] }
            : stored;

    /// <summary>Takes every session's tokens in order. x and y are [tokens, channels] and apart from each other.</summary>
    public void Forward(LayerStep step, int cacheLayer, float* x, float* y)
    {
        ConvolutionStep all = new() { Channels = _channels, Kernel = _kernel, Weights = _weights, Bias = _bias, X = x, Y = y };
        if ((long)step.Tokens * _channels >= WorthThreads)
        {
            StateJob.Run(step, step.ConvolutionJobs, cacheLayer, ConvolutionJob.Parts(_channels), all);
            return;
        }

        foreach (StepRow row in step.Rows)
        {
            float* earlier = row.Cache.State(cacheLayer); // [kernel − 1, channels], oldest first
            for (long t = row.FirstToken; t < row.FirstToken + row.Count; t++)
            {
                ConvolutionJob.Token(step.Kernels, all, 0, _channels, earlier, t, y + (t * _channels));
            }
        }
    }
}
