namespace Akka.Configuration.Hocon;

/// <summary>Resolves <c>${path}</c> within one text and refuses circles, which would otherwise never end.</summary>
internal sealed class SubstitutionResolver
{
    private readonly HashSet<HoconValue> _open = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<HoconValue> _done = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<HoconSubstitution> _resolving = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<HoconSubstitution> _resolved = new(ReferenceEqualityComparer.Instance);
    private readonly HoconValue _root;

    private SubstitutionResolver(HoconValue root) => _root = root;

    public static void Resolve(HoconValue root, List<HoconSubstitution> substitutions)
    {
        if (substitutions.Count == 0)
            return;
        SubstitutionResolver resolver = new(root);
        foreach (HoconSubstitution substitution in substitutions)
            resolver.Resolve(substitution);
        resolver.RefuseCircles(root, default);
    }

    private void Resolve(HoconSubstitution substitution)
    {
        if (_resolved.Contains(substitution))
            return;
        if (!_resolving.Add(substitution))
            throw Circle(substitution);
        HoconValue value = _root;
        foreach (string element in HoconPath.Split(substitution.Path))
        {
            // The way may lead through other substitutions; those come first.
            foreach (IHoconElement layer in value.Values)
            {
                if (layer is HoconSubstitution other)
                    Resolve(other);
            }

            value = value.GetChildObject(element);
            if (value is null)
                break;
        }

        if (value is null && !substitution.IsOptional)
            throw new FormatException($"Unresolved substitution: {substitution.Path} ({substitution.Position})");
        substitution.ResolvedValue = value;
        _resolving.Remove(substitution);
        _resolved.Add(substitution);
    }

    private void RefuseCircles(HoconValue value, HoconSubstitution via)
    {
        if (_done.Contains(value))
            return;
        if (!_open.Add(value))
            throw Circle(via);
        foreach (IHoconElement element in value.Values)
        {
            switch (element)
            {
                case HoconObject members:
                    foreach (HoconValue member in members.Items.Values)
                        RefuseCircles(member, via);
                    break;
                case HoconArray items:
                    foreach (HoconValue item in items)
                        RefuseCircles(item, via);
                    break;
                case HoconSubstitution { ResolvedValue: not null } substitution:
                    RefuseCircles(substitution.ResolvedValue, substitution);
                    break;
            }
        }

        _open.Remove(value);
        _done.Add(value);
    }

    private static ConfigurationException Circle(HoconSubstitution substitution)
        => HoconText.Error($"The substitution ${{{substitution.Path}}} refers to itself", substitution.Position);
}
