using System.Collections.Concurrent;
using Exo.Engine.Files;
using Exo.Engine.Formats;

namespace Exo.Actors.Models;

/// <summary>
/// Finds a model's file by name or path: the built-in <c>exo-demo</c> beside the program, a path (a GGUF file or a Hugging Face
/// folder), a file of that name in the models folder of the home, or what Ollama or LM Studio has of it (<c>ollama:llama3.2</c>,
/// <c>lmstudio:publisher/repository</c>). Thread-safe. Opened files stay open: they are mapped, and
/// the gateway and the shards share them.
/// </summary>
public sealed class ModelStore : IDisposable
{
    /// <summary>The model that ships with Exo.</summary>
    public const string BuiltIn = "exo-demo";

    private readonly IReadOnlyList<IForeignModels> _foreign;
    private readonly ConcurrentDictionary<string, string> _paths = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<ModelFile>> _open = new(StringComparer.Ordinal);
    private static readonly string[] s_prefixes = [.. new ForeignFolders([], []).Open().Select(program => program.Prefix)];

    private readonly Lock _gate = new();
    private int _readers;
    private bool _closing;

    /// <summary>A store over two folders.</summary>
    /// <param name="homeFolder">The home; its <c>models</c> folder may be absent.</param>
    /// <param name="programFolder">Where the program lies, with a <c>models</c> folder for the built-in model; null = beside this assembly.</param>
    /// <param name="foreign">Where other programs keep models; null = where they do for this user.</param>
    public ModelStore(string homeFolder, string? programFolder = null, ForeignFolders? foreign = null)
    {
        _foreign = (foreign ?? ForeignFolders.OfUser()).Open();
        ModelsFolder = Path.Combine(homeFolder, "models");
        BuiltInFolder = Path.Combine(programFolder ?? AppContext.BaseDirectory, "models");
    }

    /// <summary>Where the user puts models; may be absent.</summary>
    public string ModelsFolder { get; }

    /// <summary>Where the models lie that ship with the program.</summary>
    public string BuiltInFolder { get; }

