using Exo.Actors.Configuration;
using Xunit;

namespace Exo.Actors.Tests.Configuration;

public sealed class SettingCatalogTests
{
    [Fact]
    public void The_catalog_holds_the_keys_of_the_reference_in_its_order()
    {
        string[] reference = [.. ExoConfig.Leaves(ExoConfig.Reference).Select(leaf => leaf.Key).Where(key => key.StartsWith("exo.", StringComparison.Ordinal))];
        string[] catalog = [.. SettingCatalog.All.Select(setting => setting.Key)];
        Assert.True(
            reference.SequenceEqual(catalog),
            $"Keys of hocon/reference.conf that SettingCatalog lacks: {string.Join(", ", reference.Except(catalog))}; keys of SettingCatalog that reference.conf lacks: {string.Join(", ", catalog.Except(reference))}. Their order is the same, too.");
    }

    [Fact]
    public void Every_default_fits_its_setting()
    {
        ConfigurationLayers layers = ConfigurationLayers.Read(null, new Dictionary<string, string>(), new Dictionary<string, string>());
        Assert.All(SettingCatalog.All, setting => Assert.True(SettingText.Fits(setting, layers[setting.Key].Text), $"{setting.Key} = {layers[setting.Key].Text}"));
    }

    [Fact]
    public void Variables_and_options_are_unique()
    {
        Assert.Equal(SettingCatalog.All.Length, SettingCatalog.All.Select(setting => setting.Variable).Distinct().Count());
        string[] options = [.. SettingCatalog.All.Select(setting => setting.Option).OfType<string>()];
        Assert.Equal(options.Length, options.Distinct().Count());
    }

    [Fact]
    public void Every_setting_is_explained()
        => Assert.All(SettingCatalog.All, setting => Assert.NotEmpty(ConfigurationLayers.Explanation(setting.Key)));

    [Fact]
    public void The_page_shows_the_catalog()
    {
        ConfigurationLayers layers = ConfigurationLayers.Read(null, new Dictionary<string, string>(), new Dictionary<string, string>());
        IEnumerable<string> rows = SettingCatalog.All.Select(setting =>
            $"| `{setting.Key}` | `{setting.Variable}` | {(setting.Option is { } option ? $"`{option}`" : "")} | {setting.Expected} | {(layers[setting.Key].Text is { Length: > 0 } text ? $"`{text}`" : "")} |");
        string expected = string.Join('\n', ["| key | variable | `exo up` | value | default |", "|---|---|---|---|---|", .. rows]);

        string page = File.ReadAllText(Path.Combine(Root(), "docs", "configuration.md")).ReplaceLineEndings("\n");

        Assert.True(page.Contains(expected + "\n", StringComparison.Ordinal), $"docs/configuration.md does not show the catalog; its table should be:\n{expected}");
    }

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Exo.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Exo.sln is nowhere above the tests.");
    }
}
