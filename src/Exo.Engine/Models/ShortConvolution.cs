using Exo.Engine.Formats;

namespace Exo.Engine.Models;

/// <summary>Each channel's last few inputs, weighted and summed, oldest first; then SiLU. The inputs before a step come from the session's state.</summary>
internal sealed unsafe class ShortConvolution
{
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
        foreach (StepRow row in step.Rows)
        {
            float* earlier = row.Cache.State(cacheLayer); // [kernel − 1, channels], oldest first
            for (long t = row.FirstToken; t < row.FirstToken + row.Count; t++)
            {
                One(step, earlier, x + (t * _channels), y + (t * _channels));
            }
        }
    }

    private void One(LayerStep step, float* earlier, float* x, float* y)
    {
        new Span<float>(y, _channels).Clear();
        int kept = (_kernel - 1) * _channels;
        for (int k = 0; k < kept; k += _channels)
        {
            step.Kernels.MultiplyAdd(_weights + k, earlier + k, y, _channels);
        }

        step.Kernels.MultiplyAdd(_weights + kept, x, y, _channels);
        if (_bias != null)
        {
            step.Kernels.Add(y, _bias, y, _channels);
        }

        step.Kernels.Silu(y, y, _channels);
        if (kept > 0)
        {
            new Span<float>(earlier + _channels, kept - _channels).CopyTo(new Span<float>(earlier, kept - _channels));
            new Span<float>(x, _channels).CopyTo(new Span<float>(earlier + kept - _channels, _channels));
        }
    }
}
