#nullable enable

namespace Exo.Testing.Published;

/// <summary>All of them.</summary>
internal static class PublishedModels
{
    public static IReadOnlyList<PublishedModel> All { get; } =
    [
        .. CohereModels.All,
        .. DeepSeekModels.All,
        .. EncoderModels.All,
        .. GatedModels.All,
        .. GemmaModels.All,
        .. InternLmModels.All,
        .. LatentModels.All,
        .. LlamaFourModels.All,
        .. MiniCpmModels.All,
        .. MistralModels.All,
        .. PlainModels.All,
        .. QwenModels.All,
    ];

    public static PublishedModel Of(string name) => All.Single(model => model.Name == name);
}
