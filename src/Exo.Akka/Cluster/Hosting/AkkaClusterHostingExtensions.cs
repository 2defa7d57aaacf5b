using System.Text;
using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Configuration.Hocon;
using Akka.Hosting;

namespace Akka.Cluster.Hosting;

public static class AkkaClusterHostingExtensions
{
    public static AkkaConfigurationBuilder WithClustering(this AkkaConfigurationBuilder builder, ClusterOptions options = null)
    {
        StringBuilder hocon = new();
        if (options is not null)
            Append(options, hocon);
        if (hocon.Length > 0)
            builder.AddHocon(hocon.ToString(), HoconAddMode.Prepend);
        options?.SplitBrainResolver?.Apply(builder);
        if (builder.ActorRefProvider.HasValue)
            builder.Use(ProviderSelection.Cluster.Instance);
        else
            builder.WithActorRefProvider(ProviderSelection.Cluster.Instance);
        return builder.AddStartup((system, _) => Cluster.Get(system));
    }

    /// <summary>Starts the mediator of publish-subscribe with the system, on nodes with the role (empty or null: on all), and registers it under <see cref="DistributedPubSub"/>.</summary>
    public static AkkaConfigurationBuilder WithDistributedPubSub(this AkkaConfigurationBuilder builder, string role)
    {
        if (!string.IsNullOrEmpty(role))
            builder.AddHocon("akka.cluster.pub-sub.role = " + HoconValue.Quote(role), HoconAddMode.Prepend);
        return builder.WithActors((system, registry) => registry.TryRegister<DistributedPubSub>(DistributedPubSub.Get(system).Mediator));
    }

    private static void Append(ClusterOptions options, StringBuilder hocon)
    {
        Append("roles", List(options.Roles));
        Append("seed-nodes", List(options.SeedNodes));
        Append("min-nr-of-members", options.MinimumNumberOfMembers?.ToString());
        Append("app-version", options.AppVersion is null ? null : HoconValue.Quote(options.AppVersion));
        Append("log-info", Switch(options.LogInfo));
        Append("log-info-verbose", Switch(options.LogInfoVerbose));
        foreach ((string role, int count) in options.MinimumNumberOfMembersPerRole ?? [])
            Append($"role.\"{role}\".min-nr-of-members", count.ToString());
        if (options.FailureDetector is { } detector)
            hocon.Append("akka.cluster.failure-detector {\n").Append(detector.ToHocon()).Append("}\n");

        void Append(string key, string value)
        {
            if (value is not null)
                hocon.Append("akka.cluster.").Append(key).Append(" = ").Append(value).Append('\n');
        }
    }

    private static string List(string[] items) => items is null ? null : "[" + string.Join(", ", items.Select(HoconValue.Quote)) + "]";

    private static string Switch(bool? value) => value is { } on ? on ? "on" : "off" : null;
}