    /// <summary>The name that a model has in the cluster: a path's last part without <c>.gguf</c>, anything else as it is.</summary>
    /// <param name="nameOrPath">A name or a path.</param>
    public static string NameOf(string nameOrPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrPath);
        string name = LooksLikePath(nameOrPath) ? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(nameOrPath))) : nameOrPath;
        return name.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) ? name[..^5] : name;
    }

    /// <summary>Opens a model, or gives the one that is open.</summary>
    /// <param name="nameOrPath">A name or a path.</param>
    /// <exception cref="ModelFileException">There is no such file, or it is no model; the message names the remedy.</exception>
    public ModelFile Open(string nameOrPath)
    {
        string path = Find(nameOrPath) ?? throw new ModelFileException(Missing(nameOrPath));
        Lazy<ModelFile> file = _open.GetOrAdd(path, key => new Lazy<ModelFile>(() => ModelFile.Open(key)));
        try
        {
            ModelFile opened = file.Value;
            _paths.TryAdd(NameOf(nameOrPath), path);
            return opened;
        }
        catch (ModelFileException)
        {
            // A file that was broken may be whole at the next try.
            _open.TryRemove(new KeyValuePair<string, Lazy<ModelFile>>(path, file));
            throw;
        }
    }

    /// <summary>Opens the very model that another device means.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="fingerprint">Its fingerprint.</param>
    /// <exception cref="ModelFileException">It is not here, or another file has its name.</exception>
    public ModelFile Open(string name, string fingerprint)
    {
        ModelFile file = Open(name);
        return file.Fingerprint == fingerprint
            ? file
            : throw new ModelFileException($"{file.Path} is another file than the {name} of the ring (fingerprint {file.Fingerprint}, not {fingerprint}): copy the ring's file to {ModelsFolder}.");
    }

    /// <summary>
    /// Reads from the very model that another device means. The file stays mapped until the reader is done, even when the store is
    /// disposed meanwhile: a device that is told to end while it loads must not read memory that is gone.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="fingerprint">Its fingerprint.</param>
    /// <param name="read">Reads; keeps nothing of the file.</param>
    /// <exception cref="ModelFileException">It is not here, another file has its name, or the device is shutting down.</exception>
    internal T Read<T>(string name, string fingerprint, Func<ModelFile, T> read)
    {
        lock (_gate)
        {
            if (_closing)
            {
                throw new ModelFileException($"{name} is not opened any more: the device is shutting down.");
            }

            _readers++;
        }

        try
        {
            return read(Open(name, fingerprint));
        }
        finally
        {
            bool last;
            lock (_gate)
            {
                last = --_readers == 0 && _closing;
            }

            if (last)
            {
                Close();
            }
        }
    }

    /// <summary>Takes note of where another device has a model: on the same machine, or a shared folder, the path is good here too.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="path">The other device's path.</param>
    /// <param name="fingerprint">Its fingerprint.</param>
    public void Hint(string name, string path, string fingerprint)
    {
        if (Find(name) is not null || path.Length == 0 || !Path.Exists(path))
        {
            return;
        }

        try
        {
            if (Open(path).Fingerprint == fingerprint)
            {
                _paths.TryAdd(name, path);
            }
        }
        catch (ModelFileException)
        {
            // A hint that leads to no model is no hint; loading says what is missing.
        }
    }

    /// <summary>The names of all models that can be opened by name, sorted.</summary>
    public IReadOnlyList<string> List()
    {
        SortedSet<string> names = new(_paths.Keys, StringComparer.Ordinal);
        names.UnionWith(new[] { BuiltInFolder, ModelsFolder }.SelectMany(ModelsIn).Select(NameOf));

        foreach (IForeignModels program in _foreign)
        {
            names.UnionWith(program.Names());
        }

        return [.. names];
    }

    /// <summary>The paths of the GGUF files and Hugging Face folders right below a folder, whether or not they can be opened; none where it is absent.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static IEnumerable<string> ModelsIn(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*.gguf").Concat(Directory.EnumerateDirectories(folder).Where(inner => File.Exists(Path.Combine(inner, "config.json")))).Order(StringComparer.Ordinal)
        : [];

    /// <summary>Whether a name is one of another program's models: it has its prefix, and is no path whatever else it holds.</summary>
    /// <param name="name">A name or a path.</param>
    public static bool IsForeign(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return s_prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Closes all files, at once or after the last <see cref="Read{T}"/> under way.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_closing)
            {
                return;
            }

            _closing = true;
            if (_readers > 0)
            {
                return;
            }
        }

        Close();
    }

    private void Close()
    {
        foreach (Lazy<ModelFile> file in _open.Values.Where(file => file.IsValueCreated))
        {
            file.Value.Dispose();
        }

        _open.Clear();
    }

    private static bool LooksLikePath(string text) => !IsForeign(text) && IsPath(text);

    private static bool IsPath(string text) =>
        text.Contains('/') || text.Contains(Path.DirectorySeparatorChar) || text.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) || text is "." or "..";

    private string? Find(string nameOrPath)
    {
        if (_paths.TryGetValue(nameOrPath, out string? known))
        {
            return known;
        }

        if (Foreign(nameOrPath) is { } program)
        {
            return program.Find(nameOrPath[program.Prefix.Length..]);
        }

        if (LooksLikePath(nameOrPath))
        {
            string full = Path.GetFullPath(nameOrPath);
            return Path.Exists(full) ? full : null;
        }

        string[] places = [Path.Combine(BuiltInFolder, nameOrPath + ".gguf"), Path.Combine(ModelsFolder, nameOrPath + ".gguf"), Path.Combine(ModelsFolder, nameOrPath)];
        return places.FirstOrDefault(Path.Exists);
    }

    private IForeignModels? Foreign(string name) => _foreign.FirstOrDefault(program => name.StartsWith(program.Prefix, StringComparison.OrdinalIgnoreCase));

    private string Missing(string nameOrPath)
    {
        if (Foreign(nameOrPath) is { } program)
        {
            string[] there = [.. program.Names().Take(20)];
            return $"There is no model {nameOrPath} here: {(there.Length > 0 ? "there are " + string.Join(", ", there) + "; " : "")}{program.Remedy}.";
        }

        string usable = string.Join(", ", List());
        return LooksLikePath(nameOrPath)
            ? $"There is no file or folder {Path.GetFullPath(nameOrPath)}: give the path of a GGUF file or of a folder with config.json and *.safetensors, or a name ({usable})."
            : $"There is no model {nameOrPath} here: usable are {usable}; put {nameOrPath}.gguf into {ModelsFolder}, or give a path.";
    }
}
