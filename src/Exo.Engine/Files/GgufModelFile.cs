using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Exo.Engine.Architectures;
using Exo.Engine.Gguf;
using Exo.Engine.Models;

namespace Exo.Engine.Files;

/// <summary>A model in one GGUF file, or in the parts of a split one.</summary>
internal sealed class GgufModelFile : ModelFile
{
    private readonly GgufParts _file;

    public GgufModelFile(string path)
    {
        _file = new GgufParts(path);
        try
        {
            List<string> warnings = [.. _file.Warnings];
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

    private string Hash()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (GgufFile file in _file.Files)
        {
            hash.AppendData(file.HeadData);
            hash.AppendData(BitConverter.GetBytes(file.Length));
        }

        return Convert.ToHexString(hash.GetHashAndReset().AsSpan(0, 8)).ToLower(CultureInfo.InvariantCulture);
    }
}
