using Exo.Host.Generation;

namespace Exo.Host.Tests.Generation;

public sealed class ModelNamesTests
{
    private static readonly ModelListing[] s_models = [new("exo-demo", default), new("llama-3-8b", default), new("llama-3-70b", default)];

    [Theory]
    [InlineData("exo-demo", "exo-demo")]
    [InlineData("EXO-DEMO", "exo-demo")]
    [InlineData("exo", "exo-demo")]
    [InlineData("llama-3-8", "llama-3-8b")]
    [InlineData("llama", null)]
    [InlineData("", null)]
    [InlineData("../exo-demo", null)]
    public void A_name_is_found_exactly_or_by_a_beginning_that_only_one_has(string asked, string? found) =>
        Assert.Equal(found, ModelNames.Resolve(asked, s_models));

    [Fact]
    public void The_nearest_name_comes_first() => Assert.Equal("exo-demo", ModelNames.Closest("exo-dmeo", s_models)[0]);
}
