using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Rms.Simulator;
using Rms.Simulator.Messages;
using Rms.Simulator.Receiving;
using Rms.Simulator.Sending;
using Rms.Simulator.State;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.Simulator;

/// <summary>Tokens both ways, with a clock that only the test moves.</summary>
public class TokenTests
{
    private readonly StoppedClock clock = new();

    [Fact]
    public async Task A_target_that_refuses_the_credentials_is_asked_again_only_after_a_pause_that_doubles()
    {
        await using var target = await FakeTarget.Start();
        target.RefusesCredentials = true;
        using var http = new HttpClient();
        var client = new TargetClient(http, Settings(target), clock);

        (await client.Send(GuideVersion.V010, [], Stop)).Status.ShouldBe(401);
        (await client.Send(GuideVersion.V010, [], Stop)).Detail!.ShouldContain("Not asking again for 1 s");
        target.TokenRequests.Count.ShouldBe(1);

        clock.Move(1);
        (await client.Send(GuideVersion.V010, [], Stop)).Status.ShouldBe(401);
        clock.Move(1);
        (await client.Send(GuideVersion.V010, [], Stop)).Detail!.ShouldContain("Not asking again for 1 s");
        target.TokenRequests.Count.ShouldBe(2);

        // The other connection has its own credentials, and its own pause.
        (await client.Send(GuideVersion.V011, [], Stop)).Status.ShouldBe(401);
        target.TokenRequests.Count.ShouldBe(3);
        target.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_token_is_used_until_shortly_before_it_expires()
    {
        await using var target = await FakeTarget.Start();
        using var http = new HttpClient();
        var client = new TargetClient(http, Settings(target), clock);

        await client.Send(GuideVersion.V010, [], Stop);
        clock.Move(500);
        await client.Send(GuideVersion.V010, [], Stop);
        target.TokenRequests.Count.ShouldBe(1);
        clock.Move(80);
        await client.Send(GuideVersion.V010, [], Stop);
        target.TokenRequests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_target_that_is_not_there_is_told_in_words()
    {
        using var http = new HttpClient();
        // Port 9 of the loopback: nobody listens there.
        var settings = new Settings("http://127.0.0.1:9", "http://source.test", "127.0.0.1", 0, "", 0);

        var answer = await new TargetClient(http, settings, clock).Send(GuideVersion.V010, [], Stop);

        answer.Status.ShouldBeNull();
        answer.Detail!.ShouldContain("No answer from http://127.0.0.1:9");
    }

    [Fact]
    public void A_token_that_was_given_out_holds_for_as_long_as_it_was_said_to()
    {
        var office = new TokenOffice(new Failures { TokenSeconds = 20 }, clock);
        var (token, seconds) = office.Give(GuideVersion.V011);

        seconds.ShouldBe(20);
        office.Bearer(Request(token)).ShouldBe(GuideVersion.V011);
        clock.Move(19);
        office.Bearer(Request(token)).ShouldBe(GuideVersion.V011);
        clock.Move(1);
        office.Bearer(Request(token)).ShouldBeNull();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Settings Settings(FakeTarget target) =>
        new(target.Address, "http://source.test", "127.0.0.1", 0, "", 0);

    private static HttpRequest Request(string token)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token).ToString();
        return context.Request;
    }
}
