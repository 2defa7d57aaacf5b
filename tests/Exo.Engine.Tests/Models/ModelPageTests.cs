using Exo.Engine.Architectures;

namespace Exo.Engine.Tests.Models;

/// <summary>docs/models.md against the program.</summary>
public sealed class ModelPageTests
{
    [Fact]
    public void The_page_lists_the_architectures_that_the_program_knows()
    {
        string page = File.ReadAllText(TestData.Find("..", "..", "docs", "models.md"));
        string table = page[page.IndexOf("## GGUF", StringComparison.Ordinal)..page.IndexOf("## Encodings", StringComparison.Ordinal)];
        IEnumerable<string> listed = table.Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| architecture ", StringComparison.Ordinal))
            .Select(line => line.Split('|')[1].Trim())
            .Distinct()
            .Order(StringComparer.Ordinal);

        Assert.Equal(ModelRegistry.Names, listed);
    }
}
