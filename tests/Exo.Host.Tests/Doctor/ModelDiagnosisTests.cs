using Exo.Actors.Models;
using Exo.Host.Doctor;

namespace Exo.Host.Tests.Doctor;

public sealed class ModelDiagnosisTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("exo-doctor-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Theory]
    [InlineData(50L << 30, true)]
    [InlineData(10L << 20, false)]
    public void A_disk_without_room_for_a_model_is_a_problem_of_the_users_folder_alone(long free, bool ok)
    {
        ModelFolder folder = new("/home/me/models", true, free, ["a", "b"], []);
        Finding finding = Assert.Single(ModelDiagnosis.Of(folder, isForUser: true));
        Assert.Equal(ok, finding.Ok);
        Assert.StartsWith("a, b, ", finding.Text, StringComparison.Ordinal);
        Assert.Equal(ok, finding.Remedy.Length == 0);
        Assert.True(Assert.Single(ModelDiagnosis.Of(folder, isForUser: false)).Ok);
    }

    [Fact]
    public void A_folder_that_is_yet_to_be_made_says_where_models_go()
    {
        string folder = Path.Combine(_home, "models");
        using ModelStore store = new(_home);
        Finding finding = Assert.Single(ModelDiagnosis.Of(ModelFolder.Look(folder, store), isForUser: true));
        Assert.Contains(folder, finding.About);
        Assert.Contains("yet to be made", finding.Text);
        Assert.Contains("GGUF", finding.Remedy);
    }

    [Fact]
    public async Task A_file_that_is_no_model_is_named()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_home, "models")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "list.gguf"), "milk, eggs, a ring of devices");
        using ModelStore store = new(_home);

        Finding[] findings = [.. ModelDiagnosis.Of(ModelFolder.Look(folder, store), isForUser: true)];

        Assert.Equal(2, findings.Length);
        Assert.False(findings[1].Ok);
        Assert.Contains("list.gguf", findings[1].Text);
        Assert.NotEmpty(findings[1].Remedy);
    }

    [Fact]
    public void The_built_in_model_is_there()
    {
        using ModelStore store = new(_home);
        Assert.Contains(ModelStore.BuiltIn, ModelFolder.Look(store.BuiltInFolder, store).Usable);
    }

    [Fact]
    public void Models_of_other_programs_are_grouped_by_program()
    {
        string[] names = ["lmstudio:p/r", .. Enumerable.Range(10, 22).Select(n => $"ollama:m{n}")];
        Finding[] findings = [.. ModelDiagnosis.OfForeign(names)];
        Assert.Equal(["models of lmstudio", "models of ollama"], findings.Select(finding => finding.About));
        Assert.EndsWith("and 2 more", findings[1].Text, StringComparison.Ordinal);
    }
}
