using Exo.Testing.Published;

namespace Exo.Engine.Tests.Models;

/// <summary>BERT in double precision with GELU by the error function, straight from its description.</summary>
internal sealed class BertReference(PublishedFolder weights)
{
    private const double Epsilon = 1e-5;

    /// <summary>The last hidden states. [tokens, embeddingSize]</summary>
    public double[][] Hidden(int[] tokens)
    {
        double[][] hidden = [.. tokens.Select((token, at) => Norm(
            "token_embd_norm",
            [.. weights["token_embd.weight"].Part(token).Data.Select((value, i) => (double)value + weights["position_embd.weight"].Part(at).Data[i] + weights["token_types.weight"].Data[i])]))];
        for (int layer = 0; layer < weights.Layers; layer++)
        {
            string blk = $"blk.{layer}.";
            double[][] attended = Attention(blk, hidden);
            hidden = [.. hidden.Select((token, at) => Norm(blk + "attn_output_norm", Sum(token, attended[at])))];
            hidden = [.. hidden.Select(token => Norm(blk + "layer_output_norm", Sum(token, Linear(blk + "ffn_down", Array.ConvertAll(Linear(blk + "ffn_up", token), Gelu)))))];
        }

        return hidden;
    }

    /// <summary>x/2 · (1 + erf(x/√2)).</summary>
    public static double Gelu(double x) => x / 2 * (1 + Erf(x / Math.Sqrt(2)));

    /// <summary>2/√π · e^(−x²) · Σ 2^n x^(2n+1) / (2n+1)!!, whose terms have one sign.</summary>
    public static double Erf(double x)
    {
        if (Math.Abs(x) > 6)
        {
            return Math.Sign(x);
        }

        double term = x;
        double sum = x;
        for (int n = 1; n < 400; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    private double[][] Attention(string blk, double[][] x)
    {
        double[][] q = [.. x.Select(token => Linear(blk + "attn_q", token))];
        double[][] k = [.. x.Select(token => Linear(blk + "attn_k", token))];
        double[][] v = [.. x.Select(token => Linear(blk + "attn_v", token))];
        int size = weights.HeadSize;
        return [.. x.Select((_, at) =>
        {
            double[] mixed = new double[weights.Heads * size];
            for (int head = 0; head < weights.Heads; head++)
            {
                int first = head * size;
                double[] scores = [.. k.Select(key => Enumerable.Range(first, size).Sum(i => q[at][i] * key[i]) / Math.Sqrt(size))];
                double[] shares = Array.ConvertAll(scores, score => Math.Exp(score - scores.Max()));
                for (int i = first; i < first + size; i++)
                {
                    mixed[i] = shares.Select((share, seen) => share * v[seen][i]).Sum() / shares.Sum();
                }
            }

            return Linear(blk + "attn_output", mixed);
        })];
    }

    private double[] Linear(string name, double[] x)
    {
        FloatTensor matrix = weights[name + ".weight"];
        double[] y = Array.ConvertAll(weights[name + ".bias"].Data, value => (double)value);
        for (int i = 0; i < matrix.Data.Length; i++)
        {
            y[i / x.Length] += matrix.Data[i] * x[i % x.Length];
        }

        return y;
    }

    private double[] Norm(string name, double[] x)
    {
        double mean = x.Average();
        double factor = 1 / Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + Epsilon);
        return [.. x.Select((value, i) => ((value - mean) * factor * weights[name + ".weight"].Data[i]) + weights[name + ".bias"].Data[i])];
    }

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (left, right) => left + right)];
}
