using System.Text.RegularExpressions;

namespace Exo.House.Tests;

/// <summary>The checkout that the tests were built from, read as text.</summary>
internal static partial class Repository
{
    private static readonly string[] s_skipped = ["bin", "obj", ".git", "node_modules", "TestResults", "out"];

    public static string Root { get; } = FindRoot();

    public static IEnumerable<SourceFile> Files(string folder, string pattern) =>
        Directory.Exists(Path.Combine(Root, folder))
            ? Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
                .Where(file => !Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar).Any(s_skipped.Contains))
                .Order(StringComparer.Ordinal)
                .Select(file => new SourceFile(Path.GetRelativePath(Root, file).Replace('\\', '/'), File.ReadAllText(file)))
            : [];

    public static IEnumerable<SourceFile> Source() => Files("src", "*.cs");

    public static IEnumerable<SourceFile> Tests() => Files("tests", "*.cs");

    /// <summary>The code without comments, strings and character literals, lines kept, so that a rule speaks of code only.</summary>
    public static string WithoutCommentsAndStrings(string code) =>
        CommentOrString().Replace(code, match => new string('\n', match.Value.Count(c => c == '\n')));

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Exo.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests must run inside a checkout: no Exo.sln above " + AppContext.BaseDirectory);
    }

    [GeneratedRegex("""\"{3,}[\s\S]*?\"{3,}|\$?@"(?:[^"]|"")*"|\$?"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'|//[^\n]*|/\*[\s\S]*?\*/""")]
    private static partial Regex CommentOrString();
}
