using System.Text.Json;
using Exo.Engine.Formats;
using Exo.Host.Gateway.Http;
using Exo.Host.Generation;
using Microsoft.AspNetCore.Http;

namespace Exo.Host.Gateway.OpenAi;

/// <summary>The OpenAI dialect: chat completions, completions, models.</summary>
internal sealed class OpenAiRoutes
{
    private readonly IModelCatalog _models;
    private readonly Answers _answers;

    public OpenAiRoutes(IModelCatalog models, Answers answers)
    {
        _models = models;
        _answers = answers;
    }

    public Task ChatAsync(HttpContext context) => AnswerAsync(context, ChatFields.Read);

    public Task CompletionAsync(HttpContext context) => AnswerAsync(context, CompletionFields.Read);

    public async Task ListModelsAsync(HttpContext context)
    {
        IReadOnlyList<ModelListing> models = await _models.ListAsync(context.RequestAborted);
        await JsonText.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("object", "list");
            json.WriteStartArray("data");
            foreach (ModelListing model in models)
            {
                Write(json, model);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    public async Task ShowModelAsync(HttpContext context, string id)
    {
        IReadOnlyList<ModelListing> models = await _models.ListAsync(context.RequestAborted);
        string name = ModelNames.Resolve(id, models) ?? throw Unknown(id, models);
        await JsonText.WriteAsync(context, json => Write(json, models.First(model => model.Name == name)));
    }

    private static void Write(Utf8JsonWriter json, ModelListing model)
    {
        json.WriteStartObject();
        json.WriteString("id", model.Name);
        json.WriteString("object", "model");
        json.WriteNumber("created", model.Since.ToUnixTimeSeconds());
        json.WriteString("owned_by", "exo");
        json.WriteStartObject("exo");
        json.WriteNumber("default_temperature", SharedFields.DefaultTemperature);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private async Task AnswerAsync(HttpContext context, Func<Fields, string, IModelText, OpenAiCall> read)
    {
        using JsonDocument body = await RequestBody.ReadAsync(context);
        Fields fields = new(body.RootElement);
        IReadOnlyList<ModelListing> models = await _models.ListAsync(context.RequestAborted);
        string asked = fields.Text("model") is { Length: > 0 and <= 512 } given ? given : throw ApiException.Invalid("model", $"'model' is missing: send one of {Names(models)}.");
        string model = ModelNames.Resolve(asked, models) ?? throw Unknown(asked, models);
        OpenAiCall call;
        try
        {
            call = read(fields, model, await _models.OpenAsync(model, context.RequestAborted));
        }
        catch (ModelFileException e)
        {
            throw new ApiException(503, e.Message, "model", "model_unusable");
        }

        await _answers.RunAsync(context, call);
    }

    private static ApiException Unknown(string asked, IReadOnlyList<ModelListing> models) =>
        new(404, models.Count == 0
            ? "No model is usable on this device: put a GGUF file into its models folder."
            : $"There is no model '{(asked.Length > 100 ? asked[..100] + "…" : asked)}'; the nearest names are {string.Join(", ", ModelNames.Closest(asked, models).Select(name => $"'{name}'"))}, and GET /v1/models lists all.", "model", "model_not_found");

    private static string Names(IReadOnlyList<ModelListing> models) =>
        models.Count == 0 ? "the names of GET /v1/models" : string.Join(", ", models.Take(5).Select(model => $"'{model.Name}'"));
}
