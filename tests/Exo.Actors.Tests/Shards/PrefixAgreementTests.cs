using Exo.Actors.Shards;

namespace Exo.Actors.Tests.Shards;

public sealed class PrefixAgreementTests
{
    private static readonly SessionKey s_key = new(Guid.NewGuid(), 1);

    [Fact]
    public void A_session_begins_at_once_where_nobody_else_is_to_be_asked_or_nothing_was_found()
    {
        Assert.True(new PrefixAgreement(alone: true).Found(s_key, 100));
        PrefixAgreement agreement = new(alone: false);
        Assert.True(agreement.Found(s_key, 0));
        Assert.Null(agreement.Agreed(s_key, 50));
    }

    [Fact]
    public void A_ring_that_has_as_much_as_stage_0_begins_there()
    {
        PrefixAgreement agreement = new(alone: false);
        Assert.False(agreement.Found(s_key, 100));
        Assert.Equal((true, 100), agreement.Agreed(s_key, 100));
        Assert.Null(agreement.Agreed(s_key, 100));
    }

    [Fact]
    public void A_ring_that_has_less_is_asked_again_until_all_have_the_same()
    {
        PrefixAgreement agreement = new(alone: false);
        agreement.Found(s_key, 100);
        Assert.Equal((false, 60), agreement.Agreed(s_key, 60));
        Assert.False(agreement.Found(s_key, 50));
        Assert.Equal((true, 50), agreement.Agreed(s_key, 50));
    }

    [Fact]
    public void A_ring_that_has_nothing_or_does_not_agree_begins_at_0()
    {
        PrefixAgreement agreement = new(alone: false);
        agreement.Found(s_key, 100);
        Assert.Equal((true, 0), agreement.Agreed(s_key, 0));

        for (int round = 1; round < PrefixAgreement.MostRounds; round++)
        {
            agreement.Found(s_key, 100 - round);
            Assert.Equal((false, 99 - round), agreement.Agreed(s_key, 99 - round));
        }

        agreement.Found(s_key, 20);
        Assert.Equal((true, 0), agreement.Agreed(s_key, 19));
    }

    [Fact]
    public void What_is_forgotten_is_not_answered()
    {
        PrefixAgreement agreement = new(alone: false);
        agreement.Found(s_key, 100);
        agreement.Forget(s_key);
        Assert.Null(agreement.Agreed(s_key, 100));
    }
}
