using System.Globalization;

namespace Exo.Engine.Models;

/// <summary>How folders in the Hugging Face form call the tensors that GGUF files name otherwise.</summary>
internal static class FolderNames
{
    private static readonly Dictionary<string, string> s_layer = new(StringComparer.Ordinal)
    {
        ["attn_norm"] = "input_layernorm",
        ["attn_q"] = "self_attn.q_proj",
        ["attn_k"] = "self_attn.k_proj",
        ["attn_v"] = "self_attn.v_proj",
        ["attn_output"] = "self_attn.o_proj",
        ["attn_q_norm"] = "self_attn.q_norm",
        ["attn_k_norm"] = "self_attn.k_norm",
        ["ffn_norm"] = "post_attention_layernorm",
        ["ffn_gate"] = "mlp.gate_proj",
        ["ffn_up"] = "mlp.up_proj",
        ["ffn_down"] = "mlp.down_proj",
    };

    /// <summary>The folder's name; null when it has none for it.</summary>
    /// <param name="name">"blk.0.attn_q.weight"</param>
    /// <param name="renamed">What the architecture names otherwise: "ffn_norm" → "pre_feedforward_layernorm"; {e} stands for the number of an expert; a key with ".weight" or ".bias", or the name of a
    /// tensor without either, gives the whole rest of the name; "blk" → "encoder.layer" says what layers are called, and a tensor outside of them is renamed by its whole name or by what stands before
    /// its last dot.</param>
    public static string? Of(string name, IReadOnlyDictionary<string, string> renamed)
    {
        if (renamed.TryGetValue(name, out string? given))
        {
            return given;
        }

        int end = name.LastIndexOf('.');
        if (end > 0 && !name.StartsWith("blk.", StringComparison.Ordinal) && renamed.TryGetValue(name[..end], out given))
        {
            return given + name[end..];
        }

        switch (name)
        {
            case "token_embd.weight":
                return "model.embed_tokens.weight";
            case "output_norm.weight" or "output_norm.bias":
                return "model.norm" + name[end..];
            case "output.weight" or "output.bias":
                return "lm_head" + name[end..];
        }

        string[] parts = name.Split('.');
        if (parts is not ["blk", _, _] and not ["blk", _, _, _] and not ["blk", _, _, _, _] || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int layer))
        {
            return null;
        }

        string layers = renamed.GetValueOrDefault("blk", "model.layers");
        if (renamed.TryGetValue(parts.Length == 3 ? parts[2] : $"{parts[2]}.{parts[^1]}", out string? whole))
        {
            return $"{layers}.{layer}.{whole}";
        }

        return parts.Length == 3 ? null : renamed.TryGetValue(parts[2], out string? own) || s_layer.TryGetValue(parts[2], out own)
            ? $"{layers}.{layer}.{(parts.Length == 5 ? own.Replace("{e}", parts[3], StringComparison.Ordinal) : Stacked(parts[2], own))}.{parts[^1]}"
            : null;
    }

    /// <summary>MLX repositories hold the experts of a layer as one tensor, all families under these names.</summary>
    private static string Stacked(string part, string own) =>
        own.IndexOf("experts.{e}.", StringComparison.Ordinal) is int at and >= 0
            ? $"{own[..at]}switch_mlp.{part["ffn_".Length..].Replace("_exps", "_proj", StringComparison.Ordinal)}"
            : own;
}
