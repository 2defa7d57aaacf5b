using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Exo.House.Tests;

/// <summary>
/// The public surface of assemblies as text, one line a type or member: read from a listing of the real Akka.NET assemblies, or printed here
/// by reflection in the same words. Modifiers that a caller cannot see (virtual, override, abstract) are left out.
/// </summary>
internal sealed partial class ApiListing
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly string[] s_ofObject = ["Equals", "GetHashCode", "ToString", "<Clone>$", "PrintMembers", "Finalize"];

    private readonly Dictionary<string, ApiType> _types = [];

    public IReadOnlyDictionary<string, ApiType> Types => _types;

    public static ApiListing Read(string path)
    {
        ApiListing listing = new();
        ApiType? current = null;
        foreach (string line in File.ReadLines(path))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                string[] parts = line[3..].Split(" :", 2);
                current = listing.Add(parts[0], parts.Length == 1 ? [] : parts[1].Split(", ", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
            }
            else if (line.Trim() is { Length: > 0 } member)
            {
                current?.Members.Add(Unseen().Replace(member, ""));
                if (current is not null && (member.Contains("abstract ", StringComparison.Ordinal) || current.IsInterface))
                    current.Required.Add(Unseen().Replace(member, ""));
            }
        }

        return listing;
    }

    /// <summary>Whether the type or one of its bases has the member; a field may be writable there and a property may have a setter more.</summary>
    public bool Offers(string head, string member) =>
        _types.TryGetValue(head, out ApiType? type) && (type.Members.Any(offered => IsCovered(member, offered)) || type.Bases.Any(parent => Inherits(parent, member)));

    public static ApiListing Of(Assembly assembly)
    {
        ApiListing listing = new();
        foreach (Type type in assembly.GetExportedTypes())
        {
            ApiType described = listing.Add(Head(type), Bases(type));
            described.Members.UnionWith(MembersOf(type));
        }

        return listing;
    }

    /// <summary>Namespace, kind and name, as a listing's heading has them.</summary>
    public static string Head(Type type)
    {
        string kind = type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsValueType ? "struct" : typeof(Delegate).IsAssignableFrom(type) ? "delegate" : "class";
        string outer = type.DeclaringType is null ? "" : type.DeclaringType.Name + ".";
        return $"{type.Namespace} {kind} {outer}{Name(type)}";
    }

    public static string Line(MethodBase method) => Unseen().Replace(method is ConstructorInfo
        ? $"{(method.IsPublic ? "" : "protected ")}ctor({Parameters(method)})"
        : $"{Modifiers(method)}{Name(((MethodInfo)method).ReturnType)} {method.Name}{Arguments(method)}({Parameters(method)})", "");

    public static string Line(FieldInfo field) =>
        $"field {(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : field.IsLiteral ? "const " : "")}{Name(field.FieldType)} {field.Name}{(field.IsLiteral ? " = " + field.GetRawConstantValue() : "")}";

    public static string Line(PropertyInfo property)
    {
        MethodInfo? get = property.GetMethod;
        MethodInfo? set = property.SetMethod;
        ParameterInfo[] index = property.GetIndexParameters();
        string indexer = index.Length == 0 ? "" : "[" + string.Join(",", index.Select(Parameter)) + "]";
        string setter = set is null || !IsVisible(set) ? "" : set.IsPublic ? " set;" : " protected set;";
        return Unseen().Replace($"{Modifiers((get ?? set)!)}{Name(property.PropertyType)} {property.Name}{indexer} {{{(get is not null && IsVisible(get) ? " get;" : "")}{setter} }}", "");
    }

    public static IEnumerable<string> MembersOf(Type type) => Members(type).Select(member => Unseen().Replace(member, ""));

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            yield return string.Join(", ", Enum.GetNames(type).Zip(Enum.GetValuesAsUnderlyingType(type).Cast<object>(), (name, value) => $"{name}={value}"));
            yield break;
        }

        foreach (FieldInfo field in type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily))
            yield return Line(field);
        foreach (ConstructorInfo constructor in type.GetConstructors(Declared).Where(constructor => IsVisible(constructor) && !constructor.IsStatic))
            yield return Line(constructor);
        foreach (PropertyInfo property in type.GetProperties(Declared).Where(property => property.GetAccessors(nonPublic: true).Any(IsVisible)))
            yield return Line(property);
        foreach (EventInfo happening in type.GetEvents(Declared).Where(happening => IsVisible(happening.AddMethod!)))
            yield return $"event {Name(happening.EventHandlerType!)} {happening.Name}";
        foreach (MethodInfo method in type.GetMethods(Declared).Where(method => IsVisible(method) && !method.IsSpecialName && !s_ofObject.Contains(method.Name)))
            yield return Line(method);
    }

    private static IEnumerable<string> Bases(Type type)
    {
        IEnumerable<Type> bases = type.GetInterfaces();
        if (type.BaseType is { } parent && parent != typeof(object))
            bases = bases.Prepend(parent);
        return bases.Where(candidate => candidate.IsVisible).Select(Name);
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Modifiers(MethodBase method) => (method.IsPublic ? "" : "protected ") + (method.IsStatic ? "static " : "");

    private static string Arguments(MethodBase method) =>
        method.IsGenericMethod ? "<" + string.Join(",", method.GetGenericArguments().Select(Name)) + ">" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        string prefix = (parameter.IsDefined(typeof(ExtensionAttribute)) ? "this " : "") + (parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "");
        object? value = !parameter.HasDefaultValue ? "" : parameter.DefaultValue switch
        {
            string text => $" = \"{text}\"",
            null => parameter.ParameterType.IsValueType ? " = default" : " = null",
            object other => $" = {other}",
        };
        return $"{prefix}{Name(parameter.ParameterType)} {parameter.Name}{value}";
    }

    private static string Name(Type type)
    {
        if (type.IsByRef)
            return "ref " + Name(type.GetElementType()!);
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[]";
        if (Nullable.GetUnderlyingType(type) is { } value)
            return Name(value) + "?";
        if (type.IsGenericParameter)
            return type.Name;
        string name = type.Name switch
        {
            "Object" => "object",
            "String" => "string",
            "Int32" => "int",
            "Int64" => "long",
            "Boolean" => "bool",
            "Void" => "void",
            "Double" => "double",
            "Byte" => "byte",
            "UInt32" => "uint",
            "Single" => "float",
            "Decimal" => "decimal",
            string other => other,
        };
        return type.IsGenericType ? name.Split('`')[0] + "<" + string.Join(",", type.GetGenericArguments().Select(Name)) + ">" : name;
    }

    private static bool IsCovered(string member, string offered) =>
        member == offered || member == Setter().Replace(offered, " }") || (member.StartsWith("field ", StringComparison.Ordinal) && member.Replace("readonly ", "", StringComparison.Ordinal) == offered);

    /// <summary>Looks for the member in a base named with its type arguments, such as <c>ActorEventBus&lt;object,Type&gt;</c>.</summary>
    private bool Inherits(string parent, string member)
    {
        string[] arguments = parent.Contains('<', StringComparison.Ordinal) ? parent[(parent.IndexOf('<', StringComparison.Ordinal) + 1)..^1].Split(',') : [];
        foreach ((string head, ApiType type) in _types)
        {
            string name = head.Split(' ', 3)[^1];
            if (name.Split('<')[0] != parent.Split('<')[0])
                continue;
            string[] parameters = arguments.Length == 0 ? [] : name[(name.IndexOf('<', StringComparison.Ordinal) + 1)..^1].Split(',');
            if (parameters.Length != arguments.Length)
                continue;
            string Fill(string text) => parameters.Zip(arguments).Aggregate(text, (filled, pair) => Regex.Replace(filled, $@"\b{pair.First}\b", pair.Second));
            if (type.Members.Any(offered => IsCovered(member, Fill(offered))) || type.Bases.Any(next => Inherits(Fill(next), member)))
                return true;
        }

        return false;
    }

    private ApiType Add(string head, IEnumerable<string> bases)
    {
        ApiType type = new([.. bases], [], [], head.Contains(" interface ", StringComparison.Ordinal));
        _types[Unseen().Replace(Sealed().Replace(head, " "), "")] = type;
        return type;
    }

    [GeneratedRegex(@"\b(virtual|override|abstract) ")]
    private static partial Regex Unseen();

    [GeneratedRegex(@" (protected )?set; \}$")]
    private static partial Regex Setter();

    [GeneratedRegex(" (static|abstract|sealed) ")]
    private static partial Regex Sealed();

    /// <param name="Bases">The base class and every interface.</param>
    /// <param name="Members">What callers see.</param>
    /// <param name="Required">What whoever derives from the type or implements it must write.</param>
    /// <param name="IsInterface">Whether all members are required.</param>
    internal sealed record ApiType(HashSet<string> Bases, HashSet<string> Members, HashSet<string> Required, bool IsInterface);
}
