using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Exo.Engine.Architectures;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Files;

/// <summary>A model in a folder with config.json and safetensors files.</summary>
internal sealed class FolderModelFile : ModelFile
{
    private readonly ModelFolder _folder;

    public FolderModelFile(string path)
    {
        _folder = new ModelFolder(path);
        try
        {
            List<string> warnings = [.. _folder.Warnings];
            WarnOfConfig(warnings);
            FolderConfig language = ModelRegistry.LanguageOf(_folder.Config);
            Architecture = ModelRegistry.Of(language);
            FolderTensors tensors = new(_folder, Architecture, language);
            Tensors = tensors;
            Spec = Architecture.Read(language, Tensors);
            if (tensors.LeftOut > 0)
            {
                warnings.Add($"{tensors.LeftOut} tensors belong to other parts of the model, such as vision, and are not read: the language model alone is computed.");
            }

            if (Spec.Pooling != Pooling.None && !FolderPooling.IsSaid(_folder.Path))
            {
                warnings.Add("the folder does not say how a text's vector is made (modules.json, 1_Pooling/config.json): the mean over the tokens is taken.");
            }

            Footprint = FootprintBuilder.Build(Architecture, Spec, Tensors, warnings);
            Fingerprint = Hash();
            Warnings = [.. warnings];
        }
        catch
        {
            _folder.Dispose();
            throw;
        }
    }

    public override string Path => _folder.Path;

    public override string? Folder => _folder.Path;

    public override string Fingerprint { get; }

    public override ModelSpec Spec { get; }

    public override ModelFootprint Footprint { get; }

    public override ImmutableArray<string> Warnings { get; }

    internal override ModelArchitecture Architecture { get; }

    internal override ModelTensors Tensors { get; }

    protected override void Dispose(bool disposing) => _folder.Dispose();

    private void WarnOfConfig(List<string> warnings)
    {
        if (_folder.Config.Contains("auto_map"))
        {
            warnings.Add("config.json: auto_map names code of the model's own, which is not run.");
        }

        foreach (string key in _folder.Config.DuplicateKeys)
        {
            warnings.Add($"config.json: {key} occurs twice; the last one counts.");
        }
    }

    private string Hash()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(File.ReadAllBytes(_folder.Config.Path));
        foreach (SafetensorsFile shard in _folder.Shards.OrderBy(shard => shard.Path, StringComparer.Ordinal))
        {
            hash.AppendData(shard.HeadData);
            hash.AppendData(BitConverter.GetBytes(shard.Length));
        }

        return Convert.ToHexString(hash.GetHashAndReset().AsSpan(0, 8)).ToLower(CultureInfo.InvariantCulture);
    }
}
