using System.Reflection;
using Akka.Configuration;

namespace Akka.Util;

/// <summary>Classes named in configuration (never on the wire).</summary>
internal static class RuntimeTypes
{
    public static Type Find(string name, string key)
    {
        if (string.IsNullOrWhiteSpace(name))
            throw new ConfigurationException($"{key} is empty: it must name a class");
        // Names of the library carry the assembly of the package they come from; here all are in one, but for a test kit's.
        int comma = name.IndexOf(',', StringComparison.Ordinal);
        string bare = (comma < 0 ? name : name[..comma]).Trim();
        bool isOwn = name.StartsWith("Akka.", StringComparison.Ordinal);
        return (isOwn ? typeof(RuntimeTypes).Assembly.GetType(bare) : null)
            ?? Type.GetType(name)
            ?? AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetType(isOwn ? bare : name)).FirstOrDefault(type => type is not null)
            ?? throw new ConfigurationException($"{key} names the class [{name}], which cannot be found: write \"Namespace.Type, Assembly\"");
    }

    /// <summary>Uses the constructor that takes the most of the given arguments, from the first on.</summary>
    public static object Construct(Type type, params object[] arguments)
    {
        const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DoNotWrapExceptions;
        for (int count = arguments.Length; count >= 0; count--)
        {
            object[] used = arguments[..count];
            ConstructorInfo constructor = type.GetConstructors(Any).FirstOrDefault(candidate => Takes(candidate.GetParameters(), used));
            if (constructor is not null)
                return constructor.Invoke(Any, binder: null, used, culture: null);
        }

        throw new ConfigurationException($"{type} has no constructor that takes ({string.Join(", ", arguments.Select(a => a?.GetType().Name))}) or fewer of them");
    }

    private static bool Takes(ParameterInfo[] parameters, object[] arguments)
        => parameters.Length == arguments.Length && parameters.Zip(arguments).All(pair => pair.First.ParameterType.IsInstanceOfType(pair.Second));
}
