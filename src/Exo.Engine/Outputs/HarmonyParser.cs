using System.Text;

namespace Exo.Engine.Outputs;

/// <summary>
/// Harmony, the messages of gpt-oss: a header of role, channel and recipient, then a body. analysis is reasoning, a message to functions.NAME a
/// call, everything else content. Bodies are kept to the last character.
/// </summary>
internal sealed class HarmonyParser : OutputParser
{
    private const string Start = "<|start|>";
    private const string Channel = "<|channel|>";
    private const string Message = "<|message|>";
    private const string To = "to=";
    private const int ShortHeader = 64;

    private static readonly string[] s_heads = [Start, Channel];
    private static readonly string[] s_bodies = [Message];
    private static readonly string[] s_ends = ["<|end|>", "<|return|>", "<|call|>", Start];
    private static readonly CallPattern s_arguments = CallPatterns.Sequence(CallPatterns.Space, CallPatterns.Json, CallPatterns.Space);

    private readonly OfferedTools _tools;
    private readonly PendingText _pending = new();
    private readonly StringBuilder _header = new();
    private List<OutputPart> _parts = [];
    private State _state = State.Outside;
    private CallCursor? _call;
    private IEnumerator<bool>? _reading;
    private bool _reasoned;
    private bool _literal;
    private bool _plain;
    private bool _announces;
    private bool _begins;

    public HarmonyParser(OfferedTools tools, bool reasoningOpen)
    {
        _tools = tools;
        _state = reasoningOpen ? State.Reasoning : State.Outside;
        _announces = reasoningOpen;
        _begins = !reasoningOpen;
    }

    private enum State
    {
        Outside,
        Header,
        Content,
        Reasoning,
        Call,
    }

    public override void Push(ReadOnlySpan<char> text, List<OutputPart> parts)
    {
        _pending.Append(text);
        Run(parts, final: false);
    }

    public override void Finish(List<OutputPart> parts)
    {
        Run(parts, final: true);

        // A header alone says nothing, unless it was to become a call or is none at all.
        if (_state == State.Header && (_header.Length > ShortHeader || Recipient() is not null))
        {
            _parts.Add(new OutputPart.Content(_header.ToString()));
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

        while (_state switch
        {
            State.Outside => Outside(final),
            State.Header => Text(s_bodies, final),
            State.Call => Arguments(final),
            _ => Text(s_ends, final),
        })
        {
        }
    }

    /// <summary>The prompt ends within the header of the first message, so that an output may begin with the recipient.</summary>
    private bool Outside(bool final)
    {
        if (_begins)
        {
            ReadOnlySpan<char> text = Spaces.TrimStart(_pending.Span);
            if (!final && text.Length < To.Length && To.AsSpan().StartsWith(text, StringComparison.Ordinal))
            {
                return false;
            }

            _begins = false;
            if (text.StartsWith(To, StringComparison.Ordinal))
            {
                _state = State.Header;
                return true;
            }
        }

        return Text(s_heads, final);
    }

    /// <summary>Goes through text up to one of the markers; false when the text is used up.</summary>
    private bool Text(string[] markers, bool final)
    {
        ReadOnlySpan<char> text = _pending.Span;
        int marker = -1;
        int at = 0;
        for (; at < text.Length; at++)
        {
            if (text[at] == '<' && ((marker = Find(text[at..], markers)) >= 0 || (!final && IsBeginning(text[at..], markers))))
            {
                break;
            }
        }

        Tell(text[..at].ToString());
        _pending.Consume(at);
        if (marker < 0)
        {
            return false;
        }

        _pending.Consume(markers[marker].Length);
        Enter(markers[marker]);
        return true;
    }

    private static int Find(ReadOnlySpan<char> rest, string[] markers)
    {
        for (int i = 0; i < markers.Length; i++)
        {
            if (rest.StartsWith(markers[i], StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsBeginning(ReadOnlySpan<char> rest, string[] markers)
    {
        foreach (string marker in markers)
        {
            if (rest.Length < marker.Length && marker.AsSpan().StartsWith(rest, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private void Enter(string marker)
    {
        switch (_state)
        {
            case State.Outside:
                _header.Append(marker);
                _state = State.Header;
                break;
            case State.Header:
                _header.Append(marker);
                EnterBody();
                break;
            default:
                if (_literal && marker != Start)
                {
                    _parts.Add(new OutputPart.Content(marker));
                }

                _header.Clear();
                (_literal, _plain, _state) = (false, false, State.Outside);
                if (marker == Start)
                {
                    _header.Append(Start);
                    _state = State.Header;
                }

                break;
        }
    }

    private void EnterBody()
    {
        if (Recipient() is not null)
        {
            _call = new CallCursor(_pending, 0, _tools);
            _reading = s_arguments(_call).GetEnumerator();
            _state = State.Call;
            return;
        }

        bool reasoning = _header.ToString().Contains(Channel + "analysis", StringComparison.Ordinal);
        _state = reasoning ? State.Reasoning : State.Content;
        if (reasoning)
        {
            _parts.Add(new OutputPart.Reasoning(_reasoned ? "\n" : ""));
        }
    }

    /// <summary>Whom the header's message is for; null where it names nobody.</summary>
    private string? Recipient()
    {
        string header = _header.ToString();
        int at = header.IndexOf(To, StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        string name = header[(at + To.Length)..].Split(' ', '<', '\n')[0];
        return name.StartsWith("functions.", StringComparison.Ordinal) ? name["functions.".Length..] : name;
    }

    /// <summary>Goes on with a call's arguments; false when it needs more text.</summary>
    private bool Arguments(bool final)
    {
        CallCursor call = _call!;
        call.IsFinal = final;
        if (_reading!.MoveNext() && !final)
        {
            return false;
        }

        _reading.Dispose();
        _state = State.Content;
        if (!call.Failed && call.Json.StartsWith('{') && EndsMessage(call, final, out bool undecided))
        {
            if (undecided)
            {
                // The arguments are read already; only the marker behind them is not here in full.
                _state = State.Call;
                _reading = CallPatterns.Space(call).GetEnumerator();
                return false;
            }

            _parts.Add(new OutputPart.Call(Recipient()!, call.Json));
            _pending.Consume(call.At);
            return true;
        }

        _literal = true;
        _parts.Add(new OutputPart.Content(_header.ToString()));
        return true;
    }

    private static bool EndsMessage(CallCursor call, bool final, out bool undecided)
    {
        ReadOnlySpan<char> rest = call.Text[call.At..];
        undecided = false;
        if (Find(rest, s_ends) >= 0)
        {
            return true;
        }

        // The marker is a token that stops the model, so that its text often never comes.
        undecided = !final && (rest.IsEmpty || IsBeginning(rest, s_ends));
        return undecided || rest.IsEmpty;
    }

    private void Tell(string text)
    {
        switch (_state)
        {
            case State.Header:
                _header.Append(text);
                break;
            case State.Reasoning when text.Length > 0:
                _reasoned = true;
                _parts.Add(new OutputPart.Reasoning(text));
                break;
            case State.Content when text.Length > 0:
                _parts.Add(new OutputPart.Content(text));
                break;
            case State.Outside:
                // Text without a message is content, white space between messages is nothing.
                text = _plain ? text : Spaces.TrimStart(text).ToString();
                _plain |= text.Length > 0;
                if (text.Length > 0)
                {
                    _parts.Add(new OutputPart.Content(text));
                }

                break;
        }
    }
}
