namespace Exo.Actors.Models;

/// <summary>Models that another program has on this device, found by its own names.</summary>
internal interface IForeignModels
{
    /// <summary>What names begin with: "ollama:".</summary>
    string Prefix { get; }

    /// <summary>What to do when a name is not there.</summary>
    string Remedy { get; }

    /// <summary>All names, with the prefix.</summary>
    IEnumerable<string> Names();

    /// <summary>The file or folder of a name without the prefix; null when there is none.</summary>
    /// <exception cref="Exo.Engine.Formats.ModelFileException">It is there and cannot be used, or means several.</exception>
    string? Find(string name);
}
