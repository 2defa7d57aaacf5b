using Exo.Testing.Published;

namespace Exo.Engine.Tests.Models;

/// <summary>Llama 4 in double precision, straight from its description: for each token all that came before is computed with, nothing is cached.</summary>
internal sealed class LlamaFourReference(PublishedFolder weights, int chunk, int step, double growth)
{
    private const double Epsilon = 1e-5;
    private const int RopeBase = 10000;

    /// <summary>The expert of each token, layer after layer with experts, once logits were computed.</summary>
    public List<int> Chosen { get; } = [];

    /// <summary>Logits of all tokens. [tokens, vocabulary]</summary>
    public float[] Logits(int[] tokens)
    {
        FloatTensor embedding = weights["token_embd.weight"];
        double[][] hidden = [.. tokens.Select(token => Array.ConvertAll(embedding.Part(token).Data, value => (double)value))];
        for (int layer = 0; layer < weights.Layers; layer++)
        {
            string blk = $"blk.{layer}.";
            Add(hidden, Attention(layer, [.. hidden.Select(token => Norm(token, weights[blk + "attn_norm.weight"].Data))]));
            Add(hidden, [.. hidden.Select(token => FeedForward(blk, Norm(token, weights[blk + "ffn_norm.weight"].Data)))]);
        }

        return [.. hidden.SelectMany(token => Times(weights["output.weight"], Norm(token, weights["output_norm.weight"].Data))).Select(value => (float)value)];
    }

    private double[][] Attention(int layer, double[][] x)
    {
        string blk = $"blk.{layer}.";
        bool turns = (layer + 1) % 4 != 0;
        double[][][] queries = [.. x.Select((token, at) => Heads(Times(weights[blk + "attn_q.weight"], token), at, turns))];
        double[][][] keys = [.. x.Select((token, at) => Heads(Times(weights[blk + "attn_k.weight"], token), at, turns))];
        double[][] values = [.. x.Select(token => Times(weights[blk + "attn_v.weight"], token))];
        int size = weights.HeadSize;
        return [.. x.Select((_, at) =>
        {
            double[] mixed = new double[weights.Heads * size];
            int first = turns ? at / chunk * chunk : 0;
            double temperature = turns ? 1 : 1 + (growth * Math.Log(1 + Math.Floor((at + 1.0) / step)));
            for (int head = 0; head < weights.Heads; head++)
            {
                int shared = head / (weights.Heads / weights.KvHeads);
                double[] scores = [.. Enumerable.Range(first, at + 1 - first).Select(seen => temperature * Dot(queries[at][head], keys[seen][shared]) / Math.Sqrt(size))];
                double largest = scores.Max();
                double[] shares = Array.ConvertAll(scores, score => Math.Exp(score - largest));
                for (int i = 0; i < shares.Length; i++)
                {
                    for (int d = 0; d < size; d++)
                    {
                        mixed[(head * size) + d] += shares[i] / shares.Sum() * values[first + i][(shared * size) + d];
                    }
                }
            }

            return Times(weights[blk + "attn_output.weight"], mixed);
        })];
    }

    /// <summary>Turned in adjacent pairs, then normed without weights; or as they are.</summary>
    private double[][] Heads(double[] x, int position, bool turns)
    {
        int size = weights.HeadSize;
        return [.. x.Chunk(size).Select(head =>
        {
            double[] turned = [.. head];
            for (int i = 0; turns && i < size; i += 2)
            {
                (double sin, double cos) = Math.SinCos(position * Math.Pow(RopeBase, -(double)i / size));
                (turned[i], turned[i + 1]) = ((head[i] * cos) - (head[i + 1] * sin), (head[i] * sin) + (head[i + 1] * cos));
            }

            return turns ? Norm(turned, null) : turned;
        })];
    }

    private double[] FeedForward(string blk, double[] x)
    {
        if (!weights.Has(blk + "ffn_gate_inp.weight"))
        {
            return Gated(weights[blk + "ffn_gate.weight"], weights[blk + "ffn_up.weight"], weights[blk + "ffn_down.weight"], x);
        }

        double[] scores = Times(weights[blk + "ffn_gate_inp.weight"], x);
        int chosen = Array.IndexOf(scores, scores.Max());
        Chosen.Add(chosen);
        double weight = 1 / (1 + Math.Exp(-scores[chosen]));
        double[] one = Gated(
            weights[blk + "ffn_gate_exps.weight"].Part(chosen),
            weights[blk + "ffn_up_exps.weight"].Part(chosen),
            weights[blk + "ffn_down_exps.weight"].Part(chosen),
            Array.ConvertAll(x, value => value * weight));
        double[] shared = Gated(weights[blk + "ffn_gate_shexp.weight"], weights[blk + "ffn_up_shexp.weight"], weights[blk + "ffn_down_shexp.weight"], x);
        return [.. one.Zip(shared, (a, b) => a + b)];
    }

    private static double[] Gated(FloatTensor gate, FloatTensor up, FloatTensor down, double[] x) =>
        Times(down, [.. Times(gate, x).Zip(Times(up, x), (g, u) => g / (1 + Math.Exp(-g)) * u)]);

    private static double[] Norm(double[] x, float[]? weight)
    {
        double factor = 1 / Math.Sqrt((x.Sum(value => value * value) / x.Length) + Epsilon);
        return [.. x.Select((value, i) => value * factor * (weight?[i] ?? 1))];
    }

    private static double[] Times(FloatTensor matrix, double[] x)
    {
        double[] y = new double[matrix.Shape[0]];
        for (int i = 0; i < matrix.Data.Length; i++)
        {
            y[i / x.Length] += matrix.Data[i] * x[i % x.Length];
        }

        return y;
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (left, right) => left * right).Sum();

    private static void Add(double[][] hidden, double[][] more)
    {
        for (int t = 0; t < hidden.Length; t++)
        {
            for (int i = 0; i < hidden[t].Length; i++)
            {
                hidden[t][i] += more[t][i];
            }
        }
    }
}
