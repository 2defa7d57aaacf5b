namespace Akka.Event;

/// <summary>What one subscriber hears: a type brings its subtypes and implementers along, and can be taken back for a subtype alone.</summary>
internal sealed class Channels
{
    /// <summary>The last rule whose type covers an event decides; a subscription or its end makes the rules below it void.</summary>
    private readonly List<(Type Type, bool IsOn)> _rules = [];

    public bool IsEmpty => !_rules.Exists(rule => rule.IsOn);

    public bool Cover(Type eventType) => _rules.FindLast(rule => rule.Type.IsAssignableFrom(eventType)).IsOn;

    public bool Add(Type channel)
    {
        bool isNew = !Cover(channel) || _rules.Exists(rule => !rule.IsOn && channel.IsAssignableFrom(rule.Type));
        if (isNew)
            Set(channel, isOn: true);
        return isNew;
    }

    public bool Remove(Type channel)
    {
        bool isHeard = Cover(channel) || _rules.Exists(rule => rule.IsOn && channel.IsAssignableFrom(rule.Type));
        if (isHeard)
            Set(channel, isOn: false);
        return isHeard;
    }

    private void Set(Type channel, bool isOn)
    {
        _rules.RemoveAll(rule => channel.IsAssignableFrom(rule.Type));
        if (isOn || _rules.Count > 0)
            _rules.Add((channel, isOn));
    }
}
