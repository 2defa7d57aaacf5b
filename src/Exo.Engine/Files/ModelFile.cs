using System.Collections.Immutable;
using Exo.Engine.Formats;
using Exo.Engine.Gguf;
using Exo.Engine.Models;

namespace Exo.Engine.Files;

/// <summary>
/// An opened model: a GGUF file, or a folder with config.json and safetensors files. Everything in it was checked before use; the
/// tensors themselves are mapped, not read. Thread-safe for reading.
/// </summary>
public abstract class ModelFile : IDisposable
{
    private protected ModelFile()
    {
    }

    /// <summary>Absolute path of the file or folder.</summary>
    public abstract string Path { get; }

    /// <summary>16 hex digits, equal for equal files on two devices: a hash of header, tensor table and lengths.</summary>
    public abstract string Fingerprint { get; }

    /// <summary>What the model is.</summary>
    public abstract ModelSpec Spec { get; }

    /// <summary>What its units cost.</summary>
    public abstract ModelFootprint Footprint { get; }

    /// <summary>The metadata of a GGUF file; null for a folder.</summary>
    public virtual GgufMetadata? Metadata => null;

    /// <summary>The folder of a model in the Hugging Face form; null for a GGUF file.</summary>
    public virtual string? Folder => null;

    /// <summary>What is odd about the file but does not keep it from being used; each a sentence that names the field.</summary>
    public virtual ImmutableArray<string> Warnings => [];

    /// <summary>How the tensors that the architecture uses are stored, the most bytes first.</summary>
    public ImmutableArray<StoredAs> Storage() =>
    [
        .. Architecture.Needs(Spec).Select(need => Tensors.Find(need.Name)).OfType<StoredTensor>()
            .GroupBy(tensor => tensor.Storage)
            .Select(group => new StoredAs(group.Key, group.Count(), group.Sum(tensor => tensor.Shape.Aggregate(1L, (product, n) => product * n)), group.Sum(tensor => tensor.Bytes)))
            .OrderByDescending(stored => stored.Bytes),
    ];

    /// <summary>Opens a GGUF file or a folder.</summary>
    /// <param name="path">Absolute, or relative to the current folder.</param>
    /// <exception cref="ModelFileException">It cannot be used; the message names file, field and remedy.</exception>
    public static ModelFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = System.IO.Path.GetFullPath(path);
        return Directory.Exists(full)
            ? new FolderModelFile(full)
            : new GgufModelFile(full);
    }

    /// <summary>Unmaps the file. Loaded slices do not need it.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    internal abstract ModelArchitecture Architecture { get; }

    internal abstract ModelTensors Tensors { get; }

    /// <summary>Frees what the derived class holds.</summary>
    /// <param name="disposing">True from Dispose.</param>
    protected abstract void Dispose(bool disposing);
}
