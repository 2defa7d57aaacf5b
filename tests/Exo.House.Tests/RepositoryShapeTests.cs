using System.Text.RegularExpressions;

namespace Exo.House.Tests;

public sealed partial class RepositoryShapeTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("LICENSE")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("CHANGELOG.md")]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/benchmarks.md")]
    [InlineData("docs/cli.md")]
    [InlineData("docs/glossary.md")]
    [InlineData("docs/dependencies.md")]
    [InlineData("hocon/reference.conf")]
    [InlineData(".ci/run")]
    [InlineData("models/MODEL_CARD.md")]
    public void The_files_a_newcomer_looks_for_are_there(string path) =>
        Assert.True(File.Exists(Path.Combine(Repository.Root, path)), $"{path} is missing.");

    [Fact]
    public void Links_between_documents_lead_somewhere()
    {
        IEnumerable<string> findings =
            from file in Repository.Files(".", "*.md")
            from Match link in RelativeLink().Matches(CodeBlock().Replace(file.Text, ""))
            let target = link.Groups["target"].Value
            where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#') && !target.StartsWith("mailto:", StringComparison.Ordinal)
            let path = Path.Combine(Repository.Root, Path.GetDirectoryName(file.Path) ?? "", target.Split('#')[0])
            where !Path.Exists(path)
            select $"{file.Path}: {target} is not there";
        Findings.None(findings, "Links between documents lead somewhere.");
    }

    [Fact]
    public void Every_project_of_src_has_a_one_screen_readme()
    {
        IEnumerable<string> findings =
            from project in Repository.Files("src", "*.csproj")
            let readme = Path.Combine(Repository.Root, Path.GetDirectoryName(project.Path)!, "README.md")
            let lines = File.Exists(readme) ? File.ReadLines(readme).Count() : 0
            where lines is 0 or > 60
            select $"{Path.GetDirectoryName(project.Path)}: README.md with purpose, main types, what it may reference ({lines} lines now)";
        Findings.None(findings, "Each project has a one-screen README.");
    }

    [Fact]
    public void Every_package_has_its_sentence_in_the_dependency_list()
    {
        string list = File.ReadAllText(Path.Combine(Repository.Root, "docs/dependencies.md"));
        IEnumerable<string> findings =
            from Match package in PackageVersion().Matches(File.ReadAllText(Path.Combine(Repository.Root, "Directory.Packages.props")))
            let name = package.Groups["name"].Value
            where !list.Contains($"`{name}`", StringComparison.Ordinal)
            select $"docs/dependencies.md: {name} lacks its sentence";
        Findings.None(findings, "A package needs a sentence that says why.");
    }

    [Fact]
    public void Every_package_is_used_by_a_project()
    {
        string[] projects = [.. Repository.Files(".", "*.csproj").Concat(Repository.Files(".", "Directory.Build.props")).Select(file => file.Text)];
        IEnumerable<string> findings =
            from Match package in PackageVersion().Matches(File.ReadAllText(Path.Combine(Repository.Root, "Directory.Packages.props")))
            let name = package.Groups["name"].Value
            where !projects.Any(text => text.Contains($"<PackageReference Include=\"{name}\"", StringComparison.Ordinal))
            select $"Directory.Packages.props: no project uses {name}; take it out, and its sentence in docs/dependencies.md";
        Findings.None(findings, "No package without a use.");
    }

    [Fact]
    public void The_front_page_leads_to_every_page()
    {
        string front = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        Findings.None(
            Repository.Files("docs", "*.md").Where(page => !front.Contains($"]({page.Path})", StringComparison.Ordinal)).Select(page => $"README.md: a link to {page.Path}"),
            "Every page of docs is found from README.");
    }

    [Fact]
    public void A_project_tells_of_each_of_its_folders()
    {
        IEnumerable<string> findings =
            from project in Repository.Files("src", "*.csproj")
            let home = Path.GetDirectoryName(project.Path)!
            let readme = File.ReadAllText(Path.Combine(Repository.Root, home, "README.md"))
            from folder in Repository.Files(home, "*.cs").Select(file => file.Path[(home.Length + 1)..].Split('/')).Where(parts => parts.Length > 1).Select(parts => parts[0]).Distinct()
            where !readme.Contains($"`{folder}/`", StringComparison.Ordinal)
            select $"{home}/README.md: a word on {folder}/";
        Findings.None(findings, "A project's README names its folders.");
    }

    [Fact]
    public void Event_ids_are_unique()
    {
        var ids =
            from file in Repository.Source().Where(file => file.Name == "EventIds")
            from Match match in EventId().Matches(file.Text)
            select (file.Path, Name: match.Groups["name"].Value, Id: match.Groups["id"].Value);
        Findings.None(ids.GroupBy(entry => entry.Id).Where(group => group.Count() > 1).Select(group => $"{group.Key}: {string.Join(", ", group.Select(entry => entry.Name))}"), "One event, one id.");
    }

    [Fact]
    public void Every_configuration_key_is_explained()
    {
        string[] lines = File.ReadAllLines(Path.Combine(Repository.Root, "hocon/reference.conf"));
        IEnumerable<string> findings =
            from index in Enumerable.Range(0, lines.Length)
            where Assignment().IsMatch(lines[index])
            where index == 0 || !lines[index - 1].TrimStart().StartsWith('#')
            select $"hocon/reference.conf:{index + 1}: {lines[index].Trim()} — a comment above it: meaning, unit, default and why";
        Findings.None(findings, "Every key stands in reference.conf with a comment.");
    }

    [GeneratedRegex(@"\[[^\]\n]*\]\((?<target>[^)\s]+)\)")]
    private static partial Regex RelativeLink();

    [GeneratedRegex("```[\\s\\S]*?```|`[^`\n]*`")]
    private static partial Regex CodeBlock();

    [GeneratedRegex("<PackageVersion Include=\"(?<name>[^\"]+)\"")]
    private static partial Regex PackageVersion();

    [GeneratedRegex(@"(?<name>\w+)\s*=\s*(?:new\(\s*)?(?<id>[1-9]\d{3})\b")]
    private static partial Regex EventId();

    [GeneratedRegex(@"^\s*[\w.""-]+\s*=")]
    private static partial Regex Assignment();
}
