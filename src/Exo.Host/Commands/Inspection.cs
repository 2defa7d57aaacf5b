using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Exo.Engine.Chat;
using Exo.Engine.Files;
using Exo.Engine.Formats;
using Exo.Engine.Kernels;
using Exo.Engine.Models;
using Exo.Engine.Tokens;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>What `exo inspect` tells of a model, in two forms.</summary>
internal sealed class Inspection
{
    private static readonly int[] s_contexts = [4096, 32768, 131072];

    private readonly ModelFile _file;
    private readonly KvCacheType _cache;
    private readonly ImmutableArray<long> _kvBytesPerToken;
    private readonly Tokenizer? _tokenizer;
    private readonly string? _tokenizerFault;
    private readonly string? _templateSource;
    private readonly string? _templateFault;

    private Inspection(ModelFile file, KvCacheType cache)
    {
        (_file, _cache) = (file, cache);
        _kvBytesPerToken = file.Footprint.KvBytesPerToken(cache);
        try
        {
            _tokenizer = Tokenizer.From(file);
        }
        catch (ModelFileException e)
        {
            _tokenizerFault = e.Message;
        }

        try
        {
            _templateSource = ChatTemplate.From(file)?.Source;
        }
        catch (Exception e) when (e is ChatTemplateException or ModelFileException)
        {
            _templateFault = e.Message;
        }
    }

    private ModelSpec Spec => _file.Spec;

    private ModelFootprint Footprint => _file.Footprint;

    private long WeightBytes => Footprint.BytesOf(UnitRange.All(Spec.LayerCount));

    private IEnumerable<string> Warnings => [.. _file.Warnings, .. _tokenizer?.Warnings ?? []];

    /// <param name="file">The model.</param>
    /// <param name="cache">How sessions store keys and values.</param>
    public static Inspection Of(ModelFile file, KvCacheType cache) => new(file, cache);

    public JsonObject ToJson() => new()
    {
        ["path"] = _file.Path,
        ["fingerprint"] = _file.Fingerprint,
        ["name"] = Spec.Name,
        ["architecture"] = Spec.Architecture,
        ["layers"] = Spec.LayerCount,
        ["embedding_size"] = Spec.EmbeddingSize,
        ["feed_forward_size"] = Spec.FeedForwardSize,
        ["heads"] = Spec.HeadCount,
        ["kv_heads"] = Spec.KvHeadCount,
        ["head_size"] = Spec.HeadSize,
        ["vocabulary_size"] = Spec.VocabularySize,
        ["context_length"] = Spec.ContextLength,
        ["sliding_window"] = Spec.SlidingWindow,
        ["tied_output"] = Spec.TiedOutput,
        ["pooling"] = PoolingName,
        ["quantisation"] = new JsonArray([.. _file.Storage().Select(stored => new JsonObject
        {
            ["type"] = stored.Type,
            ["tensors"] = stored.Tensors,
            ["elements"] = stored.Elements,
            ["bytes"] = stored.Bytes,
        })]),
        ["bits_per_weight"] = Math.Round(BitsPerWeight(), 3),
        ["weight_bytes"] = WeightBytes,
        ["kv_cache"] = CacheName,
        ["units"] = new JsonArray([.. Enumerable.Range(0, Spec.UnitCount).Select(unit => new JsonObject
        {
            ["unit"] = unit,
            ["name"] = UnitName(unit),
            ["bytes"] = Footprint.UnitBytes[unit],
            ["kv_bytes_per_token"] = _kvBytesPerToken[unit],
            ["state_bytes"] = Footprint.StateBytes[unit],
            ["flops_per_token"] = Footprint.DecodeFlops[unit],
        })]),
        ["tokenizer"] = _tokenizer is null ? null : new JsonObject
        {
            ["algorithm"] = _tokenizer.Algorithm,
            ["size"] = _tokenizer.VocabularySize,
            ["bos_id"] = _tokenizer.BosId,
            ["eos_id"] = _tokenizer.EosId,
            ["adds_bos"] = _tokenizer.AddsBos,
            ["adds_eos"] = _tokenizer.AddsEos,
            ["end_ids"] = EngineArguments.Array(_tokenizer.EndOfGenerationIds.Order()),
        },
        ["tokenizer_fault"] = _tokenizerFault,
        ["chat_template"] = _templateSource,
        ["chat_template_fault"] = _templateFault,
        ["needs"] = new JsonArray([.. s_contexts.Select(context => new JsonObject
        {
            ["context"] = context,
            ["weight_bytes"] = WeightBytes,
            ["kv_bytes"] = KvBytes(context),
            ["state_bytes"] = StateBytes,
            ["scratch_bytes"] = Footprint.ScratchBytes,
            ["total_bytes"] = Total(context),
            ["within_context_length"] = context <= Spec.ContextLength,
        })]),
        ["warnings"] = new JsonArray([.. Warnings.Select(warning => (JsonNode)warning)]),
    };

