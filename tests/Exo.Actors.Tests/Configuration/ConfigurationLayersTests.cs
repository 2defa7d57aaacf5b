using Akka.Configuration;
using Exo.Actors.Configuration;
using Exo.Testing;
using Xunit;

namespace Exo.Actors.Tests.Configuration;

public sealed class ConfigurationLayersTests
{
    private const string Key = "exo.ring.sessions";
    private const string Variable = "EXO_RING_SESSIONS";

    [Theory]
    [InlineData(null, null, null, "4", SettingLayer.Default)]
    [InlineData("exo.ring.sessions = 5", null, null, "5", SettingLayer.File)]
    [InlineData("exo.ring.sessions = 5", "6", null, "6", SettingLayer.Environment)]
    [InlineData("exo.ring.sessions = 5", "6", "7", "7", SettingLayer.CommandLine)]
    [InlineData("exo.ring.sessions = 5", "", null, "5", SettingLayer.File)]
    [InlineData(null, null, "7", "7", SettingLayer.CommandLine)]
    public void The_nearest_layer_wins(string? file, string? variable, string? option, string expected, SettingLayer layer)
    {
        ConfigurationLayers layers = Read(file, Given(Variable, variable), Given(Key, option));

        Assert.Equal((expected, layer), (layers[Key].Text, layers[Key].Layer));
        Assert.Equal(int.Parse(expected, null), ExoConfig.With(layers.Overrides, layers.File).GetInt(Key));
        Assert.Empty(layers.Warnings);
    }

    [Fact]
    public void Every_origin_is_named()
    {
        ConfigurationLayers layers = Read(
            "# mine\nexo {\n  ring { chunk-tokens = 256 }\n  engine.kv-cache = f32\n}\n\"akka\".loglevel = DEBUG",
            Given("EXO_API_KEY", "secret"),
            Given("exo.device.threads", "2"));

        Assert.Equal("/home/exo.conf, line 3, column 25", layers["exo.ring.chunk-tokens"].Origin);
        Assert.Equal("/home/exo.conf, line 4, column 21", layers["exo.engine.kv-cache"].Origin);
        Assert.Equal("EXO_API_KEY", layers["exo.gateway.api-key"].Origin);
        Assert.Equal("--threads", layers["exo.device.threads"].Origin);
        Assert.Equal("default", layers["exo.ring.gather-for"].Origin);
        Assert.Equal("DEBUG", layers["akka.loglevel"].Text);
    }

