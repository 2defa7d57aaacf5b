using System.Buffers.Binary;
using System.Text;
using Exo.Engine.Formats;
using Exo.Engine.Memory;

namespace Exo.Engine.Gguf;

/// <summary>
/// Reads the head of a GGUF file front to back. Every read is checked against the length of the file first; a refusal names
/// the file and what was being read.
/// </summary>
internal sealed unsafe class GgufReader(MappedFile file)
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte* _start = file.Start;

    public long Position { get; private set; }

    public long Remaining => file.Length - Position;

    public uint UInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(4, what));

    public ulong UInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Take(8, what));

    public ReadOnlySpan<byte> Take(long bytes, string what)
    {
        if (bytes < 0 || bytes > Remaining || bytes > int.MaxValue)
        {
            throw Refuse($"truncated: the end of file at byte {file.Length} lies inside {what}. Download or copy the file again.");
        }

        ReadOnlySpan<byte> span = new(_start + Position, (int)bytes);
        Position += bytes;
        return span;
    }

    /// <summary>The bytes of a length-prefixed text.</summary>
    public ReadOnlySpan<byte> Text(string what, long longest)
    {
        ulong length = UInt64($"the length of {what}");
        if (length > (ulong)longest)
        {
            throw Refuse($"{what} has a length of {length} bytes, at most {longest} are possible. The file is damaged: download it again.");
        }

        return (long)length <= Remaining
            ? Take((long)length, what)
            : throw Refuse($"truncated: {what} has a length of {length} bytes, and the end of file comes after {Remaining}. Download or copy the file again.");
    }

    /// <summary>A text that must be UTF-8.</summary>
    public string Name(string what, long longest)
    {
        ReadOnlySpan<byte> bytes = Text(what, longest);
        try
        {
            return s_strict.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new ModelFileException($"{file.Path}: {what} is not UTF-8. The file is damaged: download it again.", e);
        }
    }

    public ModelFileException Refuse(string reason) => new($"{file.Path}: {reason}");
}
