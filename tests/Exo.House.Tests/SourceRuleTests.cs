using System.Text.RegularExpressions;

namespace Exo.House.Tests;

public sealed partial class SourceRuleTests
{
    private static readonly string[] s_vagueNames = ["Utils", "Util", "Helper", "Helpers", "Common", "Manager", "Misc", "Stuff"];

    [Fact]
    public void A_file_holds_one_public_type_and_is_named_after_it()
    {
        IEnumerable<string> findings =
            from file in Repository.Source()
            let types = PublicType().Matches(Repository.WithoutCommentsAndStrings(file.Text)).Select(match => match.Groups["name"].Value).Distinct().ToArray()
            where types.Length > 0 && !(types.Length == 1 && (types[0] == file.Name || file.Name.StartsWith(types[0] + ".", StringComparison.Ordinal)))
            where !IsAkkaFamily(file)
            select $"{file.Path}: public types {string.Join(", ", types)}; one file each, named after it";
        Findings.None(findings, "One idea per file, and the file name says it.");
    }

    [Fact]
    public void No_file_grows_long_without_a_reason()
    {
        Dictionary<string, string> reasons = File.ReadLines(Path.Combine(Repository.Root, "tests/Exo.House.Tests/LongFiles.txt"))
            .Where(line => line.Length > 0 && !line.StartsWith('#'))
            .Select(line => line.Split(' ', 2))
            .ToDictionary(parts => parts[0], parts => parts.Length > 1 ? parts[1] : "");
        SourceFile[] files = [.. Repository.Source(), .. Repository.Tests()];
        IEnumerable<string> tooLong =
            from file in files
            where file.Lines.Length > 400 && reasons.GetValueOrDefault(file.Path, "").Length < 20
            select $"{file.Path}: {file.Lines.Length} lines; split by idea, or give a reason in LongFiles.txt";
        IEnumerable<string> stale =
            from path in reasons.Keys
            where !files.Any(file => file.Path == path && file.Lines.Length > 400)
            select $"LongFiles.txt: {path} is gone or short again; take the line out";
        Findings.None(tooLong.Concat(stale), "Files stay below 400 lines.");
    }

    [Fact]
    public void Names_say_what_a_thing_is()
    {
        IEnumerable<string> findings =
            from file in Repository.Source().Where(file => !file.Path.StartsWith("src/Exo.Akka/", StringComparison.Ordinal))
            let word = Words().Matches(file.Name).Select(match => match.Value).FirstOrDefault(s_vagueNames.Contains)
            where word is not null
            select $"{file.Path}: '{word}' names no idea";
        Findings.None(findings, "No Utils, Helpers, Common, Manager.");
    }

    [Fact]
    public void Code_holds_no_region_no_bare_todo_and_no_async_void() =>
        Findings.None(
            Lines(Repository.Source().Concat(Repository.Tests()), raw: true, Region(), "no #region: split the file").Concat(
            Lines(Outside("tests/Exo.House.Tests/", Repository.Source().Concat(Repository.Tests())), raw: true, BareTodo(), "TODO(#number): only with an issue")).Concat(
            Lines(Repository.Source(), raw: false, AsyncVoid(), "async void loses its exceptions")),
            "Nothing half done, nothing hidden.");

    [Fact]
    public void Nothing_swallows_an_exception_silently() =>
        Findings.None(
            from file in Repository.Source().Concat(Repository.Tests())
            let code = Repository.WithoutCommentsAndStrings(file.Text)
            from Match match in EmptyCatch().Matches(code)
            let original = OriginalBlock(file, code, match.Index)
            where !original.Contains("//", StringComparison.Ordinal)
            select $"{file.Path}:{code[..match.Index].Count(c => c == '\n') + 1}: an empty catch needs the reason why nothing is lost, as a comment inside",
            "A caught exception is handled or explained.");

    [Fact]
    public void The_project_speaks_of_itself_alone()
    {
        IEnumerable<SourceFile> texts = new[] { "*.cs", "*.md", "*.py", "*.conf", "*.hocon", "*.json", "*.props", "*.sh", "*.yaml" }
            .SelectMany(pattern => Repository.Files(".", pattern))
            .Where(file => !file.Path.StartsWith("tests/Exo.House.Tests/", StringComparison.Ordinal) && !file.Path.EndsWith("packages.lock.json", StringComparison.Ordinal));
        Findings.None(Lines(texts, raw: true, Registry(), "name no package registry: builds run behind mirrors"), "No registry host in any file.");
    }

