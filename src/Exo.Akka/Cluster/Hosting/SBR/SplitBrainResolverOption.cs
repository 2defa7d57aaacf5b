using Akka.Actor.Setup;
using Akka.Configuration.Hocon;
using Akka.Hosting;

namespace Akka.Cluster.Hosting.SBR;

/// <summary>Chooses the built-in split brain resolver and one of its strategies.</summary>
public abstract class SplitBrainResolverOption
{
    public static readonly SplitBrainResolverOption Default = new KeepMajorityOption();

    public string Role { get; set; }

    public abstract string ConfigPath { get; }

    public Type Class => typeof(Akka.Cluster.SBR.SplitBrainResolverProvider);

    public abstract void Apply(AkkaConfigurationBuilder builder, Setup setup = null);

    private protected void Apply(AkkaConfigurationBuilder builder, params (string Key, string Value)[] settings)
    {
        string prefix = "akka.cluster.split-brain-resolver";
        IEnumerable<string> lines = settings.Append((Key: "role", Value: Role is null ? null : HoconValue.Quote(Role)))
            .Where(setting => setting.Value is not null)
            .Select(setting => $"{prefix}.{ConfigPath}.{setting.Key} = {setting.Value}")
            .Prepend($"{prefix}.active-strategy = {ConfigPath}")
            .Prepend($"akka.cluster.downing-provider-class = \"{Class.FullName}, Akka.Cluster\"");
        builder.AddHocon(string.Join('\n', lines), HoconAddMode.Prepend);
    }
}
