using Exo.Engine.Formats;

namespace Exo.Engine.Tokens.Cutting;

/// <summary>The pre-tokenizers by the names that files use. Families that cut alike share an entry.</summary>
internal static class PreTokenizers
{
    private static readonly PreTokenizer s_default = new(WordPatterns.DefaultPunctuationRun, WordPatterns.Gpt2, WordPatterns.NumberRun, WordPatterns.ThreeDigits);
    private static readonly PreTokenizer s_gpt2 = new(WordPatterns.Gpt2);
    private static readonly PreTokenizer s_singleDigits = new(WordPatterns.Number, WordPatterns.Gpt2);
    private static readonly PreTokenizer s_falcon = new(WordPatterns.FalconPunctuationRun, WordPatterns.Gpt2, WordPatterns.ThreeDigits);
    private static readonly PreTokenizer s_llama3 = new(WordPatterns.Llama3);
    private static readonly PreTokenizer s_qwen2 = new(WordPatterns.Qwen2);
    private static readonly PreTokenizer s_gpt4o = new(WordPatterns.Gpt4o);
    private static readonly PreTokenizer s_tekken = new(WordPatterns.Tekken);
    private static readonly PreTokenizer s_deepSeek3 = new(WordPatterns.NumbersByThree, WordPatterns.HanAndKana, WordPatterns.DeepSeek3);
    private static readonly PreTokenizer s_deepSeekLlm = new(
        WordPatterns.LineBreak, DeepSeekPatterns.Word, DeepSeekPatterns.Punctuation, WordPatterns.TrailingSpace, DeepSeekPatterns.EastAsian, WordPatterns.NumberRun);
    private static readonly PreTokenizer s_deepSeekCoder = new(
        WordPatterns.LineBreak, DeepSeekPatterns.SpacedLetters, DeepSeekPatterns.SpacedPunctuation, DeepSeekPatterns.EastAsian, WordPatterns.Number);

    /// <summary>The pre-tokenizer of a name.</summary>
    /// <param name="name">As in tokenizer.ggml.pre.</param>
    /// <param name="source">The file, for the message.</param>
    /// <exception cref="ModelFileException">No family has this name.</exception>
    public static PreTokenizer Named(string name, string source) => name switch
    {
        "default" => s_default,
        "gpt-2" or "phi-2" or "mpt" or "olmo" or "jina-es" or "jina-de" or "jina-v2-es" or "jina-v2-de" or "gigachat" or "roberta-bpe" or "a.x-4.0" or "mellum" or "modern-bert"
            or "jina-v1-en" or "jina-v2-code" or "exaone4" or "jais" or "trillion" or "granite-docling" => s_gpt2,
        "starcoder" or "refact" or "command-r" or "smollm" or "codeshell" or "exaone" or "minerva-7b" or "mellum2" or "cohere2_moe" => s_singleDigits,
        "falcon" => s_falcon,
        "llama-bpe" or "llama3" or "llama-v3" or "falcon3" or "falcon-h1" or "pixtral" or "lfm2" or "midm-2.0" or "laguna" or "jina-v5-nano" or "dbrx" or "smaug-bpe" or "chatglm-bpe" or "glm4" or "llama4-bpe" => s_llama3,
        "qwen2" or "deepseek-r1-qwen" or "stablelm2" or "hunyuan" or "megrez" or "kormo" or "openpangu" or "f2llmv2" or "grok-2" or "solar-open" => s_qwen2,
        "gpt-4o" or "llama4" or "kanana2" or "minimax-m2" => s_gpt4o,
        "tekken" => s_tekken,
        "deepseek-v3" or "hunyuan-dense" or "joyai-llm" => s_deepSeek3,
        "deepseek-llm" => s_deepSeekLlm,
        "deepseek-coder" => s_deepSeekCoder,
        _ => throw new ModelFileException($"{source}: tokenizer.ggml.pre is \"{name}\", a way of cutting text that Exo does not know. Choose another model, or a newer Exo."),
    };
}
