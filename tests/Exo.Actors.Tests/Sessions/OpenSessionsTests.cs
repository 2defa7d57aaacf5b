using Exo.Actors.Sessions;

namespace Exo.Actors.Tests.Sessions;

public sealed class OpenSessionsTests
{
    [Fact]
    public void A_generation_is_listed_with_what_happened_to_it_until_it_ends()
    {
        OpenSessions sessions = new(TimeProvider.System);
        using (OpenSessions.Session first = sessions.Begin("toy", 7))
        {
            Assert.Equal("queued", Assert.Single(sessions.All).State);
            first.Observe(new GenerationEvent.Started("toy", 7, "1.1"));
            first.Observe(new GenerationEvent.Token(5, 0));
            first.Observe(new GenerationEvent.Token(6, 1));
            first.Observe(new GenerationEvent.Paused("a device is gone"));
            Assert.Equal(("paused", 2, "1.1"), (first.View().State, first.View().Tokens, first.View().Epoch));
            first.Observe(new GenerationEvent.Resumed("2.1", TimeSpan.FromSeconds(1)));

            using OpenSessions.Session second = sessions.Begin("other", 1);

            Assert.Equal(["toy", "other"], sessions.All.Select(view => view.Model));
            Assert.Equal(("running", 1, "2.1"), (first.View().State, first.View().Recoveries, first.View().Epoch));
        }

        Assert.Empty(sessions.All);
    }
}
