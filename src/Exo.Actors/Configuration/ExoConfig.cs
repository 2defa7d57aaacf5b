using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Exo.Actors.Configuration;

/// <summary>The configuration: <c>reference.conf</c> with the user's HOCON laid over it.</summary>
internal static class ExoConfig
{
    private const string Resource = "Exo.reference.conf";

    public static string ReferenceText { get; } = ReadReference();

    public static Config Reference { get; } = ConfigurationFactory.ParseString(ReferenceText);

    /// <summary>Lays texts over the reference.</summary>
    /// <param name="top">HOCON that lies on top.</param>
    /// <param name="below">HOCON under it, over the reference.</param>
    /// <exception cref="ConfigurationException">A text cannot be read.</exception>
    public static Config With(string? top, string? below = null) => Over(top, Over(below, Reference));

    /// <summary>The full names of all values below a root, with the values.</summary>
    internal static IEnumerable<(string Key, HoconValue Value)> Leaves(Config config)
        => config.IsEmpty ? [] : config.AsEnumerable().SelectMany(item => Leaves(Segment(item.Key), item.Value));

    private static Config Over(string? text, Config fallback) => string.IsNullOrWhiteSpace(text) ? fallback : ConfigurationFactory.ParseString(text).WithFallback(fallback);

    private static IEnumerable<(string Key, HoconValue Value)> Leaves(string path, HoconValue value) =>
        value.IsObject() ? value.GetObject().Items.SelectMany(item => Leaves($"{path}.{Segment(item.Key)}", item.Value)) : [(path, value)];

    private static string Segment(string key) => key.All(c => char.IsLetterOrDigit(c) || c is '-' or '_') ? key : $"\"{key}\"";

    private static string ReadReference()
    {
        using Stream stream = typeof(ExoConfig).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is not embedded in {typeof(ExoConfig).Assembly.GetName().Name}.");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
