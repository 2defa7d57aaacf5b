using System.Security.Cryptography;
using Exo.Actors.Models;
using Exo.Actors.Tests.InProcess;
using Exo.Engine.Files;
using Exo.Engine.Formats;

namespace Exo.Actors.Tests.Models;

/// <summary>Folder trees as Ollama and LM Studio leave them, with the model that ships with Exo in them.</summary>
public sealed class ForeignModelsTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("exo-foreign-").FullName;
    private readonly string _ollama;
    private readonly string _lmStudio;
    private readonly ModelStore _store;

    public ForeignModelsTests()
    {
        _ollama = Path.Combine(_home, ".ollama", "models");
        _lmStudio = Path.Combine(_home, ".lmstudio", "models");
        _store = new ModelStore(_home, programFolder: _home, new ForeignFolders([_ollama], [_lmStudio]));
    }

    [Theory]
    [InlineData("ollama:tiny", "library/tiny/latest")]
    [InlineData("ollama:tiny:latest", "library/tiny/latest")]
    [InlineData("Ollama:Tiny", "library/tiny/latest")]
    [InlineData("ollama:tiny:3b-q8_0", "library/tiny/3b-q8_0")]
    [InlineData("ollama:someone/tiny:1b", "someone/tiny/1b")]
    public void A_model_of_Ollama_is_found_by_its_name(string name, string manifest)
    {
        string blob = Pull("registry.example.org/" + manifest);

        ModelFile file = _store.Open(name);

        Assert.Equal(blob, file.Path);
        Assert.Equal("llama", file.Spec.Architecture);
    }

    [Fact]
    public void A_model_that_Ollama_took_from_another_host_is_found_by_its_whole_name()
    {
        string blob = Pull("hub.example.org/someone/tiny-gguf/Q8_0");

        Assert.Equal(blob, _store.Open("ollama:hub.example.org/someone/tiny-gguf:Q8_0").Path);
        Assert.Contains("ollama:someone/tiny-gguf:Q8_0", _store.List());
    }

    [Fact]
    public void Names_are_listed_and_stay_names_in_the_cluster()
    {
        Pull("registry.example.org/library/tiny/latest");
        Pull("registry.example.org/library/tiny/3b");
        Download("someone/tiny-GGUF", "tiny-Q8_0.gguf", "mmproj-tiny.gguf");

        Assert.Equal(["lmstudio:someone/tiny-GGUF", "ollama:tiny", "ollama:tiny:3b"], _store.List());
        Assert.All(_store.List(), name => Assert.Equal(name, ModelStore.NameOf(name)));
    }

    [Theory]
    [InlineData("lmstudio:someone/tiny-GGUF@q8_0", "tiny-Q8_0.gguf")]
    [InlineData("lmstudio:tiny-gguf@Q4", "tiny-Q4_0.gguf")]
    public void A_model_of_LM_Studio_is_found_by_repository_and_part_of_its_file(string name, string file)
    {
        Download("someone/tiny-GGUF", "tiny-Q8_0.gguf", "tiny-Q4_0.gguf", "mmproj-tiny-Q8_0.gguf");

        Assert.Equal(file, Path.GetFileName(_store.Open(name).Path));
    }

    [Fact]
    public void Several_files_ask_for_a_choice()
    {
        Download("someone/tiny-GGUF", "tiny-Q8_0.gguf", "tiny-Q4_0.gguf");

        Assert.Contains("@", Assert.Throws<ModelFileException>(() => _store.Open("lmstudio:tiny-GGUF")).Message, StringComparison.Ordinal);
        Assert.Contains("tiny-Q4_0.gguf", Assert.Throws<ModelFileException>(() => _store.Open("lmstudio:tiny-GGUF@Q6")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ollama:none", "ollama pull")]
    [InlineData("lmstudio:none", "LM Studio")]
    [InlineData("ollama:../../secret:x", "ollama pull")]
    [InlineData("lmstudio:../..", "LM Studio")]
    [InlineData("ollama:", "ollama pull")]
    public void A_name_that_is_not_there_is_told_with_what_is(string name, string remedy)
    {
        Pull("registry.example.org/library/tiny/latest");

        Assert.Contains(remedy, Assert.Throws<ModelFileException>(() => _store.Open(name)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"layers": 5}""")]
    [InlineData("""{"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:../../../etc/passwd"}]}""")]
    [InlineData("""{"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:0000000000000000000000000000000000000000000000000000000000000000"}]}""")]
    public void A_damaged_manifest_is_refused_by_name(string manifest)
    {
        string path = Path.Combine(_ollama, "manifests", "registry.example.org", "library", "tiny", "latest");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, manifest);

        string message = Assert.Throws<ModelFileException>(() => _store.Open("ollama:tiny")).Message;

        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.Contains("ollama pull", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_user_s_folders_follow_Ollama_s_variable_and_LM_Studio_s_pointer()
    {
        string moved = Path.Combine(_home, "elsewhere");
        File.WriteAllText(Path.Combine(_home, ".lmstudio-home-pointer"), moved + "\n");

        Assert.Equal(Path.Combine(moved, "models"), ForeignFolders.Of(_home, null).LmStudio[0]);
        Assert.Contains(_ollama, ForeignFolders.Of(_home, "").Ollama);
        Assert.Equal(["/models"], ForeignFolders.Of(_home, "/models").Ollama);
    }

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public void A_model_under_an_adapter_is_not_taken_for_the_adapted_one()
    {
        Pull("registry.example.org/library/tiny/latest");
        string path = Path.Combine(_ollama, "manifests", "registry.example.org", "library", "tiny", "latest");
        File.WriteAllText(path, File.ReadAllText(path).Replace("image.template", "image.adapter", StringComparison.Ordinal));

        Assert.Contains("adapter", Assert.Throws<ModelFileException>(() => _store.Open("ollama:tiny")).Message, StringComparison.Ordinal);
    }

    private string Pull(string manifest)
    {
        byte[] model = File.ReadAllBytes(DeviceInProcess.DemoModel);
        string digest = Convert.ToHexStringLower(SHA256.HashData(model));
        string blob = Path.Combine(_ollama, "blobs", "sha256-" + digest);
        Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
        File.WriteAllBytes(blob, model);
        string path = Path.Combine(_ollama, "manifests", Path.Combine(manifest.Split('/')));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $$"""
            {"schemaVersion": 2, "config": {"digest": "sha256:{{new string('1', 64)}}"}, "layers": [
              {"mediaType": "application/vnd.ollama.image.template", "digest": "sha256:{{new string('2', 64)}}"},
              {"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:{{digest}}", "size": {{model.Length}}}]}
            """);
        return blob;
    }

    private void Download(string repository, params string[] files)
    {
        string folder = Path.Combine(_lmStudio, Path.Combine(repository.Split('/')));
        Directory.CreateDirectory(folder);
        foreach (string file in files)
        {
            File.Copy(DeviceInProcess.DemoModel, Path.Combine(folder, file));
        }
    }
}
