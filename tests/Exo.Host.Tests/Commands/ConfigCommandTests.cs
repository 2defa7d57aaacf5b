using System.Text.Json;
using Exo.Host.Composition;
using Exo.Host.Terminal;
using Exo.Testing;

namespace Exo.Host.Tests.Commands;

[Collection("console")]
public sealed class ConfigCommandTests : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("exo-config");
    private readonly Dictionary<string, string?> _before = [];

    public ConfigCommandTests() => Set("EXO_HOME", _home.FullName);

    public void Dispose()
    {
        foreach ((string name, string? value) in _before)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        _home.Delete(recursive: true);
    }

    [Fact]
    public async Task Every_value_is_shown_with_its_origin_and_no_secret()
    {
        string file = Write("exo.conf", "exo.ring.sessions = 8\nexo.remote.cluster-key = \"a very secret word\"");
        Set("EXO_RING_CHUNK_TOKENS", "256");

        (int code, string output, string error) = await ConsoleRun.RunAsync("config", "show");

        Assert.Equal((ExitCode.Ok, ""), (code, error));
        Assert.Matches(@"exo\.ring\.sessions\s+8\s+\S*exo\.conf, line 1, column 21", output);
        Assert.Matches(@"exo\.ring\.chunk-tokens\s+256\s+EXO_RING_CHUNK_TOKENS", output);
        Assert.Matches(@"exo\.ring\.gather-for\s+3s\s+default", output);
        Assert.Matches(@"exo\.remote\.cluster-key\s+\(hidden\)", output);
        Assert.DoesNotContain("secret word", output);
        Assert.Contains(file, output);
    }

    [Fact]
    public async Task One_key_is_shown_with_what_it_means()
    {
        (int code, string output, _) = await ConsoleRun.RunAsync("config", "show", "exo.downing.silence");
        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("exo.downing.silence = 700ms   (default)", output);
        Assert.Contains("How long a device may be unreachable", output);
        Assert.Contains("EXO_DOWNING_SILENCE", output);
    }

    [Fact]
    public async Task Programs_get_json()
    {
        Set("EXO_API_KEY", "a very secret word");
        (int code, string output, _) = await ConsoleRun.RunAsync("config", "show", "exo.gateway", "--json");
        Assert.Equal(ExitCode.Ok, code);
        JsonElement[] settings = [.. JsonDocument.Parse(output).RootElement.EnumerateArray()];
        Assert.Equal(["exo.gateway.address", "exo.gateway.api-key"], settings.Select(setting => setting.GetProperty("key").GetString()));
        Assert.Equal("(hidden)", settings[1].GetProperty("value").GetString());
        Assert.Equal("environment", settings[1].GetProperty("layer").GetString());
        Assert.Equal("--http", settings[0].GetProperty("option").GetString());
    }

    [Fact]
    public async Task What_changes_nothing_is_said_once_on_stderr()
    {
        string file = Write("mine.conf", "exo.ring.sesions = 8");
        Set("EXO_RING_SESIONS", "8");
        (int code, string output, string error) = await ConsoleRun.RunAsync("config", "show", "--config", file, "--json");
        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal(2, error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("did you mean exo.ring.sessions?", error);
        Assert.Contains("did you mean EXO_RING_SESSIONS?", error);
        Assert.NotNull(JsonDocument.Parse(output));
    }

    [Theory]
    [InlineData("exo.ring.sessions = many", "mine.conf, line 1, column 21", "config", "show")]
    [InlineData("exo.ring.sessions = many", "mine.conf, line 1, column 21", "up")]
    [InlineData("exo.device.seeds = [\"nowhere\"]", "exo.device.seeds is 'nowhere'", "up")]
    [InlineData("exo.device.host = \"192.0.2.1\"", "Devices on 192.0.2.1 are reachable", "up")]
    [InlineData("exo.commands.address = \"0.0.0.0:0\"", "127.0.0.1", "up")]
    public async Task A_bad_file_is_usage_with_its_place(string text, string says, params string[] command)
    {
        string file = Write("mine.conf", text);
        (int code, _, string error) = await ConsoleRun.RunAsync([.. command, "--config", file]);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(says, error);
        Assert.DoesNotContain("   at ", error);
    }

    [SkippableTheory]
    [InlineData("exo.ring {", "(line 1, column ", "config", "show")]
    [InlineData("akka.cluster.min-nr-of-members = some", "mine.conf: 'some' is not a whole number (akka.cluster.min-nr-of-members, line 1, column 34)", "up")]
    [InlineData("akka.cluster.failure-detector {\n  threshold = high\n}", "(akka.cluster.failure-detector.threshold, line 2, column 15)", "up")]
    [InlineData("akka.remote.dot-netty.tcp.maximum-frame-size = 1b", "maximum-frame-size is 1 bytes", "up")]
    public async Task What_the_runtime_cannot_read_is_usage_with_its_place(string text, string says, params string[] command)
    {
        EmbeddedRuntime.Require("it reads its own keys at once and tells where a bad one stands");
        string file = Write("mine.conf", text);
        (int code, _, string error) = await ConsoleRun.RunAsync([.. command, "--config", file]);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(says, error);
        Assert.DoesNotContain("   at ", error);
    }

    [Theory]
    [InlineData("exo.rng.sessions", "exo.ring.sessions")]
    [InlineData("sessions", "exo.ring.sessions")]
    public async Task An_unknown_key_is_answered_with_the_nearest(string typed, string meant)
    {
        (int code, _, string error) = await ConsoleRun.RunAsync("config", "show", typed);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(meant, error);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_a_clear_failure()
    {
        Set("EXO_CONFIG", Path.Combine(_home.FullName, "none.conf"));
        (int code, _, string error) = await ConsoleRun.RunAsync("config", "show");
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("EXO_CONFIG", error);
    }

    [Fact]
    public void A_device_is_what_the_layers_say()
    {
        Write("exo.conf", "exo.device { host = \"127.0.0.2\", name = file, threads = 3, memory = 2GiB }\nexo.model { name = some, cut = [2, 5] }");
        Set("EXO_DEVICE_NAME", "variable");
        Set("EXO_DEVICE_SEEDS", "127.0.0.1:1,127.0.0.1:2");

        DeviceOptions options = Options(new() { ["exo.device.threads"] = "2" });

        Assert.Equal(("127.0.0.2", "variable", 2, 2L << 30), (options.Cluster.Host, options.Name, options.Threads, options.MemoryBytes));
        Assert.Equal(["127.0.0.1:1", "127.0.0.1:2"], options.Seeds.ToArray());
        Assert.Equal([2, 5], options.Cut.ToArray());
        Assert.Equal("some", options.Model);
        Assert.Null(options.Stages);
    }

    [Fact]
    public void The_nearest_cluster_key_counts()
    {
        Assert.Null(Options([]).ClusterKey);
        Write("cluster.key", "of the home\n");
        Assert.Equal("of the home", Options([]).ClusterKey);
        Write("exo.conf", "exo.remote.cluster-key = \"of the file\"");
        Assert.Equal("of the file", Options([]).ClusterKey);
        Set("EXO_CLUSTER_KEY_FILE", Write("other.key", "of the variable's file"));
        Assert.Equal("of the variable's file", Options([]).ClusterKey);
        Set("EXO_CLUSTER_KEY", "of the variable");
        Assert.Equal("of the variable", Options([]).ClusterKey);
        Assert.Equal("of the option", Options(new() { ["exo.remote.cluster-key-file"] = Write("option.key", "of the option") }).ClusterKey);
    }

    private DeviceOptions Options(Dictionary<string, string> commandLine) => DeviceConfiguration.Options(DeviceConfiguration.Read(_home.FullName, null, commandLine), _home.FullName);

    private string Write(string name, string text)
    {
        string file = Path.Combine(_home.FullName, name);
        File.WriteAllText(file, text);
        return file;
    }

    private void Set(string name, string? value)
    {
        _before.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }
}
