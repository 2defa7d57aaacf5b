using Exo.Engine.Formats;

namespace Exo.Engine.Tokens.Vocabularies;

/// <summary>A tokenizer.model: pieces, trainer and normaliser of SentencePiece (sentencepiece_model.proto of that project).</summary>
internal sealed class SentencePieceFile
{
    private const int Unigram = 1;
    private const int BytePair = 2;
    private const long LargestFile = 1 << 28;

    private SentencePieceFile(string path) => Path = path;

    public string Path { get; }

    public List<string> Tokens { get; } = [];

    public List<float> Scores { get; } = [];

    public List<TokenKind> Kinds { get; } = [];

    public bool IsUnigram { get; private set; } = true;

    public int UnknownId { get; private set; }

    public int BosId { get; private set; } = 1;

    public int EosId { get; private set; } = 2;

    public byte[] CharacterMap { get; private set; } = [];

    public bool AddsPrefix { get; private set; } = true;

    public bool TidiesSpaces { get; private set; } = true;

    public bool EscapesSpaces { get; private set; } = true;

    /// <exception cref="ModelFileException">It cannot be read, is damaged, or of an algorithm that is not known.</exception>
    public static SentencePieceFile Read(string path)
    {
        SentencePieceFile file = new(path);
        ProtobufReader model = new(Load(path), path);
        while (model.Next())
        {
            switch (model.Field)
            {
                case 1:
                    file.ReadPiece(model.Bytes());
                    break;
                case 2:
                    file.ReadTrainer(model.Bytes());
                    break;
                case 3:
                    file.ReadNormaliser(model.Bytes());
                    break;
                default:
                    model.Skip();
                    break;
            }
        }

        return file.Tokens.Count > 0 ? file : throw model.Broken();
    }

    private static byte[] Load(string path)
    {
        try
        {
            return new FileInfo(path).Length <= LargestFile ? File.ReadAllBytes(path) : throw new ModelFileException($"{path}: the file is larger than {LargestFile} bytes, so it is no tokenizer. Download the model again.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException($"{path}: the file cannot be read ({e.Message.TrimEnd('.')}).", e);
        }
    }

    private void ReadPiece(ReadOnlySpan<byte> bytes)
    {
        ProtobufReader piece = new(bytes, Path);
        string text = "";
        float score = 0;
        TokenKind kind = TokenKind.Normal;
        while (piece.Next())
        {
            switch (piece.Field)
            {
                case 1:
                    text = piece.Text();
                    break;
                case 2:
                    score = piece.Single();
                    break;
                case 3:
                    kind = piece.Integer() is >= 1 and <= 6 and long number ? (TokenKind)number : throw piece.Broken();
                    break;
                default:
                    piece.Skip();
                    break;
            }
        }

        Tokens.Add(text);
        Scores.Add(float.IsNaN(score) ? throw piece.Broken() : score);
        Kinds.Add(kind);
    }

    private void ReadTrainer(ReadOnlySpan<byte> bytes)
    {
        ProtobufReader trainer = new(bytes, Path);
        while (trainer.Next())
        {
            switch (trainer.Field)
            {
                case 3:
                    long algorithm = trainer.Integer();
                    IsUnigram = algorithm is Unigram or BytePair
                        ? algorithm == Unigram
                        : throw new ModelFileException($"{Path}: trainer_spec.model_type is {algorithm}; Exo knows 1 (unigram) and 2 (BPE). Choose another model.");
                    break;
                case 24 when trainer.Integer() != 0:
                    throw new ModelFileException($"{Path}: trainer_spec.treat_whitespace_as_suffix is set, which Exo does not know. Choose another model.");
                case 40:
                    UnknownId = Id(trainer.Integer());
                    break;
                case 41:
                    BosId = Id(trainer.Integer());
                    break;
                case 42:
                    EosId = Id(trainer.Integer());
                    break;
                case 24:
                    break;
                default:
                    trainer.Skip();
                    break;
            }
        }
    }

    private void ReadNormaliser(ReadOnlySpan<byte> bytes)
    {
        ProtobufReader normaliser = new(bytes, Path);
        while (normaliser.Next())
        {
            switch (normaliser.Field)
            {
                case 2:
                    CharacterMap = normaliser.Bytes().ToArray();
                    break;
                case 3:
                    AddsPrefix = normaliser.Integer() != 0;
                    break;
                case 4:
                    TidiesSpaces = normaliser.Integer() != 0;
                    break;
                case 5:
                    EscapesSpaces = normaliser.Integer() != 0;
                    break;
                default:
                    normaliser.Skip();
                    break;
            }
        }
    }

    /// <summary>-1, written as a 64-bit number, means none.</summary>
    private static int Id(long value) => value is >= 0 and <= int.MaxValue ? (int)value : -1;
}
