using Rms.Core;
using Rms.IntegrationTests.Fixtures;
using Rms.Triage;
using Shouldly;

namespace Rms.IntegrationTests.Triage;

public sealed class DecisionTests(RunningApp app) : IClassFixture<RunningApp>
{
    [Fact]
    public async Task A_received_referral_stands_in_New_with_all_that_was_sent()
    {
        var id = await Received("v0.11.1/add-service-request.three-practitioner-roles");
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);

        var list = await coordinator.Send(new ListReferrals("new", null));
        var view = await coordinator.Send(new GetReferral(id));

        var row = list.Rows.Single(r => r.Id == id);
        row.Patient.ShouldBe(view.Content.Patient.DisplayName);
        row.Listing.ShouldBe("Cardiology");
        row.Requester.ShouldBe(view.Content.Requester!.Name);
        list.Counts["new"].ShouldBe(list.Rows.Count);
        view.Content.Submitter.ShouldNotBeNull();
        view.Actions.ShouldBe(["accept", "decline", "send-again"]);
        view.SourceShows.ShouldBe("new");
        view.History.ShouldHaveSingleItem().Who.ShouldBe("Demo source (v0.11.1)");
    }

    [Fact]
    public async Task A_decision_moves_the_referral_and_says_who()
    {
        var id = await Received();
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);

        var decision = await coordinator.Send(new DeclineReferral(id, 1, "  Outside our area  "));

        decision.State.ShouldBe("Declined");
        decision.Version.ShouldBe(2);
        (await coordinator.Send(new ListReferrals("new", null))).Rows.ShouldNotContain(r => r.Id == id);
        (await coordinator.Send(new ListReferrals("declined", null))).Rows.ShouldContain(r => r.Id == id);
        var last = (await coordinator.Send(new GetReferral(id))).History[^1];
        last.Who.ShouldBe("Mira Okafor");
        last.Reason.ShouldBe("Outside our area");
    }

    [Theory]
    [InlineData(null, "reason.missing")]
    [InlineData("  ", "reason.missing")]
    [InlineData("xxxxx", "reason.too-long")]
    public async Task Declining_wants_a_reason_of_reasonable_length(string? reason, string fault)
    {
        var id = await Received();
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        var given = reason == "xxxxx" ? new string('x', 4001) : reason;

        var refusal = await Should.ThrowAsync<Problem>(() => coordinator.Send(new DeclineReferral(id, 1, given)));

        refusal.Status.ShouldBe(422);
        refusal.Faults.ShouldHaveSingleItem().ShouldBe(new Fault("Reason", fault));
        (await coordinator.Send(new GetReferral(id))).Version.ShouldBe(1);
    }

    [Fact]
    public async Task A_decision_on_a_stale_view_is_refused_with_who_what_and_when()
    {
        var id = await Received();
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        await coordinator.Send(new AcceptReferral(id, 1));

        var refusal = await Should.ThrowAsync<Problem>(() => coordinator.Send(new DeclineReferral(id, 1, "Late")));

        refusal.Code.ShouldBe("referral.decided-meanwhile");
        refusal.Values["who"].ShouldBe("Mira Okafor");
        refusal.Values["what"].ShouldBe("Accept");
        DateTimeOffset.TryParse(refusal.Values["when"], out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Of_many_who_decide_at_once_one_does()
    {
        var id = await Received();
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);

        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(async n =>
                {
                    try
                    {
                        await (
                            n % 2 == 0
                                ? coordinator.Send(new AcceptReferral(id, 1))
                                : coordinator.Send(new DeclineReferral(id, 1, "No room"))
                        );
                        return "decided";
                    }
                    catch (Problem problem)
                    {
                        return problem.Code;
                    }
                })
        );

        outcomes.Count(o => o == "decided").ShouldBe(1);
        outcomes.Where(o => o != "decided").ShouldAllBe(o => o == "referral.decided-meanwhile");
        (await coordinator.Send(new GetReferral(id))).History.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(Role.Scheduler)]
    [InlineData(Role.Administrator)]
    [InlineData(Role.PrivacyOfficer)]
    public async Task Only_coordinators_decide(Role role)
    {
        var id = await Received();
        var other = await Staff.Demo(app, role);

        (await other.Send(new GetReferral(id))).Actions.ShouldNotContain(a => a == "accept" || a == "decline");
        (await Should.ThrowAsync<Problem>(() => other.Send(new AcceptReferral(id, 1)))).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Staff_of_another_site_see_nothing_and_can_do_nothing()
    {
        var id = await Received();
        var stranger = new Staff(
            app,
            Guid.Parse("0190b0a0-0000-7000-8000-000000000001"),
            (Guid.Parse("0190b0a0-0000-7000-8000-000000000002"), Role.IntakeCoordinator)
        );

        (await stranger.Send(new ListReferrals("all", null))).Rows.ShouldBeEmpty();
        (await stranger.Send(new RecentChanges())).ShouldBeEmpty();
        (await Should.ThrowAsync<Problem>(() => stranger.Send(new GetReferral(id)))).Status.ShouldBe(404);
        (await Should.ThrowAsync<Problem>(() => stranger.Send(new AcceptReferral(id, 1)))).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Whoever_accepts_a_held_referral_releases_it()
    {
        var id = await Received("v0.11.1/add-service-request.self-referral");
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        (await coordinator.Send(new ListReferrals("held", null))).Rows.ShouldContain(r => r.Id == id);
        (await coordinator.Send(new ListReferrals("new", null))).Rows.ShouldNotContain(r => r.Id == id);

        await coordinator.Send(new AcceptReferral(id, 1));

        (await coordinator.Send(new ListReferrals("held", null))).Rows.ShouldNotContain(r => r.Id == id);
        (await coordinator.Send(new ListReferrals("accepted", null))).Rows.ShouldContain(r => r.Id == id);
    }

    [Fact]
    public async Task Tests_stand_apart_from_the_work()
    {
        var id = await Received("v0.11.1/add-service-request.htest");
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);

        (await coordinator.Send(new ListReferrals("new", null))).Rows.ShouldNotContain(r => r.Id == id);
        (await coordinator.Send(new ListReferrals("test", null))).Rows.ShouldContain(r => r.Id == id && r.IsTest);
    }

    [Fact]
    public async Task Pages_of_a_worklist_follow_each_other_without_gap_or_repetition()
    {
        await using var own = await RunningApp.Start(new Dictionary<string, string>());
        var post = Post.V10(own.Http);
        for (var i = 0; i < 103; i++)
            (await post.Send(NewMessage.From("v0.10.0/add-service-request").Bytes)).EnsureSuccessStatusCode();
        var coordinator = await Staff.Demo(own, Role.IntakeCoordinator);

        var first = await coordinator.Send(new ListReferrals("new", null));
        var second = await coordinator.Send(new ListReferrals("new", first.Next));

        first.Rows.Count.ShouldBe(100);
        second.Rows.Count.ShouldBe(3);
        second.Next.ShouldBeNull();
        first.Rows.Concat(second.Rows).Select(r => r.Id).Distinct().Count().ShouldBe(103);
        first.Rows.Select(r => r.ReceivedAt).ShouldBeInOrder(SortDirection.Descending);
    }

    private async Task<Guid> Received(string vector = "v0.10.0/add-service-request")
    {
        var message = NewMessage.From(vector);
        var post = vector.StartsWith("v0.10", StringComparison.Ordinal) ? Post.V10(app.Http) : Post.V11(app.Http);
        (await post.Send(message.Bytes)).EnsureSuccessStatusCode();
        return await app.Database.Scalar<Guid>($"select id from core.referral where reference = '{message.Reference}'");
    }
}
