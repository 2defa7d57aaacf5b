namespace Akka.Actor;

/// <summary>The handlers of one behaviour, in order of declaration; which of them a message type concerns is worked out once.</summary>
internal sealed class MessageHandlers
{
    private readonly List<(Type Type, Func<object, bool> Handler)> _declared = [];
    private readonly Dictionary<Type, Func<object, bool>[]> _byMessageType = [];
    private Type _lastType;
    private Func<object, bool>[] _lastHandlers;
    private bool _complete;

    public void Add(Type type, Func<object, bool> handler)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(handler);
        if (_complete)
            throw new InvalidOperationException("A handler for all messages was declared; no further handler can be reached");
        _declared.Add((type, handler));
        if (type == typeof(object))
            _byMessageType.Clear();
    }

    public void AddAny(Func<object, bool> handler)
    {
        Add(typeof(object), handler);
        _complete = true;
    }

    public bool Handle(object message)
    {
        Type type = message.GetType();
        if (type != _lastType)
        {
            if (!_byMessageType.TryGetValue(type, out _lastHandlers))
            {
                _lastHandlers = [.. _declared.Where(declared => declared.Type.IsAssignableFrom(type)).Select(declared => declared.Handler)];
                _byMessageType.Add(type, _lastHandlers);
            }

            _lastType = type;
        }

        // A handler may change the behaviour, never this array.
        foreach (Func<object, bool> handler in _lastHandlers)
        {
            if (handler(message))
                return true;
        }

        return false;
    }
}
