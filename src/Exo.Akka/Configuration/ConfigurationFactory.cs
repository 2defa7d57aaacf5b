using System.Reflection;
using System.Text.Json;
using Akka.Configuration.Hocon;

namespace Akka.Configuration;

public class ConfigurationFactory
{
    /// <summary>Name of the embedded file with the defaults of the local actor system.</summary>
    private const string ReferenceResource = "Akka.conf";

    public static Config Empty => Config.Empty;

    public static Config ParseString(string hocon) => ParseString(hocon, null);

    public static Config ParseString(string hocon, Func<string, HoconRoot> includeCallback)
        => new(Parser.Parse(hocon, includeCallback));

    /// <summary>There is no app.config in a modern .NET process: the real library also returns an empty configuration then.</summary>
    public static Config Load() => Config.Empty;

    public static Config Default() => FromResource(ReferenceResource, typeof(ConfigurationFactory).Assembly);

    public static Config FromResource(string resourceName, object instanceInAssembly)
    {
        if (instanceInAssembly is Type type)
            return FromResource(resourceName, type.Assembly);
        if (instanceInAssembly is Assembly assembly)
            return FromResource(resourceName, assembly);
        return FromResource(resourceName, instanceInAssembly.GetType().Assembly);
    }

    public static Config FromResource<TAssembly>(string resourceName)
        => FromResource(resourceName, typeof(TAssembly).Assembly);

    public static Config FromResource(string resourceName, Assembly assembly)
    {
        using Stream stream = assembly.GetManifestResourceStream(resourceName)
            ?? throw new ConfigurationException(
                $"{assembly.GetName().Name} has no embedded resource '{resourceName}'; it has: {string.Join(", ", assembly.GetManifestResourceNames())}");
        using StreamReader reader = new(stream);
        return ParseString(reader.ReadToEnd());
    }

    public static Config FromObject(object source) => ParseString(JsonSerializer.Serialize(source));
}
