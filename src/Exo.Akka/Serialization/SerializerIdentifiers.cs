using Akka.Actor;
using Akka.Configuration;

namespace Akka.Serialization;

/// <summary>Numbers given to serializers in configuration.</summary>
internal static class SerializerIdentifiers
{
    public static int Configured(Type type, ExtendedActorSystem system)
    {
        const string Key = "akka.actor.serialization-identifiers";
        Config section = system.Settings.Config.GetConfig(Key);
        if (section is not null)
        {
            foreach (KeyValuePair<string, Configuration.Hocon.HoconValue> entry in section.AsEnumerable())
            {
                if (NameOf(entry.Key) == type.FullName)
                    return entry.Value.GetInt();
            }
        }

        throw new ConfigurationException($"{type} overrides no Identifier and has none in {Key}: add \"{type.FullName}, {type.Assembly.GetName().Name}\" = a number of 100 or more");
    }

    private static string NameOf(string qualified)
    {
        string name = qualified.Trim('"');
        int comma = name.IndexOf(',', StringComparison.Ordinal);
        return (comma < 0 ? name : name[..comma]).Trim();
    }
}
