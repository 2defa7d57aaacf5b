namespace Akka.Configuration.Hocon;

internal static class HoconMerge
{
    /// <summary>The value seen when <paramref name="top"/> lies over <paramref name="bottom"/>; neither is changed.</summary>
    public static HoconValue Values(HoconValue top, HoconValue bottom)
    {
        if (!top.IsObject() || !bottom.IsObject())
            return top;
        HoconValue merged = new();
        merged.NewValue(Objects(top.GetObject(), bottom.GetObject()));
        return merged;
    }

    public static HoconObject Objects(HoconObject top, HoconObject bottom)
    {
        HoconObject merged = new();
        foreach ((string key, HoconValue value) in bottom.Items)
            merged.Items.Add(key, value);
        merged.Merge(top);
        return merged;
    }
}
