using System.Buffers.Text;
using Exo.Host.Terminal;
using Exo.Testing;

namespace Exo.Host.Tests.Commands;

[Collection("console")]
public sealed class KeyCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("exo-key");

    private string KeyFile => Path.Combine(_folder.FullName, "deep", "cluster.key");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_printed_key_has_256_bits_and_is_never_the_same()
    {
        (int code, string first, _) = await RunAsync("key", "cluster");
        (_, string second, _) = await RunAsync("key", "cluster");

        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal(32, Base64Url.DecodeFromChars(first.Trim()).Length);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task A_written_key_is_for_its_owner_alone_and_is_not_shown()
    {
        (int code, string output, _) = await RunAsync("key", "cluster", "--out", KeyFile);

        string key = File.ReadAllText(KeyFile).Trim();
        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal(43, key.Length);
        Assert.DoesNotContain(key, output);
        Assert.Contains(KeyFile, output);
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(KeyFile) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(KeyFile)!));
    }

    [Fact]
    public async Task A_key_is_replaced_by_force_alone()
    {
        await RunAsync("key", "cluster", "--out", KeyFile);
        string before = File.ReadAllText(KeyFile);

        (int refused, _, string error) = await RunAsync("key", "cluster", "--out", KeyFile);
        string kept = File.ReadAllText(KeyFile);
        (int forced, _, _) = await RunAsync("key", "cluster", "--out", KeyFile, "--force");

        Assert.Equal((ExitCode.Usage, ExitCode.Ok), (refused, forced));
        Assert.Contains("--force", error);
        Assert.Equal(before, kept);
        Assert.NotEqual(before, File.ReadAllText(KeyFile));
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_a_clear_failure()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "file"), "");
        (int code, _, string error) = await RunAsync("key", "cluster", "--out", Path.Combine(_folder.FullName, "file", "cluster.key"));
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("--out", error);
    }

    [Fact]
    public Task An_empty_key_file_is_refused_with_the_remedy() => IsRefused("", "is empty");

    [SkippableFact]
    public async Task A_key_that_could_be_guessed_is_refused_with_the_remedy()
    {
        EmbeddedRuntime.Require("a cluster key protects its connections");
        await IsRefused("short", "5 characters");
    }

    private async Task IsRefused(string text, string says)
    {
        string file = Path.Combine(_folder.FullName, "bad.key");
        File.WriteAllText(file, text);
        (int code, _, string error) = await RunAsync("up", "--host", "192.0.2.1", "--key-file", file);
        Assert.NotEqual(ExitCode.Ok, code);
        Assert.Contains(says, error);
        Assert.Contains("exo key cluster", error);
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(params string[] args) => ConsoleRun.RunAsync(args);
}
