using System.Collections.Immutable;

namespace Exo.Actors.Configuration;

/// <summary>All settings of Exo, in the order of <c>reference.conf</c>, which explains them.</summary>
public static class SettingCatalog
{
    /// <summary>Every key below <c>exo</c>.</summary>
    public static ImmutableArray<Setting> All { get; } =
    [
        new("exo.device.name", SettingKind.Text) { Option = "--name" },
        new("exo.device.host", SettingKind.Text) { Option = "--host" },
        new("exo.device.port", SettingKind.Integer) { Option = "--port", Least = 0, Most = 65535 },
        new("exo.device.seeds", SettingKind.List) { Option = "--seed" },
        new("exo.device.memory", SettingKind.Size) { Option = "--memory" },
        new("exo.device.threads", SettingKind.Integer) { Option = "--threads", Least = 0, Most = 1024 },
        new("exo.gateway.address", SettingKind.Address) { Option = "--http" },
        new("exo.gateway.api-key", SettingKind.Text) { Variable = "EXO_API_KEY", IsSecret = true },
        new("exo.commands.address", SettingKind.Address) { Option = "--pbm" },
        new("exo.model.name", SettingKind.Text) { Option = "--model" },
        new("exo.model.stages", SettingKind.Integer) { Option = "--stages", Least = 0, Most = 1024 },
        new("exo.model.cut", SettingKind.List) { Option = "--cut" },
        new("exo.ring.gather-for", SettingKind.Duration),
        new("exo.ring.prepare-for", SettingKind.Duration),
        new("exo.ring.load-bytes-per-second", SettingKind.Size),
        new("exo.ring.exclude-for", SettingKind.Duration),
        new("exo.ring.chunk-tokens", SettingKind.Integer) { Least = 1 },
        new("exo.ring.chunk-for", SettingKind.Duration),
        new("exo.ring.sessions", SettingKind.Integer) { Least = 1, Most = 1024 },
        new("exo.ring.context-tokens", SettingKind.Integer) { Least = 16 },
        new("exo.recovery.give-up-after", SettingKind.Duration),
        new("exo.recovery.silent-for", SettingKind.Duration),
        new("exo.recovery.silent-per-token", SettingKind.Duration),
        new("exo.downing.silence", SettingKind.Duration),
        new("exo.healing.alone-after", SettingKind.Duration),
        new("exo.engine.kv-cache", SettingKind.Choice) { Choices = ["f16", "bf16", "q8", "f32"] },
        new("exo.engine.share-prefixes", SettingKind.Switch),
        new("exo.remote.cluster-key", SettingKind.Text) { Variable = "EXO_CLUSTER_KEY", IsSecret = true },
        new("exo.remote.cluster-key-file", SettingKind.Text) { Variable = "EXO_CLUSTER_KEY_FILE", Option = "--key-file" },
        new("exo.remote.tls.minimum-version", SettingKind.Choice) { Choices = ["1.3", "1.2"] },
        new("exo.remote.tls.certificate", SettingKind.Text),
        new("exo.remote.tls.certificate-key", SettingKind.Text),
        new("exo.remote.tls.certificate-password", SettingKind.Text) { IsSecret = true },
        new("exo.remote.tls.authority", SettingKind.Text),
        new("exo.remote.bulk-paths", SettingKind.List),
        new("exo.remote.bulk-serializers", SettingKind.List),
        new("exo.remote.bulk-maximum-frame-size", SettingKind.Size),
        new("exo.remote.outbound-queue-size", SettingKind.Size),
        new("exo.cluster.down-on-evidence-of-death", SettingKind.Switch),
        new("exo.cluster.heal-probe-interval", SettingKind.DurationOrOff),
    ];

    /// <summary>Variables that are no settings: they say where settings and state lie, or belong to the tests.</summary>
    public static ImmutableArray<string> OtherVariables { get; } = ["EXO_HOME", "EXO_CONFIG", "EXO_REFERENCE_DATA", "EXO_FUZZ", "EXO_FUZZ_HEADERS", "EXO_SIMULATION_SEEDS"];

    /// <summary>The setting with this key, or null.</summary>
    /// <param name="key">Its full name.</param>
    public static Setting? Find(string key) => All.FirstOrDefault(setting => setting.Key == key);
}
