using System.Text.Json;

namespace Exo.Engine.Tokens.Vocabularies;

/// <summary>What a tokenizer.json puts around a whole prompt, and what a model's other files say of its first and last token.</summary>
internal sealed class FolderFrame
{
    private readonly FolderTokens _tokens;

    private readonly List<string> _warnings;

    public FolderFrame(TokenizerJson postProcessor, FolderTokens tokens, List<string> warnings)
    {
        (_tokens, _warnings) = (tokens, warnings);
        if (!postProcessor.IsNull)
        {
            Read(postProcessor);
        }
    }

    public int? First { get; private set; }

    public int? Last { get; private set; }

    public bool AddsFirst { get; private set; }

    public bool AddsLast { get; private set; }

    public List<int> Ends { get; } = [];

    /// <summary>tokenizer_config.json: the names of the tokens.</summary>
    public void ReadConfig(TokenizerJson config)
    {
        First = Named(config["bos_token"]) ?? First;
        Last = Named(config["eos_token"]) ?? Last;
        AddsFirst |= config["add_bos_token"].Flag();
        AddsLast |= config["add_eos_token"].Flag();
    }

    /// <summary>generation_config.json: ids at which an answer ends.</summary>
    public void ReadGeneration(TokenizerJson generation)
    {
        TokenizerJson ends = generation["eos_token_id"];
        if (!ends.IsNull)
        {
            IReadOnlyList<TokenizerJson> ids = ends.Element.ValueKind == JsonValueKind.Array ? ends.Items() : [ends];
            Ends.AddRange(ids.Select(id => id.Id(int.MaxValue)).Where(id => id < _tokens.Tokens.Length));
        }
    }

    private int? Named(TokenizerJson token)
    {
        string? text = token.Element.ValueKind == JsonValueKind.Object ? token["content"].TextOrNull() : token.TextOrNull();
        return text is not null && _tokens.Ids.TryGetValue(text, out int id) ? id : null;
    }

    private void Read(TokenizerJson step)
    {
        switch (step.Type)
        {
            case "Sequence":
                foreach (TokenizerJson inner in step["processors"].Items())
                {
                    Read(inner);
                }

                break;
            case "TemplateProcessing":
                ReadTemplate(step);
                break;
            case "BertProcessing" or "RobertaProcessing":
                (First, AddsFirst) = (Pair(step["cls"]), true);
                (Last, AddsLast) = (Pair(step["sep"]), true);
                break;
            case "ByteLevel":
                break;
            default:
                throw step.Refuse($"is a \"{step.Type}\", a post-processor that Exo does not know");
        }
    }

    private int Pair(TokenizerJson pair) => pair.Items() is { Count: 2 } items ? items[1].Id(_tokens.Tokens.Length) : throw pair.Refuse("is no pair of a token and its id");

    private void ReadTemplate(TokenizerJson step)
    {
        bool before = true;
        foreach (TokenizerJson item in step["single"].Items())
        {
            if (item["SpecialToken"].IsNull)
            {
                before = false;
                continue;
            }

            string name = item["SpecialToken"]["id"].Text();
            TokenizerJson known = step["special_tokens"][name];
            int id = known.IsNull ? throw step.Refuse($"names the token \"{name}\", which special_tokens lacks")
                : known["ids"].Items() is { Count: > 0 } ids ? ids[^1].Id(_tokens.Tokens.Length)
                : throw known.Refuse("has no ids");
            if (before ? AddsFirst : AddsLast)
            {
                _warnings.Add($"{step.File}: {step.Field} puts several tokens {(before ? "before" : "after")} a text; Exo puts \"{name}\" alone.");
            }

            (First, AddsFirst) = before ? (id, true) : (First, AddsFirst);
            (Last, AddsLast) = before ? (Last, AddsLast) : (id, true);
        }
    }
}
