using Exo.Engine.Formats;
using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Granite 3 with experts (IBM, 2024): Granite's layer; softmax over the chosen experts; some models have a shared expert:
/// h += r · attention(norm(h)); h += r · mixture(norm(h)).
/// </summary>
internal sealed class GraniteMoe : SequentialArchitecture
{
    public override string Name => "granitemoe";

    public override IReadOnlyList<string> FolderTypes => ["granitemoe", "granitemoeshared"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["ffn_gate_inp"] = "block_sparse_moe.router.layer",
        ["ffn_gate_exps"] = "block_sparse_moe.input_linear",
        ["ffn_up_exps"] = "block_sparse_moe.input_linear",
        ["ffn_down_exps"] = "block_sparse_moe.output_linear",
        ["ffn_gate_shexp"] = "shared_mlp.input_linear",
        ["ffn_up_shexp"] = "shared_mlp.input_linear",
        ["ffn_down_shexp"] = "shared_mlp.output_linear",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        ModelSpec spec = Granite.Scaled(reader, reader.Read(adjacentPairs: true, experts: true));
        return spec with { Experts = Mixture(metadata, reader, spec) ?? throw metadata.Missing(reader.Key("expert_count")) };
    }

    /// <summary>The family's experts; null when the file tells of none.</summary>
    public static ExpertSpec? Mixture(GgufMetadata metadata, GgufSpecReader reader, ModelSpec spec) => reader.Experts(spec) is { } experts
        ? experts with { Renormalise = true, SharedSize = metadata.GetInt(reader.Key("expert_shared_feed_forward_length"), 0, 1 << 24) ?? 0 }
        : null;

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        FolderSpecReader reader = new(config, tensors, Name);
        ModelSpec spec = Granite.Scaled(config, reader.Read(tied: true));
        ExpertSpec experts = reader.Experts("num_local_experts", spec.FeedForwardSize) ?? throw config.Missing("num_local_experts");
        return spec with { Experts = experts with { Renormalise = true, Stacked = true, SharedSize = config.Int("shared_intermediate_size", 0, 1 << 24) ?? 0 } };
    }

    /// <summary>Folders hold gate and up as one matrix, the gate's rows first; MLX repositories take that of the experts apart.</summary>
    public override StoredTensor? InFolder(string name, FolderConfig config, ModelTensors tensors)
    {
        string inFile = tensors.NameInFile(name);
        if (tensors.Stored(inFile) is not { } stored)
        {
            (string From, string To)[] apart = [(".input_linear.", name.Contains(".ffn_gate_exps.", StringComparison.Ordinal) ? ".switch_mlp.gate_proj." : ".switch_mlp.up_proj."), (".output_linear.", ".switch_mlp.down_proj.")];
            return tensors.Stored(apart.Aggregate(inFile, (at, part) => at.Replace(part.From, part.To, StringComparison.Ordinal)));
        }

        if (!inFile.EndsWith(".input_linear.weight", StringComparison.Ordinal))
        {
            return stored;
        }

        long half = config.RequireInt(name.Contains("_shexp.", StringComparison.Ordinal) ? "shared_intermediate_size" : "intermediate_size", 1, 1 << 24);
        return tensors.Rows(stored, 2 * half, (name.Contains(".ffn_gate_", StringComparison.Ordinal) ? 0 : half, half));
    }
}
