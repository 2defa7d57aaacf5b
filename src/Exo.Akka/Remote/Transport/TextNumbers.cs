using System.Runtime.InteropServices;
using Akka.Actor;

namespace Akka.Remote.Transport;

/// <summary>Numbers the paths and manifests of one outgoing connection: after the first time a path costs one to three bytes.</summary>
internal sealed class TextNumbers
{
    public const int Capacity = 4096;

    private const uint None = 0;
    private const uint Literal = 1;
    private const uint Definition = 2;
    private const uint FirstNumber = 3;

    private readonly Dictionary<object, uint> _refs = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, uint> _texts = [];

    public bool IsFull => _refs.Count + _texts.Count >= Capacity - 4;

    public void Clear()
    {
        _refs.Clear();
        _texts.Clear();
    }

    public void WriteRef(FrameBuffer buffer, IActorRef actor, Address local)
    {
        if (actor is null)
        {
            buffer.WriteVarint(None);
            return;
        }

        ref uint number = ref CollectionsMarshal.GetValueRefOrAddDefault(_refs, actor, out bool isKnown);
        if (isKnown)
        {
            buffer.WriteVarint(FirstNumber + number);
            return;
        }

        string path = actor.Path.ToSerializationFormatWithAddress(local);

        // The refs of asks live for one answer: a number would outlive them.
        if (actor is not RemoteActorRef && actor.Path.Depth == 2 && actor.Path.Parent.Name == "temp")
        {
            _refs.Remove(actor);
            buffer.WriteVarint(Literal);
            buffer.WriteText(path);
            return;
        }

        number = (uint)(_refs.Count + _texts.Count - 1);
        Define(buffer, number, path);
    }

    public void WriteManifest(FrameBuffer buffer, string manifest)
    {
        if (string.IsNullOrEmpty(manifest))
        {
            buffer.WriteVarint(None);
            return;
        }

        ref uint number = ref CollectionsMarshal.GetValueRefOrAddDefault(_texts, manifest, out bool isKnown);
        if (isKnown)
        {
            buffer.WriteVarint(FirstNumber + number);
            return;
        }

        number = (uint)(_refs.Count + _texts.Count - 1);
        Define(buffer, number, manifest);
    }

    private static void Define(FrameBuffer buffer, uint number, string text)
    {
        buffer.WriteVarint(Definition);
        buffer.WriteVarint(number);
        buffer.WriteText(text);
    }

    /// <summary>The receiving end of the numbers.</summary>
    internal sealed class Reader
    {
        /// <summary>Letters that one connection may have numbered at a time.</summary>
        private const int MaxLetters = 4 << 20;

        private Entry[] _entries = new Entry[64];
        private int _letters;

        public void Clear()
        {
            Array.Clear(_entries);
            _letters = 0;
        }

        public Entry Read(ref FrameCursor cursor)
        {
            uint code = cursor.ReadVarint();
            switch (code)
            {
                case None:
                    return null;
                case Literal:
                    return new Entry(cursor.ReadText());
                case Definition:
                    uint number = cursor.ReadVarint();
                    if (number >= Capacity)
                        throw new InvalidDataException($"A text has the number {number}; at most {Capacity} are agreed");
                    if (number >= _entries.Length)
                        Array.Resize(ref _entries, Math.Min(Capacity, (int)number * 2));
                    string text = cursor.ReadText();
                    _letters += text.Length - (_entries[number]?.Text.Length ?? 0);
                    if (_letters > MaxLetters)
                        throw new InvalidDataException($"More than {MaxLetters} letters of paths and manifests at a time");
                    return _entries[number] = new Entry(text);
                default:
                    uint known = code - FirstNumber;
                    return (known < _entries.Length ? _entries[known] : null)
                        ?? throw new InvalidDataException($"A frame names text {known}, which was never sent");
            }
        }
    }

    /// <summary>A path or manifest that came in, with the actor it was last resolved to.</summary>
    internal sealed class Entry(string text)
    {
        public string Text { get; } = text;

        public IInternalActorRef Actor { get; set; }
    }
}
