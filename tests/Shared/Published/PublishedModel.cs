#nullable enable

namespace Exo.Testing.Published;

/// <summary>How a family publishes one of the tiny reference models: what converters to GGUF change, undone, and config.json as the family writes it.</summary>
/// <param name="Name">Of the test: that of the GGUF file, or with more behind it.</param>
/// <param name="Gguf">Name of the reference model.</param>
/// <param name="Config">config.json</param>
/// <param name="Fill">Puts the tensors.</param>
internal sealed record PublishedModel(string Name, string Gguf, string Config, Action<PublishedFolder> Fill)
{
    /// <summary>Whether the arithmetic is that of the GGUF file, so that every bit is. It is another where queries and keys lie in another order.</summary>
    public bool SameBits { get; init; }

    /// <summary>Whether the arithmetic is another one by the model's own definition, so that the reference's numbers do not hold.</summary>
    public bool OtherNumbers { get; init; }

    /// <summary>Largest accepted normalised mean square error.</summary>
    public double Limit { get; init; } = 1e-9;

    /// <summary>A file of tests/data/models with the logits by the model's own definition, where that is not what readers of GGUF files compute; null: the reference's.</summary>
    public string? Logits { get; init; }

    /// <summary>What is expected to be odd about the folder; each a part of a sentence.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Texts beside config.json, by their names.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>Files that the tensors are spread over, by an index where there are several.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>What becomes of the matrices.</summary>
    public PublishedPacking Packing { get; init; }

    public override string ToString() => Name;
}
