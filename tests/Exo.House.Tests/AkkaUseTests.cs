using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using Exo.Testing;

namespace Exo.House.Tests;

/// <summary>What product code asks of the actor runtime, read from its compiled assemblies, is there in the real Akka.NET assemblies too.</summary>
public sealed partial class AkkaUseTests
{
    private const string Runtime = "Exo.Akka";

    /// <summary>Type arguments to resolve generic members with; which ones does not matter here.</summary>
    private static readonly Type[] s_anything = [.. Enumerable.Repeat(typeof(object), 16)];

    [SkippableTheory]
    [InlineData("Exo.Actors", 50)]
    [InlineData("exo", 0)]
    [InlineData("Exo.Akka.Guarantees.Tests", 50)]
    public void Product_code_uses_only_types_and_members_of_akka_net(string assembly, int atLeast)
    {
        ApiListing real = ApiListing.Read(ReferenceData.Require("akka", "api.txt"));
        (Type Owner, string Member)[] uses = [.. Uses(Assembly.Load(assembly)).Distinct()];
        Assert.True(uses.Length >= atLeast, $"only {uses.Length} uses of the runtime found in {assembly}: they are not read right");
        Findings.None(
            from use in uses
            let head = ApiListing.Head(use.Owner)
            where use.Member.Length == 0 ? !real.Types.ContainsKey(head) : !real.Offers(head, use.Member)
            select $"{assembly} uses {head}: {use.Member}; Akka.NET has no such {(use.Member.Length == 0 ? "type" : "member")}",
            "Product code compiles against the real packages.");
    }

    [SkippableTheory]
    [InlineData("Exo.Actors")]
    [InlineData("exo")]
    public void Product_types_implement_all_that_akka_nets_interfaces_and_base_classes_ask_for(string assembly)
    {
        ApiListing real = ApiListing.Read(ReferenceData.Require("akka", "api.txt"));
        Findings.None(
            from type in Assembly.Load(assembly).GetTypes().Where(type => !type.IsInterface && !type.IsAbstract)
            from parent in Parents(type).Where(parent => parent.Assembly.GetName().Name == Runtime)
            let head = ApiListing.Head(parent.IsGenericType ? parent.GetGenericTypeDefinition() : parent)
            let asked = real.Types.GetValueOrDefault(head)
            where asked is not null
            let mine = ApiListing.MembersOf(parent.IsGenericType ? parent.GetGenericTypeDefinition() : parent)
            from missing in asked.Required.Except(mine)
            select $"{type.FullName}: {head} asks for {missing}, which the embedded runtime does not know",
            "Who implements an interface of Akka.NET implements all of it.");
    }

    [SkippableFact]
    public void Class_names_in_configuration_exist_in_akka_net_or_in_the_product()
    {
        ApiListing real = ApiListing.Read(ReferenceData.Require("akka", "api.txt"));
        Findings.None(
            from file in Repository.Files("hocon", "*.conf").Concat(Repository.Source().Where(file => !file.Path.StartsWith("src/Exo.Akka/", StringComparison.Ordinal)))
            from Match match in ClassName().Matches(file.Text)
            let type = match.Groups["type"].Value
            let assembly = match.Groups["assembly"].Value
            where type.StartsWith("Akka.", StringComparison.Ordinal)
                ? !real.Types.Keys.Any(head => head.Split(' ') is [string space, _, string name, ..] && $"{space}.{name}" == type)
                : Assembly.Load(assembly).GetType(type) is null
            select $"{file.Path}: \"{type}, {assembly}\" names no class",
            "A class named in configuration exists on both runtimes.");
    }

    private static IEnumerable<Type> Parents(Type type)
    {
        for (Type? parent = type.BaseType; parent is not null; parent = parent.BaseType)
            yield return parent;
        foreach (Type parent in type.GetInterfaces())
            yield return parent;
    }

    /// <summary>Every reference of an assembly to a type (with an empty member) or a member of the runtime.</summary>
    private static IEnumerable<(Type Owner, string Member)> Uses(Assembly assembly)
    {
        using PEReader file = new(File.OpenRead(assembly.Location));
        MetadataReader metadata = file.GetMetadataReader();
        Module module = assembly.ManifestModule;
        List<(Type, string)> uses = [];
        foreach (TypeReferenceHandle handle in metadata.TypeReferences)
        {
            Type type = module.ResolveType(MetadataTokens.GetToken(handle));
            if (type.Assembly.GetName().Name == Runtime)
                uses.Add((type, ""));
        }

        foreach (MemberReferenceHandle handle in metadata.MemberReferences)
        {
            EntityHandle parent = Definition(metadata, metadata.GetMemberReference(handle).Parent);
            if (parent.Kind != HandleKind.TypeReference || module.ResolveType(MetadataTokens.GetToken(parent)) is not { } owner || owner.Assembly.GetName().Name != Runtime)
                continue;
            MemberInfo member = module.ResolveMember(MetadataTokens.GetToken(handle), s_anything, s_anything)!;
            if (owner.IsGenericType)
                member = owner.Module.ResolveMember(member.MetadataToken)!;
            if (Line(owner, member) is { } line)
                uses.Add((owner, line));
        }

        return uses;
    }

    /// <summary>The generic type behind a constructed one.</summary>
    private static EntityHandle Definition(MetadataReader metadata, EntityHandle type)
    {
        if (type.Kind != HandleKind.TypeSpecification)
            return type;
        BlobReader signature = metadata.GetBlobReader(metadata.GetTypeSpecification((TypeSpecificationHandle)type).Signature);
        if (signature.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
            return type;
        // One byte says class or value type.
        signature.ReadByte();
        return signature.ReadTypeHandle();
    }

    private static string? Line(Type owner, MemberInfo member)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        return member switch
        {
            // A delegate's constructor and Invoke are the compiler's affair.
            _ when typeof(Delegate).IsAssignableFrom(owner) => null,
            FieldInfo field => ApiListing.Line(field),
            MethodInfo { IsSpecialName: true } method when owner.GetProperties(Declared).FirstOrDefault(property => property.GetMethod == method || property.SetMethod == method) is { } property
                => ApiListing.Line(property),
            MethodInfo { IsSpecialName: true } => null,
            MethodInfo { Name: "Equals" or "GetHashCode" or "ToString" } => null,
            MethodBase method => ApiListing.Line(method),
            _ => null,
        };
    }

    [GeneratedRegex("\"(?<type>(Akka|Exo)\\.[A-Za-z0-9_.+]+), (?<assembly>[A-Za-z.]+)\"")]
    private static partial Regex ClassName();
}
