using System.Security.Cryptography;
using System.Text;
using Exo.Engine.Tokens.Normalising;

namespace Exo.Engine.Tests.Tokens;

public sealed class CompatibilityFormTests
{
    [Theory]
    [InlineData("\uFB01\u2460", "fi1", "fi1")]
    [InlineData("\uFF76\uFF9E", "\u30AC", "\u30AB\u3099")]
    [InlineData("\u3300", "\u30A2\u30D1\u30FC\u30C8", "\u30A2\u30CF\u309A\u30FC\u30C8")]
    [InlineData("\u1E9B\u0323", "\u1E69", "s\u0323\u0307")]
    [InlineData("\u2460\u2044\u00BD", "1\u20441\u20442", "1\u20441\u20442")]
    [InlineData("\uFF21\u030A", "\u00C5", "A\u030A")]
    [InlineData("\uFFA1\uFFC2", "\uAC00", "\u1100\u1161")]
    [InlineData("\uFB05\u0323", "s\u1E6D", "st\u0323")]
    [InlineData("\U0001D400\u00A0\u2026", "A ...", "A ...")]
    [InlineData("caf\u00E9", "caf\u00E9", "cafe\u0301")]
    [InlineData("plain \u0436", "plain \u0436", "plain \u0436")]
    public void A_text_takes_its_compatibility_forms(string text, string composed, string decomposed)
    {
        Assert.Equal(composed, CanonicalForm.ComposeCompatibly(text));
        Assert.Equal(decomposed, CanonicalForm.DecomposeCompatibly(text));
        Assert.Equal(composed, CanonicalForm.ComposeCompatibly(decomposed));
    }

    // Made with Python's unicodedata of Unicode 14.0.0: each form of each code point but surrogates, in order, a line feed behind each.
    [Theory]
    [InlineData("NFC", "9CC65524A9D8082BF10840C616CD199BD2AC12EE49A3381BD6FB7957711F342B")]
    [InlineData("NFD", "B505598A484AB04AD1F0D3E9D772F4A536B012C63EC82132E4A7FBA25A8D94F2")]
    [InlineData("NFKC", "06E7277BCA1B5F061A23D4E0CAEE648A132AEE7E3FE7AE21A6F460298C980A11")]
    [InlineData("NFKD", "D796BC2466011EEF032F183CD5A0E9335AED43A191D6C20C137EE95F1FC98DC6")]
    public void Every_character_takes_the_form_that_Unicode_gives_it(string form, string expected)
    {
        Func<string, string> normalise = form switch
        {
            "NFC" => CanonicalForm.Compose,
            "NFD" => CanonicalForm.Decompose,
            "NFKC" => CanonicalForm.ComposeCompatibly,
            _ => CanonicalForm.DecomposeCompatibly,
        };
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int code = 0; code < 0x110000; code++)
        {
            if (Rune.TryCreate(code, out Rune rune))
            {
                hash.AppendData(Encoding.UTF8.GetBytes(normalise(rune.ToString()) + "\n"));
            }
        }

        Assert.Equal(expected, Convert.ToHexString(hash.GetHashAndReset()));
    }
}
