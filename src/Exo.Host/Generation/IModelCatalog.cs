namespace Exo.Host.Generation;

/// <summary>The models that this device can answer with, by name.</summary>
internal interface IModelCatalog
{
    /// <summary>Names of all usable models, loaded or not, sorted.</summary>
    ValueTask<IReadOnlyList<ModelListing>> ListAsync(CancellationToken ct);

    /// <summary>The text side of a listed model; opened once, then kept.</summary>
    /// <exception cref="Exo.Engine.Formats.ModelFileException">The file cannot be read; the message names the remedy.</exception>
    ValueTask<IModelText> OpenAsync(string name, CancellationToken ct);
}