    [Fact]
    public void Secrets_are_not_shown()
    {
        ConfigurationLayers layers = Read("exo.remote.cluster-key = \"a b\"", Given("EXO_API_KEY", "secret"), []);
        Assert.All(layers.Values.Where(value => value.Key is "exo.remote.cluster-key" or "exo.gateway.api-key"), value => Assert.Equal("(hidden)", value.Shown));
        Assert.Equal("", layers["exo.remote.tls.certificate-password"].Shown);
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Read("exo.remote.cluster-key = [secret]", [], []));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exo.ring.sesions = 5", "exo.ring.sesions", "exo.ring.sessions")]
    [InlineData("ring.sessions = 5", "ring.sessions", "exo.ring.sessions")]
    [InlineData("exo { remote { clusterkey = x } }", "exo.remote.clusterkey", "exo.remote.cluster-key")]
    public void An_unknown_key_changes_nothing_and_is_named_with_its_nearest_match(string file, string typed, string meant)
    {
        string warning = Assert.Single(Read(file, [], []).Warnings);
        Assert.Contains("/home/exo.conf, line 1, column ", warning, StringComparison.Ordinal);
        Assert.Contains($"no key {typed},", warning, StringComparison.Ordinal);
        Assert.Contains($"did you mean {meant}", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("akka.loglevl = DEBUG", "akka.loglevl", "akka.loglevel")]
    [InlineData("akka { cluster { gosip-interval = 1s } }", "akka.cluster.gosip-interval", "akka.cluster.gossip-interval")]
    [InlineData("akka.remote.dot-netty.tcp.hostnam = \"h\"", "akka.remote.dot-netty.tcp.hostnam", "akka.remote.dot-netty.tcp.hostname")]
    [InlineData("akka.cluster.pub-sub.rol = x", "akka.cluster.pub-sub.rol", "akka.cluster.pub-sub.role")]
    [InlineData("akka.loglevel { of = DEBUG }", "akka.loglevel.of", "akka.loglevel")]
    public void An_unknown_key_of_the_runtime_is_named_with_its_nearest_match(string file, string typed, string meant)
    {
        string warning = Assert.Single(Read(file, [], []).Warnings);

        Assert.Contains("/home/exo.conf, line 1, column ", warning, StringComparison.Ordinal);
        Assert.Contains($"no key {typed},", warning, StringComparison.Ordinal);
        Assert.EndsWith($"did you mean {meant}?", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("akka.loglevel = DEBUG")]
    [InlineData("akka.cluster.seed-nodes = []")]
    [InlineData("akka.actor.debug.unhandled = on")]
    [InlineData("akka.actor.serializers.mine = \"My.Serializer, Mine\"")]
    [InlineData("akka.actor.deployment.\"/worker\".dispatcher = mine")]
    [InlineData("akka.actor.mailbox.exo-stage.mailbox-capacity = 8")]
    [InlineData("akka.actor.default-dispatcher.dedicated-thread-pool.thread-count = 2")]
    [InlineData("akka.cluster.role.compute.min-nr-of-members = 2")]
    [InlineData("akka.coordinated-shutdown.phases.mine { timeout = 1s\n depends-on = [service-stop] }")]
    [InlineData("akka.discovery { method = mine\n mine.class = \"Mine, Mine\" }")]
    [InlineData("petabridge.cmd.port = 9110")]
    public void A_key_of_the_runtime_and_a_name_in_one_of_its_open_sections_is_known(string file) => Assert.Empty(Read(file, [], []).Warnings);

    [Fact]
    public void An_unknown_variable_is_named_with_its_nearest_match()
    {
        string warning = Assert.Single(Read(null, new() { ["EXO_RING_SESIONS"] = "5", ["PATH"] = "x", ["EXO_HOME"] = "y", ["EXOTIC"] = "z" }, []).Warnings);
        Assert.Contains("EXO_RING_SESIONS", warning, StringComparison.Ordinal);
        Assert.Contains("did you mean EXO_RING_SESSIONS?", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exo.ring.sessions = many")]
    [InlineData("exo.ring.sessions = 0")]
    [InlineData("exo.ring.sessions = 1025")]
    [InlineData("exo.ring.sessions = [1]")]
    [InlineData("exo.ring.gather-for = soon")]
    [InlineData("exo.ring.gather-for = \"\"")]
    [InlineData("exo.downing.silence = off")]
    [InlineData("exo.device.memory = 1.5MiB")]
    [InlineData("exo.device.memory = 99999999999 GiB")]
    [InlineData("exo.cluster.down-on-evidence-of-death = yes")]
    [InlineData("exo.engine.kv-cache = f64")]
    [InlineData("exo.gateway.address = \"somewhere\"")]
    [InlineData("exo.gateway.address = \"a:70000\"")]
    [InlineData("exo.device.seeds = \"a:1\"")]
    [InlineData("exo.ring = 5")]
    [InlineData("exo = 5")]
    [InlineData("akka.remote = 5")]
    public void A_value_of_the_wrong_sort_is_an_error_with_its_place_and_what_would_fit(string line)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Read("\n  " + line, [], []));
        string key = line.Split('=')[0].Trim();
        Assert.Contains($"/home/exo.conf, line 2, column {line.IndexOf('=', StringComparison.Ordinal) + 5}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{key} ", error.Message, StringComparison.Ordinal);
        Assert.Contains("must be ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_of_the_wrong_sort_is_an_error_with_its_name()
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Read(null, Given(Variable, "many"), []));
        Assert.StartsWith("EXO_RING_SESSIONS: ", error.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("exo.ring.sessions = a:b", "line 1, column 22")]
    [InlineData("a = ${a}", "line 1, column 5")]
    [InlineData("x = 1\nexo.ring.sessions = ${nowhere}", "line 2, column 21")]
    [InlineData("exo {\n  ring { }, downing { }\n}", "line 2, column 11")]
    public void A_file_that_cannot_be_read_is_named_with_line_and_column(string file, string place)
    {
        EmbeddedRuntime.Require("its reader tells the place");
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Read(file, [], []));
        Assert.StartsWith("/home/exo.conf: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a = ${a}")]
    [InlineData("exo.device { name = ${exo.device} }")]
    [InlineData("a = ${b}\nb = ${a}")]
    public void A_value_that_refers_to_itself_is_an_error(string file) =>
        Assert.StartsWith("/home/exo.conf: ", Assert.Throws<ConfigurationException>(() => Read(file, [], [])).Message, StringComparison.Ordinal);

    [SkippableFact]
    public void A_substitution_that_hopes_for_the_environment_is_named()
    {
        EmbeddedRuntime.Require("an optional substitution without a value is nothing");
        string warning = Assert.Single(Read("exo.device.name = ${?HOSTNAME}", [], []).Warnings);
        Assert.Contains("${?HOSTNAME} is nothing", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_a_variable_is_cut_at_its_commas()
    {
        ConfigurationLayers layers = Read("{ exo.device.seeds = [\"a:1\"] }", Given("EXO_DEVICE_SEEDS", "b:2, c:3"), []);
        Assert.Equal(["b:2", "c:3"], ExoConfig.With(layers.Overrides, layers.File).GetStringList("exo.device.seeds"));
    }

    [Fact]
    public void Any_text_survives_the_way_through_a_variable()
    {
        const string Odd = "a \"b\" \\ ${c} # d {e}\tf = ä";
        ConfigurationLayers layers = Read(null, Given("EXO_DEVICE_NAME", Odd), []);
        Assert.Equal(Odd, ExoConfig.With(layers.Overrides).GetString("exo.device.name"));
    }

    private static ConfigurationLayers Read(string? file, Dictionary<string, string> environment, Dictionary<string, string> commandLine) =>
        ConfigurationLayers.Read(file is null ? null : new UserFile("/home/exo.conf", file), environment, commandLine);

    private static Dictionary<string, string> Given(string name, string? value) => value is null ? [] : new() { [name] = value };
}
