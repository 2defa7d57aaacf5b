using System.Reflection;
using Exo.Testing;

namespace Exo.House.Tests;

/// <summary>The embedded runtime offers nothing that Akka.NET lacks: what compiles against it compiles against the real packages.</summary>
public sealed class AkkaSurfaceTests
{
    [SkippableFact]
    public void Every_public_type_and_member_of_the_embedded_runtime_is_akka_nets_own()
    {
        ApiListing real = ApiListing.Read(ReferenceData.Require("akka", "api.txt"));
        ApiListing mine = ApiListing.Of(Assembly.Load("Exo.Akka"));
        Assert.True(mine.Types.Count > 200, $"only {mine.Types.Count} public types: the listing is not printed right");

        List<string> findings = [];
        foreach ((string head, ApiListing.ApiType type) in mine.Types)
        {
            if (!real.Types.TryGetValue(head, out ApiListing.ApiType? original))
            {
                findings.Add($"{head}: not a type of Akka.NET; make it internal");
                continue;
            }

            findings.AddRange(
                from member in type.Members
                where !real.Offers(head, member)
                select $"{head}: {member}: Akka.NET has no such member; make it internal");
            findings.AddRange(type.Bases.Except(original.Bases).Select(parent => $"{head}: is a {parent} here and not in Akka.NET"));
        }

        Findings.None(findings, "The public surface of Exo.Akka is a subset of Akka.NET's.");
    }
}
