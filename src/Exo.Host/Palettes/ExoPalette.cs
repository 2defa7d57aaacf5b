using System.Globalization;
using Exo.Actors;
using Exo.Actors.Sessions;
using Exo.Host.Gateway.Cluster;
using Exo.Host.Generation;
using Pbm.Protocol;

namespace Exo.Host.Palettes;

/// <summary>`pbm … exo`: models, rings and generations.</summary>
internal static class ExoPalette
{
    private static readonly PbmProtocol.ArgumentDefinition s_model = new("model", "Name of a model, as `exo models` lists them.", Positional: true, Mandatory: true, Flag: false);
    private static readonly PbmProtocol.ArgumentDefinition s_stages = new("stages", "Into how many slices it is cut; without it the planner decides.", Positional: false, Mandatory: false, Flag: false);

    public static PaletteGroup Create(IGenerationNode node, IDeviceControl control, IModelCatalog models) => new("exo", "Devices, models, rings and generations.",
    [
        new(new PbmProtocol.CommandDefinition("ring", "Which device holds which units of which model.", []), (_, ct) => RingAsync(node, ct)),
        new(new PbmProtocol.CommandDefinition("devices", "The devices with their memory.", []), (_, ct) => DevicesAsync(node, ct)),
        new(new PbmProtocol.CommandDefinition("models", "The models that this device can use.", []), (_, ct) => ModelsAsync(models, ct)),
        new(new PbmProtocol.CommandDefinition("sessions", "The generations that this device owns.", []), (_, _) => Task.FromResult(Sessions(control))),
        new(new PbmProtocol.CommandDefinition("load", "Loads a model into a ring and waits until it is ready.", [s_model, s_stages]), (arguments, ct) => LoadAsync(node, models, arguments, ct)),
        new(new PbmProtocol.CommandDefinition("unload", "Frees a model on every device.", [s_model]), (arguments, ct) => UnloadAsync(node, models, arguments, ct)),
    ]);

    private static async Task<PbmProtocol.Reply> RingAsync(IGenerationNode node, CancellationToken ct)
    {
        ClusterSnapshot snapshot = await node.SnapshotAsync(ct);
        return snapshot.Rings.IsEmpty
            ? Replies.Text("No model is loaded: `exo load MODEL` loads one, and so does the first request.", json => ClusterJson.Write(json, node.DeviceName, snapshot))
            : Replies.Table(ClusterTables.RingColumns, ClusterTables.Rings(snapshot), json => ClusterJson.Write(json, node.DeviceName, snapshot));
    }

    private static async Task<PbmProtocol.Reply> DevicesAsync(IGenerationNode node, CancellationToken ct)
    {
        ClusterSnapshot snapshot = await node.SnapshotAsync(ct);
        return Replies.Table(ClusterTables.MemberColumns, ClusterTables.Members(snapshot), json => ClusterJson.Write(json, node.DeviceName, snapshot));
    }

    private static async Task<PbmProtocol.Reply> ModelsAsync(IModelCatalog models, CancellationToken ct)
    {
        IReadOnlyList<ModelListing> list = await models.ListAsync(ct);
        return Replies.Table(["model"], list.Select(model => new[] { model.Name }), json =>
        {
            json.WriteStartArray();
            foreach (ModelListing model in list)
            {
                json.WriteStartObject();
                json.WriteString("name", model.Name);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private static PbmProtocol.Reply Sessions(IDeviceControl control)
    {
        IReadOnlyList<SessionView> sessions = control.Sessions;
        return sessions.Count == 0
            ? Replies.Text("This device owns no generation at present.", json => Write(json, sessions))
            : Replies.Table(["id", "model", "state", "prompt", "tokens", "epoch", "recoveries", "age"], sessions.Select(Row), json => Write(json, sessions));
    }

    private static string[] Row(SessionView session) =>
    [
        session.Id.ToString(CultureInfo.InvariantCulture),
        session.Model,
        session.State,
        session.PromptTokens.ToString(CultureInfo.InvariantCulture),
        session.Tokens.ToString(CultureInfo.InvariantCulture),
        session.Epoch ?? "–",
        session.Recoveries.ToString(CultureInfo.InvariantCulture),
        string.Create(CultureInfo.InvariantCulture, $"{session.Age.TotalSeconds:0.0} s"),
    ];

    private static void Write(System.Text.Json.Utf8JsonWriter json, IReadOnlyList<SessionView> sessions)
    {
        json.WriteStartArray();
        foreach (SessionView session in sessions)
        {
            json.WriteStartObject();
            json.WriteNumber("id", session.Id);
            json.WriteString("model", session.Model);
            json.WriteString("state", session.State);
            json.WriteNumber("prompt_tokens", session.PromptTokens);
            json.WriteNumber("tokens", session.Tokens);
            json.WriteString("epoch", session.Epoch);
            json.WriteNumber("recoveries", session.Recoveries);
            json.WriteNumber("age_seconds", Math.Round(session.Age.TotalSeconds, 3));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static async Task<PbmProtocol.Reply> LoadAsync(IGenerationNode node, IModelCatalog models, IReadOnlyDictionary<string, string> arguments, CancellationToken ct)
    {
        int? stages = null;
        if (arguments.TryGetValue("stages", out string? text))
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < 1)
            {
                return Replies.Failure($"'{text}' is no number of stages: give 1 or more.", exitCode: 2);
            }

            stages = number;
        }

        if (await ResolveAsync(models, arguments["model"], ct) is not { } model)
        {
            return Replies.Failure($"There is no model '{arguments["model"]}': `exo models` lists them.");
        }

        LoadOutcome outcome = await node.LoadAsync(new LoadRequest(model, stages), ct);
        return outcome.Ok ? Replies.Text(outcome.Message, json => Outcome(json, outcome)) : Replies.Failure(outcome.Message);
    }

    private static async Task<PbmProtocol.Reply> UnloadAsync(IGenerationNode node, IModelCatalog models, IReadOnlyDictionary<string, string> arguments, CancellationToken ct)
    {
        string model = await ResolveAsync(models, arguments["model"], ct) ?? arguments["model"];
        return await node.UnloadAsync(model, ct)
            ? Replies.Text($"{model} is unloaded.", json =>
            {
                json.WriteStartObject();
                json.WriteString("unloaded", model);
                json.WriteEndObject();
            })
            : Replies.Failure($"{model} is not loaded: `exo ring` shows what is.");
    }

    private static async Task<string?> ResolveAsync(IModelCatalog models, string asked, CancellationToken ct) => ModelNames.Resolve(asked, await models.ListAsync(ct));

    private static void Outcome(System.Text.Json.Utf8JsonWriter json, LoadOutcome outcome)
    {
        json.WriteStartObject();
        json.WriteBoolean("loaded", outcome.Ok);
        json.WriteString("message", outcome.Message);
        json.WriteEndObject();
    }
}
