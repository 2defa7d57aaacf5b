using System.Globalization;
using System.Text.RegularExpressions;
using Exo.Engine.Formats;

namespace Exo.Engine.Gguf;

/// <summary>
/// A model in one GGUF file, or in parts "name-00001-of-00003.gguf" that its first one counts ("split.count", llama.cpp's gguf-split). Metadata are
/// those of the first part; any part's path will do.
/// </summary>
internal sealed partial class GgufParts : IDisposable
{
    private const string CountKey = "split.count";
    private const string NumberKey = "split.no";
    private const int MostParts = 9999;

    private readonly List<GgufFile> _files = [];
    private readonly Dictionary<string, StoredTensor> _tensors = new(StringComparer.Ordinal);

    /// <param name="path">A file, or any part.</param>
    /// <exception cref="ModelFileException">A part is missing or damaged, or parts contradict each other.</exception>
    public GgufParts(string path)
    {
        try
        {
            GgufFile named = Add(System.IO.Path.GetFullPath(path));
            int count = named.Metadata.GetInt(CountKey, 0, MostParts) ?? 1;
            if (count > 1)
            {
                Complete(named, count);
            }

            Merge();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The parts in their order.</summary>
    public IReadOnlyList<GgufFile> Files => _files;

    /// <summary>The path of the first part.</summary>
    public string Path => _files[0].Path;

    public GgufMetadata Metadata => _files[0].Metadata;

    public IReadOnlyDictionary<string, StoredTensor> Tensors => _tensors;

    public IEnumerable<string> Warnings => _files.SelectMany(file => _files.Count == 1 ? file.Warnings : file.Warnings.Select(warning => $"{System.IO.Path.GetFileName(file.Path)}: {warning}"));

    public void Dispose()
    {
        foreach (GgufFile file in _files)
        {
            file.Dispose();
        }

        _files.Clear();
    }

    [GeneratedRegex("^(.+)-([0-9]{5})-of-([0-9]{5})\\.gguf$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PartName();

    private GgufFile Add(string path)
    {
        GgufFile file = GgufFile.Open(path);
        _files.Add(file);
        return file;
    }

    private void Complete(GgufFile named, int count)
    {
        string folder = System.IO.Path.GetDirectoryName(named.Path) ?? "";
        Match name = PartName().Match(System.IO.Path.GetFileName(named.Path));
        if (!name.Success || int.Parse(name.Groups[3].ValueSpan, CultureInfo.InvariantCulture) != count)
        {
            throw named.Metadata.Refuse(CountKey, $"is {count}: this is one part of a split model, and its name does not end in -00001-of-{count:00000}.gguf. Give the parts their own names again, side by side in one folder.");
        }

        int own = int.Parse(name.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
        _files.Clear();
        for (int number = 1; number <= count; number++)
        {
            string path = System.IO.Path.Combine(folder, $"{name.Groups[1].Value}-{number:00000}-of-{count:00000}.gguf");
            if (number == own)
            {
                _files.Add(named);
            }
            else if (File.Exists(path))
            {
                Add(path);
            }
            else
            {
                // The named part is no longer in the list if it comes later.
                named.Dispose();
                throw new ModelFileException($"{path} does not exist: part {number} of {count} of a split model is missing. Put all parts (split.count is {count}) into one folder.");
            }

            RequirePlace(_files[^1], number - 1, count);
        }
    }

    private static void RequirePlace(GgufFile file, int number, int count)
    {
        int? stated = file.Metadata.GetInt(CountKey, 0, MostParts);
        if (stated != count)
        {
            throw file.Metadata.Refuse(CountKey, $"is {(stated is null ? "missing" : stated)}, and another part says {count}. These are parts of different models: download them again.");
        }

        int? place = file.Metadata.GetInt(NumberKey, 0, MostParts);
        if (place != number)
        {
            throw file.Metadata.Refuse(NumberKey, $"is {(place is null ? "missing" : place)}, and the file's name makes it {number}. Give the parts their own names again.");
        }
    }

    private void Merge()
    {
        foreach (GgufFile file in _files)
        {
            foreach (StoredTensor tensor in file.Tensors.Values)
            {
                if (!_tensors.TryAdd(tensor.Name, tensor))
                {
                    throw new ModelFileException($"{file.Path}: tensor {tensor.Name} is in another part of the split model too. These are parts of different models: download them again.");
                }
            }
        }

        const string TotalKey = "split.tensors.count";
        if (_files.Count > 1 && Metadata.GetInt(TotalKey) is { } total && total != _tensors.Count)
        {
            throw Metadata.Refuse(TotalKey, $"is {total}, and the parts of the split model hold {_tensors.Count} tensors. Download them again.");
        }
    }
}
