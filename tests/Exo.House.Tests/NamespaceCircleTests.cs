using System.Reflection;
using System.Reflection.Emit;

namespace Exo.House.Tests;

public sealed class NamespaceCircleTests
{
    private static readonly Dictionary<short, OpCode> s_opCodes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    public static TheoryData<string> Assemblies => new("Exo.Engine", "Exo.Actors", "exo");

    /// <summary>
    /// The embedded runtime is left out: Akka.NET's own namespaces know each other in circles
    /// (Akka.Actor and Akka.Dispatch), and their names are given.
    /// </summary>
    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Namespaces_of_a_project_form_no_circle(string assembly)
    {
        Dictionary<string, Dictionary<string, string>> uses = Uses(Assembly.Load(assembly));
        List<string> circles = [];
        foreach (string from in uses.Keys.Order(StringComparer.Ordinal))
        {
            foreach ((string to, string example) in uses[from])
            {
                if (string.CompareOrdinal(from, to) < 0 && Reaches(uses, to, from))
                {
                    string back = uses[to].GetValueOrDefault(from, "through others");
                    circles.Add($"{from} ⇄ {to}: {example}; back: {back}");
                }
            }
        }

        Findings.None(circles, $"{assembly}: inside a project, namespaces form no circle.");
    }

    private static bool Reaches(Dictionary<string, Dictionary<string, string>> uses, string from, string to)
    {
        HashSet<string> seen = [from];
        Queue<string> open = new([from]);
        while (open.TryDequeue(out string? at))
        {
            foreach (string next in uses.GetValueOrDefault(at)?.Keys ?? Enumerable.Empty<string>())
            {
                if (next == to)
                {
                    return true;
                }

                if (seen.Add(next))
                {
                    open.Enqueue(next);
                }
            }
        }

        return false;
    }

    /// <summary>For each namespace the namespaces it uses, each with one example, from signatures and method bodies.</summary>
    private static Dictionary<string, Dictionary<string, string>> Uses(Assembly assembly)
    {
        Dictionary<string, Dictionary<string, string>> uses = [];
        foreach (Type type in assembly.GetTypes().Where(type => Namespace(type) is not null))
        {
            string from = Namespace(type)!;
            foreach (Type used in UsedTypes(type).SelectMany(Parts).Where(used => used.Assembly == assembly))
            {
                if (Namespace(used) is { } to && to != from && !IsGenerated(type))
                {
                    uses.TryAdd(from, []);
                    uses[from].TryAdd(to, $"{type.FullName} uses {used.FullName}");
                }
            }
        }

        return uses;
    }

    /// <summary>Source generators write into the user's namespace whatever they need.</summary>
    private static bool IsGenerated(Type type) =>
        type.GetCustomAttributesData().Any(data => data.AttributeType.Name is "GeneratedCodeAttribute") || type.Name.Contains("JsonContext", StringComparison.Ordinal);

    private static string? Namespace(Type type) => type.DeclaringType is { } outer ? Namespace(outer) : type.Namespace;

    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType)
        {
            return Parts(type.GetElementType()!);
        }

        return type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition()) : [type];
    }

    private static IEnumerable<Type> UsedTypes(Type type)
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        IEnumerable<Type> bases = type.GetInterfaces().Concat(type.BaseType is { } parent ? [parent] : []);
        IEnumerable<Type> fields = type.GetFields(All).Select(field => field.FieldType);
        IEnumerable<MethodBase> methods = type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All));
        return bases.Concat(fields).Concat(methods.SelectMany(OfMethod));
    }

    private static IEnumerable<Type> OfMethod(MethodBase method)
    {
        foreach (ParameterInfo parameter in method.GetParameters())
        {
            yield return parameter.ParameterType;
        }

        if (method is MethodInfo { ReturnType: { } returned })
        {
            yield return returned;
        }

        if (method.GetMethodBody() is not { } body)
        {
            yield break;
        }

        foreach (LocalVariableInfo local in body.LocalVariables)
        {
            yield return local.LocalType;
        }

        foreach (int token in Tokens(body.GetILAsByteArray() ?? []))
        {
            MemberInfo? member = Resolve(method, token);
            if ((member as Type ?? member?.DeclaringType) is { } used)
            {
                yield return used;
            }
        }
    }

    private static MemberInfo? Resolve(MethodBase method, int token)
    {
        Type[]? ofType = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
        Type[]? ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
        return method.Module.ResolveMember(token, ofType, ofMethod);
    }

    private static IEnumerable<int> Tokens(byte[] il)
    {
        for (int at = 0; at < il.Length;)
        {
            short value = il[at++];
            if (value == 0xFE)
            {
                value = unchecked((short)(0xFE00 | il[at++]));
            }

            OpCode code = s_opCodes[value];
            switch (code.OperandType)
            {
                case OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok:
                    yield return BitConverter.ToInt32(il, at);
                    at += 4;
                    break;
                case OperandType.InlineSwitch:
                    at += 4 + (4 * BitConverter.ToInt32(il, at));
                    break;
                default:
                    at += Size(code.OperandType);
                    break;
            }
        }
    }

    private static int Size(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };
}
