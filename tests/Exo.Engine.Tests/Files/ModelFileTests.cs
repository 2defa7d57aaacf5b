using Exo.Engine.Files;
using Exo.Engine.Formats;
using Exo.Engine.Tests.Models;

namespace Exo.Engine.Tests.Files;

public sealed class ModelFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("exo-files-").FullName;

    [Fact]
    public void A_missing_file_a_folder_without_a_model_a_text_and_an_empty_file_are_refused_by_name()
    {
        string text = Path.Combine(_folder, "text.gguf");
        string empty = Path.Combine(_folder, "empty.gguf");
        File.WriteAllText(text, "Once upon a time");
        File.WriteAllBytes(empty, []);

        Refused(Path.Combine(_folder, "none.gguf"), "none.gguf does not exist");
        Refused(_folder, "config.json does not exist");
        Refused(text, "not a GGUF file");
        Refused(empty, "truncated");
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] whole = File.ReadAllBytes(TinyModel.Path);
        string cut = Path.Combine(_folder, "cut.gguf");
        for (int length = 0; length < whole.Length; length += 997)
        {
            File.WriteAllBytes(cut, whole[..length]);
            Refused(cut, "cut.gguf");
        }
    }

    [Fact]
    public void Equal_files_have_equal_fingerprints_and_others_do_not()
    {
        string copy = Path.Combine(_folder, "copy.gguf");
        File.Copy(TinyModel.Path, copy);
        using ModelFile original = ModelFile.Open(TinyModel.Path);
        using (ModelFile same = ModelFile.Open(copy))
        {
            Assert.Equal(original.Fingerprint, same.Fingerprint);
            Assert.Matches("^[0-9a-f]{16}$", same.Fingerprint);
        }

        byte[] bytes = File.ReadAllBytes(copy);
        int at = bytes.AsSpan().IndexOf("random"u8);
        bytes[at] = (byte)'R';
        File.WriteAllBytes(copy, bytes);
        using ModelFile other = ModelFile.Open(copy);
        Assert.NotEqual(original.Fingerprint, other.Fingerprint);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void Refused(string path, string reason) =>
        Assert.Contains(reason, Assert.Throws<ModelFileException>(() => ModelFile.Open(path)).Message, StringComparison.Ordinal);
}
