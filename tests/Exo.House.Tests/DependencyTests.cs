using System.Xml.Linq;

namespace Exo.House.Tests;

public sealed class DependencyTests
{
    /// <summary>Project → what it may reference. Everything else is a failure; tests may reference any project of src.</summary>
    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["Exo.Akka"] = [],
        ["Exo.Engine"] = [],
        ["Exo.Actors"] = ["Exo.Engine", "Exo.Akka"],
        ["Exo.Host"] = ["Exo.Engine", "Exo.Akka", "Exo.Actors", "Pbm.Protocol"],
        ["Pbm"] = ["Pbm.Protocol"],
        ["Pbm.Protocol"] = [],
    };

    [Fact]
    public void Projects_reference_only_what_the_design_allows()
    {
        IEnumerable<string> findings =
            from file in Repository.Files("src", "*.csproj")
            let allowed = s_allowed.GetValueOrDefault(file.Name)
            from reference in References(file, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))
            where allowed is null || !allowed.Contains(reference)
            select $"{file.Path}: references {reference}; allowed: {(allowed is null ? "(project unknown, add it here)" : string.Join(", ", allowed))}";
        Findings.None(findings, "Dependencies point inwards.");
    }

    [Fact]
    public void Engine_and_wire_contract_need_no_package()
    {
        IEnumerable<string> findings =
            from file in Repository.Files("src", "*.csproj")
            where file.Name is "Exo.Engine" or "Pbm.Protocol"
            from package in References(file, "PackageReference")
            select $"{file.Path}: {package}; this project uses the base class library only.";
        Findings.None(findings, "Exo.Engine and Pbm.Protocol stand on the base class library alone.");
    }

    [Fact]
    public void The_embedded_runtime_uses_only_extension_abstractions()
    {
        IEnumerable<string> findings =
            from file in Repository.Files("src/Exo.Akka", "*.csproj")
            from package in References(file, "PackageReference")
            where !package.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)
            select $"{file.Path}: {package}";
        Findings.None(findings, "Exo.Akka uses Microsoft.Extensions.* and nothing else.");
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root, "Exo.sln")).Replace('\\', '/');
        IEnumerable<string> findings =
            from file in Repository.Files("src", "*.csproj").Concat(Repository.Files("tests", "*.csproj"))
            where !solution.Contains(file.Path, StringComparison.Ordinal)
            select $"{file.Path}: dotnet sln Exo.sln add {file.Path}";
        Findings.None(findings, "A project outside the solution is neither built nor tested.");
    }

    [Fact]
    public void No_project_pins_a_version_of_its_own()
    {
        IEnumerable<string> findings =
            from file in Repository.Files("src", "*.csproj").Concat(Repository.Files("tests", "*.csproj"))
            from reference in XDocument.Parse(file.Text).Descendants("PackageReference")
            where reference.Attribute("Version") is not null || reference.Attribute("VersionOverride") is not null
            select $"{file.Path}: {reference.Attribute("Include")?.Value}; put the version into Directory.Packages.props";
        Findings.None(findings, "Versions stand in Directory.Packages.props.");
    }

    private static IEnumerable<string> References(SourceFile project, string kind) =>
        XDocument.Parse(project.Text).Descendants(kind).Select(element => element.Attribute("Include")?.Value).OfType<string>();
}