    public void Show(Screen screen)
    {
        screen.Line($"{screen.Bold(Spec.Name)}, {_file.Path}");
        screen.Line(string.Create(CultureInfo.InvariantCulture, $"  architecture  {Spec.Architecture}: {Spec.LayerCount} layers of {Spec.EmbeddingSize}, {Spec.HeadCount} heads ({Spec.KvHeadCount} for keys and values) of {Spec.HeadSize}, feed-forward {Spec.FeedForwardSize}"));
        screen.Line(string.Create(CultureInfo.InvariantCulture, $"  context       {Spec.ContextLength} tokens{(Spec.SlidingWindow > 0 ? $", {(Spec.ChunkedWindow ? "chunks" : "sliding window")} of {Spec.SlidingWindow}" : "")}"));
        if (Spec.Pooling != Pooling.None)
        {
            screen.Line($"  embedding     makes of a text a vector of {Spec.EmbeddingSize.ToString(CultureInfo.InvariantCulture)} numbers ({PoolingName} of the tokens), and generates none");
        }

        screen.Line(string.Create(CultureInfo.InvariantCulture, $"  quantisation  {string.Join(", ", _file.Storage().Select(stored => $"{stored.Type} {Sizes.Text(stored.Bytes)} in {stored.Tensors} tensors"))}; {BitsPerWeight():0.00} bits per weight"));
        screen.Line("  tokenizer     " + (_tokenizer is null ? "none that can be used: " + _tokenizerFault : $"{_tokenizer.Algorithm}, {_tokenizer.VocabularySize} tokens"));
        screen.Line("  chat template " + (_templateSource is not null ? $"{_templateSource.Length} characters" : _templateFault is null ? "none" : "none that can be used: " + _templateFault));
        screen.Line();
        screen.Table(["unit", "holds", "bytes", $"KV per token, {CacheName}", "state"], Enumerable.Range(0, Spec.UnitCount).Select(unit => (string[])
            [unit.ToString(CultureInfo.InvariantCulture), UnitName(unit), Sizes.Text(Footprint.UnitBytes[unit]), Sizes.Text(_kvBytesPerToken[unit]), Footprint.StateBytes[unit] > 0 ? Sizes.Text(Footprint.StateBytes[unit]) : ""]));
        screen.Line();
        screen.Table(["context", "weights", "a session", "scratch", "in all", ""], s_contexts.Select(context => (string[])
            [string.Create(CultureInfo.InvariantCulture, $"{context / 1024}k"), Sizes.Text(WeightBytes), Sizes.Text(KvBytes(context) + StateBytes), Sizes.Text(Footprint.ScratchBytes), Sizes.Text(Total(context)), context <= Spec.ContextLength ? "" : "more than the model was made for"]));
        foreach (string warning in Warnings)
        {
            screen.Line(screen.Warn("Note: " + warning));
        }
    }

    /// <summary>How a text's vector is made; null of a model that generates text.</summary>
    private string? PoolingName => Spec.Pooling == Pooling.None ? null : Spec.Pooling.ToString().ToLowerInvariant();

    private double BitsPerWeight() => _file.Storage().Sum(stored => stored.Bytes) * 8.0 / Math.Max(1, _file.Storage().Sum(stored => stored.Elements));

    private string CacheName => _cache.ToString().ToLowerInvariant();

    private long KvBytes(int context) => Footprint.KvBytes(context, _cache).Sum();

    /// <summary>What recurrent layers hold for a session, however long it is.</summary>
    private long StateBytes => Footprint.StateBytes.Sum();

    private long Total(int context) => WeightBytes + KvBytes(context) + StateBytes + Footprint.ScratchBytes;

    private string UnitName(int unit) => unit == 0 ? "embedding" : unit <= Spec.LayerCount ? string.Create(CultureInfo.InvariantCulture, $"layer {unit - 1}") : "head";
}
