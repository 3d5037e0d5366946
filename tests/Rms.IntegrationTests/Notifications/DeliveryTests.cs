using Rms.Core;
using Rms.IntegrationTests.Fixtures;
using Rms.Triage;
using Shouldly;

namespace Rms.IntegrationTests.Notifications;

/// <summary>What a source receives, over real HTTP.</summary>
public sealed class DeliveryTests : IAsyncLifetime
{
    private const string AlreadyShown =
        """{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"business-rule","details":{"text":"Referral is already in the requested status"}}]}""";

    private Source _source = null!;
    private RunningApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        _source = await Source.Start();
        _app = await RunningApp.Start(new Dictionary<string, string> { ["RMS_DEMO_SOURCE_URL"] = _source.Endpoint });
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _source.DisposeAsync();
    }

    [Fact]
    public async Task Under_v0_11_1_the_task_is_introduced_and_then_updated()
    {
        var (id, reference) = await Received("v0.11.1/add-service-request");
        await Decide(new AcceptReferral(id, 1));

        var got = await _source.Wait(reference, 2);

        got.Select(g => g.Event).ShouldBe(["notify-add-process-request", "notify-update-process-request"]);
        got.Select(g => g.Task.Status).ShouldBe(["received", "accepted"]);
        got[0].Task.Id.ShouldBe(got[1].Task.Id);
        got[0].Header.Id.ShouldNotBe(got[1].Header.Id);
        (await Shows(id)).ShouldBe("pending-booking");
    }

    [Fact]
    public async Task Under_v0_10_0_only_the_decision_is_told_with_its_reason()
    {
        var (id, reference) = await Received("v0.10.0/add-service-request");
        await Decide(new DeclineReferral(id, 1, "Outside our area"));

        var got = (await _source.Wait(reference, 1)).ShouldHaveSingleItem();

        got.Event.ShouldBe("notify-update-status");
        got.Task.Status.ShouldBe("rejected");
        got.Task.BusinessStatus!.Text.ShouldBe("Outside our area");
        (await Shows(id)).ShouldBe("declined");
    }

    [Fact]
    public async Task A_connection_that_wants_it_so_hears_of_the_task_with_the_first_decision()
    {
        await _app.Database.Execute("update directory.connection set announce_received = false");
        await Until("select count(*) from directory.connection where announce_received", 0);
        await _app.Restart();
        var (id, reference) = await Received("v0.11.1/add-service-request");
        await Decide(new AcceptReferral(id, 1));

        var got = (await _source.Wait(reference, 1)).ShouldHaveSingleItem();

        got.Event.ShouldBe("notify-add-process-request");
        got.Task.Status.ShouldBe("accepted");
    }

    [Fact]
    public async Task A_busy_source_gets_the_same_bytes_again()
    {
        _source.Answer((503, ""), (429, ""));
        var (id, reference) = await Received("v0.10.0/add-service-request");
        await Decide(new AcceptReferral(id, 1));

        await _source.Wait(reference, 1);
        await Hurry(id);
        await _source.Wait(reference, 2);
        await Hurry(id);
        var got = await _source.Wait(reference, 3);

        got.Select(g => Convert.ToHexString(g.Body)).Distinct().ShouldHaveSingleItem();
        await Until($"select count(*) from core.outbox where referral_id = '{id}' and state = 'delivered'", 1);
    }

    [Fact]
    public async Task Messages_of_a_referral_wait_for_the_one_before()
    {
        _source.Answer((500, ""));
        var (id, reference) = await Received("v0.11.1/add-service-request");
        await _source.Wait(reference, 1);
        await Decide(new AcceptReferral(id, 1));
        await Until($"select count(*) from core.outbox where referral_id = '{id}' and state = 'due'", 2);
        await Hurry(id);

        var got = await _source.Wait(reference, 3);

        got.Select(g => g.Task.Status).ShouldBe(["received", "received", "accepted"]);
    }

    [Fact]
    public async Task A_token_that_the_source_withdrew_is_replaced_once()
    {
        _source.Answer((401, ""));
        var (id, reference) = await Received("v0.10.0/add-service-request");
        await Decide(new AcceptReferral(id, 1));

        var got = await _source.Wait(reference, 2);

        got[0].Authorization.ShouldNotBe(got[1].Authorization);
        _source.TokensAskedFor.ShouldBe(2);
        await Until($"select count(*) from core.outbox where referral_id = '{id}' and state = 'delivered'", 1);
    }

    [Fact]
    public async Task A_source_that_refuses_tokens_is_not_hammered()
    {
        _source.RefusesTokens = true;
        List<Guid> ids = [];
        for (var i = 0; i < 5; i++)
        {
            var (id, _) = await Received("v0.10.0/add-service-request");
            await Decide(new AcceptReferral(id, 1));
            ids.Add(id);
        }

        await Until("select least(count(*), 3) from core.outbox where last_error = 'token-refused'", 3);

        // Several attempts, and yet the token endpoint was left alone.
        _source.TokensAskedFor.ShouldBeLessThan(3);
        _source.Got.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_the_source_refuses_for_good_is_given_up_and_the_next_message_goes_on()
    {
        _source.Answer(
            (422, """{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid"}]}""")
        );
        var (id, reference) = await Received("v0.11.1/add-service-request");
        await Until($"select count(*) from core.outbox where referral_id = '{id}' and state = 'dead'", 1);
        await Decide(new AcceptReferral(id, 1));

        var got = await _source.Wait(reference, 2);

        // What was refused did not introduce the Task: the next message does.
        got[1].Event.ShouldBe("notify-add-process-request");
        got[1].Task.Status.ShouldBe("accepted");
        var deliveries = (await (await Staff.Demo(_app, Role.IntakeCoordinator)).Send(new GetReferral(id))).Deliveries;
        deliveries[0].State.ShouldBe("dead");
        deliveries[0].LastError.ShouldBe("refused 422");
    }

    [Fact]
    public async Task What_was_given_up_can_be_sent_again_with_the_same_bytes()
    {
        _source.Answer((422, ""));
        var (id, reference) = await Received("v0.10.0/add-service-request");
        await Decide(new AcceptReferral(id, 1));
        await Until($"select count(*) from core.outbox where referral_id = '{id}' and state = 'dead'", 1);
        var coordinator = await Staff.Demo(_app, Role.IntakeCoordinator);
        var dead = (await coordinator.Send(new GetReferral(id))).Deliveries.ShouldHaveSingleItem();

        await coordinator.Send(new SendAgain(dead.Id));

        var got = await _source.Wait(reference, 2);
        got[1].Body.ShouldBe(got[0].Body);
        await Until($"select count(*) from core.outbox where referral_id = '{id}' and state = 'delivered'", 1);
        (await Should.ThrowAsync<Problem>(() => coordinator.Send(new SendAgain(dead.Id)))).Status.ShouldBe(409);
        var scheduler = await Staff.Demo(_app, Role.Scheduler);
        (await Should.ThrowAsync<Problem>(() => scheduler.Send(new SendAgain(dead.Id)))).Status.ShouldBe(403);
    }

    [Fact]
    public async Task A_source_that_stalls_is_left_and_others_are_served_meanwhile()
    {
        using var stall = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        // It accepts connections (the system does, behind its back) and never answers.
        stall.Start();
        await _app.Database.Execute(
            $"update directory.connection set endpoint = 'http://{stall.LocalEndpoint}/x' where name = 'demo-source-v11'"
        );
        await _app.Restart();
        await _app.Database.Execute(
            $"update directory.connection set endpoint = 'http://{stall.LocalEndpoint}/x' where name = 'demo-source-v11'"
        );
        List<string> quick = [];
        for (var i = 0; i < 12; i++)
        {
            var stalled = NewMessage.From("v0.11.1/add-service-request");
            (await Post.V11(_app.Http).Send(stalled.Bytes)).EnsureSuccessStatusCode();
            var (id, reference) = await Received("v0.10.0/add-service-request");
            await Decide(new AcceptReferral(id, 1));
            quick.Add(reference);
        }

        foreach (var reference in quick)
            await _source.Wait(reference, 1);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(500)]
    public async Task A_source_that_shows_it_already_has_been_told(int status)
    {
        _source.Answer((status, AlreadyShown));
        var (id, _) = await Received("v0.10.0/add-service-request");
        await Decide(new AcceptReferral(id, 1));

        await Until($"select count(*) from core.outbox where referral_id = '{id}' and state = 'delivered'", 1);
        (await Shows(id)).ShouldBe("pending-booking");
    }

    [Fact]
    public async Task A_state_that_the_source_already_shows_is_not_sent()
    {
        var (id, reference) = await Received("v0.10.0/add-service-request");
        await Decide(new AcceptReferral(id, 1));
        await _source.Wait(reference, 1);
        await Until($"select count(*) from core.outbox where referral_id = '{id}' and state = 'delivered'", 1);

        await _app.Database.Execute(
            $"""
            insert into core.outbox (id, referral_id, receiver_id, event, detail, due_at, due_since, created_at)
            select gen_random_uuid(), referral_id, receiver_id, event, detail, now(), now(), now()
            from core.outbox where referral_id = '{id}'
            """
        );

        await Until($"select count(*) from core.outbox where referral_id = '{id}' and state = 'not-needed'", 1);
        _source.Got.Count(g => g.Reference == reference).ShouldBe(1);
    }

    [Fact]
    public async Task Nothing_is_sent_to_an_address_that_a_message_names()
    {
        await using var trap = await Source.Start();
        var message = NewMessage
            .From("v0.10.0/add-service-request")
            .With("https://source.example.org/svc/fhir/v1/$process-messages", trap.Endpoint);
        (await Post.V10(_app.Http).Send(message.Bytes)).EnsureSuccessStatusCode();
        var id = await IdOf(message.Reference);
        await Decide(new AcceptReferral(id, 1));

        await _source.Wait(message.Reference, 1);

        trap.Got.ShouldBeEmpty();
        trap.TokensAskedFor.ShouldBe(0);
    }

    [Fact]
    public async Task Two_workers_share_the_work_without_sending_anything_twice()
    {
        await using var second = await RunningApp.Over(
            _app,
            new Dictionary<string, string> { ["RMS_DEMO_SOURCE_URL"] = _source.Endpoint }
        );
        List<string> references = [];
        for (var i = 0; i < 40; i++)
        {
            var message = NewMessage.From("v0.11.1/add-service-request");
            (await Post.V11(i % 2 == 0 ? _app.Http : second.Http).Send(message.Bytes)).EnsureSuccessStatusCode();
            references.Add(message.Reference);
        }

        await Until("select count(*) from core.outbox where state = 'delivered'", 40);

        _source.Got.Count.ShouldBe(40);
        references.ShouldAllBe(r => _source.Got.Count(g => g.Reference == r) == 1);
    }

    private async Task<(Guid Id, string Reference)> Received(string vector)
    {
        var message = NewMessage.From(vector);
        var post = vector.StartsWith("v0.10", StringComparison.Ordinal) ? Post.V10(_app.Http) : Post.V11(_app.Http);
        (await post.Send(message.Bytes)).EnsureSuccessStatusCode();
        return (await IdOf(message.Reference), message.Reference);
    }

    private Task<Guid> IdOf(string reference) =>
        _app.Database.Scalar<Guid>($"select id from core.referral where reference = '{reference}'");

    private async Task Decide(MediatR.IRequest<Decision> decision) =>
        await (await Staff.Demo(_app, Role.IntakeCoordinator)).Send(decision);

    private async Task<string> Shows(Guid id)
    {
        await Until($"select count(*) from core.outbox where referral_id = '{id}' and state = 'due'", 0);
        return await _app.Database.Scalar<string>(
            $"select shows from notifications.source_view where referral_id = '{id}'"
        );
    }

    /// <summary>What waits for its pause is due now.</summary>
    private async Task Hurry(Guid id)
    {
        await Until($"select count(*) from core.outbox where referral_id = '{id}' and lease_id is not null", 0);
        await _app.Database.Execute(
            $"update core.outbox set due_at = now() where referral_id = '{id}' and state = 'due'"
        );
    }

    private async Task Until(string count, long expected)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await _app.Database.Scalar<long>(count) != expected)
            await Task.Delay(20, patience.Token);
    }
}
