using System.CommandLine;
using Exo.Host.Commands;
using Exo.Host.Terminal;
using Exo.Testing;

namespace Exo.Host.Tests.Commands;

/// <summary>The command line as people type it. The console is shared, so these run one after the other.</summary>
[Collection("console")]
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("demo")]
    [InlineData("up")]
    [InlineData("run")]
    [InlineData("status")]
    [InlineData("ring")]
    [InlineData("key")]
    [InlineData("config")]
    [InlineData("inspect")]
    [InlineData("tokenize")]
    [InlineData("detokenize")]
    [InlineData("render-template")]
    [InlineData("logits")]
    [InlineData("generate")]
    [InlineData("dequantize")]
    [InlineData("parse-output")]
    [InlineData("grammar-check")]
    [InlineData("doctor")]
    public async Task Every_command_explains_itself_with_examples(string command)
    {
        (int code, string output, _) = await RunAsync(command, "--help");
        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("Examples:", output);
        Assert.Contains("exo " + command, output);
        Assert.DoesNotContain("\e", output);
    }

    [Fact]
    public void Every_option_says_what_it_takes_and_stands_on_the_page_of_commands()
    {
        string page = Page();
        Option[] options = [.. Options(CommandLine.Create()).Where(option => !option.Hidden && option.Name is not ("--help" or "--version"))];

        Assert.All(options, option => Assert.False(string.IsNullOrEmpty(option.Description), option.Name));
        Assert.All(options, option => Assert.True(option.ValueType == typeof(bool) || option.HelpName is { Length: > 0 }, $"{option.Name} takes a value: give it a HelpName"));
        Assert.All(options, option => Assert.True(page.Contains(option.Name, StringComparison.Ordinal), $"{option.Name} is not in docs/cli.md"));
    }

    [Fact]
    public async Task Without_a_command_the_commands_are_listed()
    {
        (int code, string output, _) = await RunAsync();
        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("demo", output);
    }

    [Theory]
    [InlineData("demo", "demmo")]
    [InlineData("status", "statsu")]
    public async Task A_mistyped_command_is_answered_with_the_one_that_was_meant(string meant, string typed)
    {
        (int code, string output, string error) = await RunAsync(typed);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("Did you mean", output + error);
        Assert.Contains(meant, output + error);
    }

    [Theory]
    [InlineData("port", "up", "--port", "abc")]
    [InlineData("70000", "up", "--port", "70000")]
    [InlineData("--threads", "up", "--threads", "-1")]
    [InlineData("4GiB", "up", "--memory", "much")]
    [InlineData("--seed", "up", "--seed", "nowhere")]
    [InlineData("HOST:PORT", "up", "--http", "80")]
    [InlineData("2,5", "up", "--cut", "5,2")]
    [InlineData("--stages", "up", "--stages", "0")]
    [InlineData("--stages", "demo", "--stages", "1", "--kill")]
    [InlineData("--stages", "demo", "--stages", "99")]
    [InlineData("model", "run")]
    public async Task A_wrong_value_is_usage_and_names_the_remedy(string word, params string[] args)
    {
        (int code, string output, string error) = await RunAsync(args);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(word, output + error);
        Assert.DoesNotContain("   at ", output + error);
    }

    [Theory]
    [InlineData("Devices on 192.0.2.1 are reachable", "up", "--host", "192.0.2.1")]
    [InlineData("EXO_API_KEY", "up", "--http", "0.0.0.0:0")]
    [InlineData("127.0.0.1", "up", "--pbm", "0.0.0.0:0")]
    [InlineData("--key-file", "up", "--key-file", "no-such-file")]
    public async Task Nothing_is_offered_to_the_network_without_a_key(string remedy, params string[] args)
    {
        (int code, _, string error) = await RunAsync(args);
        Assert.NotEqual(ExitCode.Ok, code);
        Assert.Contains(remedy, error);
    }

    [SkippableTheory]
    [InlineData("EXO_CLUSTER_KEY")]
    [InlineData("exo key cluster")]
    public async Task Devices_that_others_can_reach_are_told_how_to_make_a_key(string remedy)
    {
        EmbeddedRuntime.Require("a cluster key protects its connections");
        (int code, _, string error) = await RunAsync("up", "--host", "192.0.2.1");
        Assert.NotEqual(ExitCode.Ok, code);
        Assert.Contains(remedy, error);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("ring", "--json")]
    public async Task Where_no_device_runs_the_remedy_is_told(params string[] args)
    {
        (int code, string output, string error) = await RunAsync([.. args, "--node", "http://127.0.0.1:1"]);
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("exo up", error);
        Assert.Empty(output);
    }

    private static IEnumerable<Option> Options(Command command) => command.Options.Concat(command.Subcommands.SelectMany(Options));

    private static string Page()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string path = Path.Combine(at.FullName, "docs", "cli.md");
            if (File.Exists(path))
            {
                return File.ReadAllText(path);
            }
        }

        throw new FileNotFoundException("docs/cli.md is not above the tests.");
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(params string[] args) => ConsoleRun.RunAsync(args);
}