    [Fact]
    public void Tests_do_not_sleep() =>
        Findings.None(
            Lines(Outside("tests/Exo.House.Tests/", Outside("tests/Exo.Bench/", Repository.Tests())), raw: false, Sleep(), "poll with Eventually and a deadline"),
            "Tests wait for facts, not for time.");

    [Fact]
    public void Every_test_asserts_something()
    {
        IEnumerable<string> findings =
            from file in Repository.Tests()
            let code = Repository.WithoutCommentsAndStrings(file.Text)
            from Match match in TestMethod().Matches(code)
            let body = BodyAt(code, match.Index + match.Length)
            where !Asserts().IsMatch(body)
            select $"{file.Path}:{code[..match.Index].Count(c => c == '\n') + 1}: no assertion in sight";
        Findings.None(findings, "A test that asserts nothing proves nothing.");
    }

    private static IEnumerable<SourceFile> Outside(string folder, IEnumerable<SourceFile> files) =>
        files.Where(file => !file.Path.StartsWith(folder, StringComparison.Ordinal));

    /// <summary>Akka.NET declares small families (events, states) side by side; its own grouping is kept where a file is named after the family.</summary>
    private static bool IsAkkaFamily(SourceFile file) => file.Path.StartsWith("src/Exo.Akka/", StringComparison.Ordinal);

    private static IEnumerable<string> Lines(IEnumerable<SourceFile> files, bool raw, Regex pattern, string advice) =>
        from file in files
        from line in (raw ? file.Text : Repository.WithoutCommentsAndStrings(file.Text)).Split('\n').Select((text, index) => (text, number: index + 1))
        where pattern.IsMatch(line.text)
        select $"{file.Path}:{line.number}: {line.text.Trim()} — {advice}";

    private static string OriginalBlock(SourceFile file, string code, int index)
    {
        int line = code[..index].Count(c => c == '\n');
        return string.Join('\n', file.Lines.Skip(line).Take(6));
    }

    /// <summary>The text of a method from after its parameter list: a block by braces, or an expression up to its semicolon.</summary>
    private static string BodyAt(string code, int start)
    {
        int depth = 0;
        for (int i = start; i < code.Length; i++)
        {
            depth += code[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if ((depth == 0 && code[i] is ';' or '}') && i > start)
            {
                return code[start..(i + 1)];
            }
        }

        return code[start..];
    }

    [GeneratedRegex(@"^public\s+(?:(?:static|sealed|abstract|readonly|partial|unsafe|ref)\s+)*(?:class|record(?:\s+struct|\s+class)?|struct|interface|enum|delegate\s+[\w<>\[\],\s]+?)\s+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    [GeneratedRegex("[A-Z][a-z0-9]*")]
    private static partial Regex Words();

    [GeneratedRegex(@"^\s*#region")]
    private static partial Regex Region();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b(?!\(#\d+\):)")]
    private static partial Regex BareTodo();

    [GeneratedRegex(@"\basync\s+void\b")]
    private static partial Regex AsyncVoid();

    [GeneratedRegex(@"catch\s*(?:\([^)]*\))?\s*(?:when\s*\([^{]*\))?\s*\{\s*\}")]
    private static partial Regex EmptyCatch();

    [GeneratedRegex(@"https?://[^\s""']*(nuget\.org|npmjs\.org|pypi\.org|deb\.debian\.org|crates\.io)")]
    private static partial Regex Registry();

    [GeneratedRegex(@"Thread\.Sleep\(|Task\.Delay\(\s*[0-9]{3,}")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"\[(?:Skippable)?(?:Fact|Theory|Property)\b[^\n]*\]\s*(?:\[[^\n]*\]\s*)*public\s+[\w<>\[\]\s.,?]+?\s+\w+\s*\([^{;]*?\)(?=\s*(?:=>|\{))")]
    private static partial Regex TestMethod();

    [GeneratedRegex(@"Assert\.|Eventually\.|Findings\.|Expect|Verify|Check|Should|\.Agree|Compare|Property|Refuse|Matches|Same|Equal|Must|throw |return ")]
    private static partial Regex Asserts();
}
