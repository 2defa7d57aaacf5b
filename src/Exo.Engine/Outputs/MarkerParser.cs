using System.Text;

namespace Exo.Engine.Outputs;

/// <summary>Text in which markers open reasoning and calls: all formats but one.</summary>
internal sealed class MarkerParser : OutputParser
{
    private readonly MarkerSet _set;
    private readonly OfferedTools _tools;
    private readonly PendingText _pending = new();
    private readonly StringBuilder _space = new();
    private readonly string[] _textMarkers;
    private readonly string[] _reasoningMarkers;
    private List<OutputPart> _parts = [];
    private CallCursor? _call;
    private IEnumerator<bool>? _reading;
    private int _opener;
    private bool _reasoning;
    private bool _reasoned;
    private bool _skipsSpace;
    private bool _started;
    private bool _announces;
    private bool _begins;

    public MarkerParser(MarkerSet set, OfferedTools tools, bool reasoningOpen)
    {
        _set = set;
        _tools = tools;
        _textMarkers = [set.Reasoning.Open, .. set.Removed, .. set.Calls.Select(call => call.Marker)];
        _reasoningMarkers = [set.Reasoning.Close, .. set.CallsEndReasoning ? set.Calls.Select(call => call.Marker) : []];
        _reasoning = reasoningOpen;
        _skipsSpace = reasoningOpen;
        _announces = reasoningOpen;
        _begins = set.Start is not null && !reasoningOpen;
    }

    public override void Push(ReadOnlySpan<char> text, List<OutputPart> parts)
    {
        _pending.Append(text);
        Run(parts, final: false);
    }

    public override void Finish(List<OutputPart> parts)
    {
        Run(parts, final: true);
        if (!_skipsSpace && _space.Length > 0)
        {
            Tell(_space.ToString());
        }
    }

    private void Run(List<OutputPart> parts, bool final)
    {
        _parts = parts;
        if (_announces)
        {
            _announces = false;
            _parts.Add(new OutputPart.Reasoning(""));
        }

        while (_reading is null ? Scan(final) : Read(final))
        {
        }
    }

    /// <summary>Goes through text up to the next marker; false when the text is used up.</summary>
    private bool Scan(bool final)
    {
        if (_begins && _pending.Length > 0)
        {
            _begins = false;
            Begin(0, _set.Start!);
            return true;
        }

        ReadOnlySpan<char> text = _pending.Span;
        string[] markers = _reasoning ? _reasoningMarkers : _textMarkers;
        for (int i = 0; i < text.Length; i++)
        {
            if (IsBare(text, i))
            {
                Give(text[..i]);
                _pending.Consume(i);
                Begin(0, _set.Bare!);
                return true;
            }

            int marker = Find(text, i, markers, final, out bool undecided);
            if (undecided)
            {
                Give(text[..i]);
                _pending.Consume(i);
                return false;
            }

            if (marker >= 0)
            {
                Give(text[..i]);
                _pending.Consume(i);
                Enter(marker, markers[marker].Length);
                return true;
            }
        }

        Give(text);
        _pending.Consume(text.Length);
        return false;
    }

    private bool IsBare(ReadOnlySpan<char> text, int i) =>
        !_reasoning && _set.Bare is not null && text[i] == '{' && !HasStarted(text[..i]);

    private bool HasStarted(ReadOnlySpan<char> before) => _started || Spaces.TrimStart(before).Length > 0;

    /// <summary>The marker at a place; -1 for none.</summary>
    private int Find(ReadOnlySpan<char> text, int i, string[] markers, bool final, out bool undecided)
    {
        undecided = false;
        for (int m = 0; m < markers.Length; m++)
        {
            string marker = markers[m];
            if (marker[0] != text[i] || (!_reasoning && m == 0 && !_set.ReasoningAnywhere && HasStarted(text[..i])))
            {
                continue;
            }

            ReadOnlySpan<char> rest = text[i..];
            if (rest.StartsWith(marker, StringComparison.Ordinal))
            {
                // One that comes first in the list, and that this one begins, may still be on its way.
                return undecided ? -1 : m;
            }

            undecided |= !final && rest.Length < marker.Length && marker.AsSpan().StartsWith(rest, StringComparison.Ordinal);
        }

        return -1;
    }

    private void Enter(int marker, int length)
    {
        int call = marker - 1 - (_reasoning ? 0 : _set.Removed.Length);
        if (call >= 0)
        {
            Begin(length, _set.Calls[call].Then);
            return;
        }

        _pending.Consume(length);
        _space.Clear();
        _skipsSpace = true;
        if (_reasoning)
        {
            _reasoning = false;
        }
        else if (marker == 0)
        {
            _reasoning = true;
            _parts.Add(new OutputPart.Reasoning(_reasoned ? "\n" : ""));
        }
    }

    private void Begin(int opener, CallPattern pattern)
    {
        _opener = opener;
        _call = new CallCursor(_pending, opener, _tools);
        _reading = pattern(_call).GetEnumerator();
    }

    /// <summary>Goes on with a call; false when it needs more text.</summary>
    private bool Read(bool final)
    {
        CallCursor call = _call!;
        call.IsFinal = final;
        bool waits = _reading!.MoveNext();
        foreach (OutputPart.Call made in call.Take())
        {
            _space.Clear();
            _reasoning = false;
            _parts.Add(made);
        }

        if (waits && !final)
        {
            return false;
        }

        _reading.Dispose();
        _reading = null;
        bool failed = waits || call.Failed;
        if (failed && call.Committed == 0)
        {
            // Behind a marker that opened nothing there may be one that does; at the end of the output there is only text.
            int text = final ? _pending.Length : Math.Max(1, _opener);
            Give(_pending.Span[..text]);
            _pending.Consume(text);
            _started |= !_reasoning;
            return true;
        }

        _pending.Consume(failed ? call.Committed : call.At);
        _skipsSpace = true;
        _started = false;
        if (failed && final)
        {
            Give(_pending.Span);
            _pending.Consume(_pending.Length);
        }

        return true;
    }

    /// <summary>Text between markers. White space is held back until it is certain that no marker follows.</summary>
    private void Give(ReadOnlySpan<char> text)
    {
        if (_skipsSpace)
        {
            text = Spaces.TrimStart(text);
            if (text.IsEmpty)
            {
                return;
            }

            _skipsSpace = false;
        }

        int end = Spaces.TrimEnd(text).Length;
        if (end > 0)
        {
            Tell(string.Concat(_space.ToString(), text[..end]));
            _space.Clear();
        }

        _space.Append(text[end..]);
    }

    private void Tell(string text)
    {
        if (_reasoning)
        {
            _reasoned = true;
            _parts.Add(new OutputPart.Reasoning(text));
        }
        else
        {
            _started = true;
            _parts.Add(new OutputPart.Content(text));
        }
    }
}
