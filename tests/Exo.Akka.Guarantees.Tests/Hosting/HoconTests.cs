using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Akka.Guarantees.Hosting;

public sealed class HoconTests
{
    [Fact]
    public async Task Prepended_hocon_overrides_and_appended_hocon_is_a_fallback()
    {
        using IHost host = Hosts.Build(builder => builder
            .AddHocon(ConfigurationFactory.ParseString("my.a = first\nmy.b = first"), HoconAddMode.Append)
            .AddHocon(ConfigurationFactory.ParseString("my.a = over"), HoconAddMode.Prepend)
            .AddHocon(ConfigurationFactory.ParseString("my.b = under\nmy.c = under"), HoconAddMode.Append));

        Config config = host.Services.GetRequiredService<ActorSystem>().Settings.Config;

        Assert.Equal("over", config.GetString("my.a"));
        Assert.Equal("first", config.GetString("my.b"));
        Assert.Equal("under", config.GetString("my.c"));
        await host.StopAsync();
    }

    [Fact]
    public void The_hosts_configuration_reads_as_hocon()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string>
        {
            ["Akka:Remote:Port"] = "4053",
            ["akka:cluster:roles:0"] = "a",
            ["akka:cluster:roles:1"] = "b",
        }).Build();
        AkkaConfigurationBuilder builder = new(new ServiceCollection(), "test");

        builder.AddHocon(configuration, HoconAddMode.Prepend);

        Assert.Equal(4053, builder.Configuration.Value.GetInt("akka.remote.port"));
        Assert.Equal(["a", "b"], builder.Configuration.Value.GetStringList("akka.cluster.roles"));
    }

    [Fact]
    public void Replacing_hocon_goes_before_what_was_added()
    {
        AkkaConfigurationBuilder builder = new(new ServiceCollection(), "test");

        builder.AddHocon(ConfigurationFactory.ParseString("my.b = 1"), HoconAddMode.Append).AddHocon(ConfigurationFactory.ParseString("my.b = 2"), HoconAddMode.Replace);

        Assert.Equal(2, builder.Configuration.Value.GetInt("my.b"));
    }

    [Fact]
    public void Hocon_comes_from_a_file()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "my.a = from a file");
            AkkaConfigurationBuilder builder = new(new ServiceCollection(), "test");

            builder.AddHoconFile(file, HoconAddMode.Prepend);

            Assert.Equal("from a file", builder.Configuration.Value.GetString("my.a"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void The_ways_of_adding_hocon_have_the_documented_numbers()
        => Assert.Equal((0, 1, 2), ((int)HoconAddMode.Append, (int)HoconAddMode.Prepend, (int)HoconAddMode.Replace));
}
