using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Exo.Engine.Gguf;
using Exo.Engine.Models;

namespace Exo.Engine.Files;

/// <summary>A model in one GGUF file.</summary>
internal sealed class GgufModelFile : ModelFile
{
    private readonly GgufFile _file;

    public GgufModelFile(string path)
    {
        _file = GgufFile.Open(path);
        try
        {
            List<string> warnings = [.. _file.Warnings];
            RefuseSplit();
            Architecture = ModelRegistry.Of(_file.Metadata);
            Tensors = new GgufTensors(_file);
            Spec = Architecture.Read(_file.Metadata, Tensors);
            Footprint = FootprintBuilder.Build(Architecture, Spec, Tensors, warnings);
            new VocabularyCheck(_file.Metadata, Spec.VocabularySize, warnings).Run();
            Fingerprint = Hash();
            Warnings = [.. warnings];
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public override string Path => _file.Path;

    public override string Fingerprint { get; }

    public override ModelSpec Spec { get; }

    public override ModelFootprint Footprint { get; }

    public override GgufMetadata? Metadata => _file.Metadata;

    public override ImmutableArray<string> Warnings { get; }

    internal override ModelArchitecture Architecture { get; }

    internal override ModelTensors Tensors { get; }

    protected override void Dispose(bool disposing) => _file.Dispose();

    private void RefuseSplit()
    {
        if (_file.Metadata.GetInt("split.count") is > 1 and int parts)
        {
            throw _file.Metadata.Refuse("split.count", $"is {parts}: this is one part of a split model. Merge the parts into one file with \"gguf-split --merge\".");
        }
    }

    private string Hash()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(_file.HeadData);
        hash.AppendData(BitConverter.GetBytes(_file.Length));
        return Convert.ToHexString(hash.GetHashAndReset().AsSpan(0, 8)).ToLower(CultureInfo.InvariantCulture);
    }
}
