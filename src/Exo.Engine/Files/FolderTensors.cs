using Exo.Engine.Formats;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Files;

/// <summary>The tensors of a folder in the Hugging Face form, by their names in GGUF files.</summary>
internal sealed class FolderTensors : ModelTensors
{
    /// <summary>What stands before or within names where a model is a part of a larger one, or is stored without its head: what is taken away in front, and what is put there.</summary>
    private static readonly (string From, string To)[] s_forms =
        [("", ""), ("", "language_model."), ("model.", "model.language_model."), ("model.", ""), ("transformer.", ""), ("", "bert.")];

    /// <summary>Endings of what some programs save beside the weights, though it follows from config.json.</summary>
    private static readonly string[] s_derived = [".rotary_emb.inv_freq", ".attn.bias", ".attn.masked_bias", ".embeddings.position_ids"];

    private readonly ModelFolder _folder;
    private readonly ModelArchitecture _architecture;
    private readonly PackedFolder _packed;
    private readonly (string From, string To) _form;
    private readonly FolderConfig _config;
    private readonly bool _onlyLanguage;

    /// <param name="folder">The files.</param>
    /// <param name="architecture">Which names it uses.</param>
    /// <param name="config">What describes the language model: config.json, or the part of it where the folder holds other parts too.</param>
    public FolderTensors(ModelFolder folder, ModelArchitecture architecture, FolderConfig config)
    {
        _folder = folder;
        _architecture = architecture;
        _packed = new PackedFolder(folder);
        _config = config;
        _onlyLanguage = config != folder.Config;
        string embedding = FolderNames.Of("token_embd.weight", architecture.FolderNames)!;
        _form = s_forms.FirstOrDefault(form => embedding.StartsWith(form.From, StringComparison.Ordinal) && folder.Tensors.ContainsKey(InForm(embedding, form)), s_forms[0]);
    }

    public override string Path => _folder.Path;

    public override IEnumerable<string> Names => _folder.Tensors.Keys.Where(name => !_packed.IsPart(name) && IsLanguage(name) && !IsLeftOver(name));

    /// <summary>Tensors of other parts of the model.</summary>
    public int LeftOut => _folder.Tensors.Keys.Count(name => !IsLanguage(name));

    public override StoredTensor? Find(string name) => _architecture.InFolder(name, _config, this);

    public override StoredTensor? Stored(string nameInFile)
    {
        if (_packed.Find(nameInFile) is { } matrix)
        {
            return matrix;
        }

        if (!_folder.Tensors.TryGetValue(nameInFile, out SafetensorsTensor? tensor))
        {
            return null;
        }

        return StoredTypes.Of(tensor.Type) is { } type and (TensorType.F32 or TensorType.F16 or TensorType.BF16)
            ? new StoredTensor(tensor.Name, type, tensor.Shape, tensor.Address, tensor.End - tensor.Begin)
            : throw new ModelFileException($"{Path}: tensor {tensor.Name} is stored as {tensor.Type}; F32, F16 and BF16 can be computed with, and quantised weights that config.json tells of. Choose the unquantised model, or a GGUF file of it.");
    }

    public override string NameInFile(string name)
    {
        string stored = InForm(FolderNames.Of(name, _architecture.FolderNames) ?? name, _form);
        return _folder.Tensors.ContainsKey(stored) ? stored : Older(stored) is { } older && _folder.Tensors.ContainsKey(older) ? older : stored;
    }

    private static string InForm(string name, (string From, string To) form) =>
        name.StartsWith(form.From, StringComparison.Ordinal) ? form.To + name[form.From.Length..] : name;

    /// <summary>Folders of the first years call weight and bias of a norm by mean and variance gamma and beta.</summary>
    private static string? Older(string name) =>
        name.EndsWith("LayerNorm.weight", StringComparison.Ordinal) ? name[..^"weight".Length] + "gamma"
        : name.EndsWith("LayerNorm.bias", StringComparison.Ordinal) ? name[..^"bias".Length] + "beta"
        : null;

    private bool IsLanguage(string name) =>
        !_onlyLanguage || name.StartsWith(_form.To.Length > 0 ? _form.To : "model.layers.", StringComparison.Ordinal) || name.StartsWith("lm_head.", StringComparison.Ordinal)
        || name == NameInFile("token_embd.weight") || name == NameInFile("output_norm.weight");

    private bool IsLeftOver(string name) =>
        Array.Exists(s_derived, end => name.EndsWith(end, StringComparison.Ordinal))
        || _architecture.FolderLeftOvers.Any(start => name.StartsWith(start, StringComparison.Ordinal) || name.StartsWith(_form.To + start, StringComparison.Ordinal));
}
