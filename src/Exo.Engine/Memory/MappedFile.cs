using System.IO.MemoryMappedFiles;
using Exo.Engine.Formats;

namespace Exo.Engine.Memory;

/// <summary>A file mapped for reading. Reading beyond <see cref="Length"/> is the reader's bug; a file cut short by others while mapped is the system's to report.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;

    /// <param name="path">Absolute path of an ordinary file.</param>
    /// <exception cref="ModelFileException">It is missing, a folder, or may not be read.</exception>
    public MappedFile(string path)
    {
        Path = path;
        if (Directory.Exists(path))
        {
            throw new ModelFileException($"{path} is a folder; name the model file in it.");
        }

        if (!File.Exists(path))
        {
            throw new ModelFileException($"{path} does not exist; check the path.");
        }

        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            Length = stream.Length;
            if (Length == 0)
            {
                return; // an empty file cannot be mapped; readers refuse it by its length
            }

            _file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            _view = _file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException($"{path} cannot be read: {e.Message} Check its permissions and the disk.", e);
        }

        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        Start = start + _view.PointerOffset;
    }

    public string Path { get; }

    /// <summary>The first byte; null for an empty file and once disposed.</summary>
    public byte* Start { get; private set; }

    public long Length { get; }

    public void Dispose()
    {
        if (Start == null)
        {
            return;
        }

        Start = null;
        _view!.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file!.Dispose();
    }
}
