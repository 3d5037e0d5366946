using System.Net;
using Rms.Core;
using Rms.Intake;
using Rms.IntegrationTests.Fixtures;
using Rms.Triage;
using Shouldly;

namespace Rms.IntegrationTests.Intake;

public sealed class UpdatingTests(RunningApp app) : IClassFixture<RunningApp>
{
    private const string Later = "2026-03-01T10:00:00Z";
    private const string Latest = "2026-03-02T10:00:00Z";

    private Post V10 => Post.V10(app.Http);

    private Post V11 => Post.V11(app.Http);

    [Theory]
    [InlineData("v0.10.0", "notify-update-service-requests")]
    [InlineData("v0.10.0", "update-service-request")]
    [InlineData("v0.11.1", "notify-update-service-request")]
    [InlineData("v0.11.1", "notify-update-servicerequest")]
    [InlineData("v0.11.1", "notify-data-correction")]
    public async Task An_update_brings_the_referral_up_to_date_and_says_what_changed(string version, string name)
    {
        var post = version == "v0.10.0" ? V10 : V11;
        var first = NewMessage.From($"{version}/add-service-request");
        (await post.Send(first.Bytes)).EnsureSuccessStatusCode();

        using var answer = await post.Send(first.Then(name, Later).With("\"routine\"", "\"urgent\"").Bytes);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        var id = await IdOf(first);
        var view = await coordinator.Send(new GetReferral(id));
        view.Content.Request.Priority.ShouldBe("urgent");
        view.State.ShouldBe("New");
        view.History.Select(h => h.Action).ShouldBe(["Receive", "Update"]);
        var change = (await coordinator.Send(new NewsOf(id))).Changes.ShouldHaveSingleItem();
        change.Changes.ShouldBe([new FieldChange("request.priority", null, "routine", "urgent")]);
        change.IsNoted.ShouldBeFalse();
        change.By.ShouldNotBeNullOrEmpty();
        (await Row(coordinator, id)).Unnoted.ShouldBe(1);
    }

    [Fact]
    public async Task An_older_update_that_arrives_late_does_not_overwrite_a_newer_one()
    {
        var first = NewMessage.From("v0.11.1/add-service-request");
        var post = V11;
        (await post.Send(first.Bytes)).EnsureSuccessStatusCode();

        (
            await post.Send(first.Then("notify-update-service-request", Latest).With("\"routine\"", "\"stat\"").Bytes)
        ).EnsureSuccessStatusCode();
        (
            await post.Send(first.Then("notify-update-service-request", Later).With("\"routine\"", "\"urgent\"").Bytes)
        ).EnsureSuccessStatusCode();

        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        (await coordinator.Send(new GetReferral(await IdOf(first)))).Content.Request.Priority.ShouldBe("stat");
        (await Outcomes(first)).ShouldBe(["accepted ", "accepted ", "accepted superseded"]);
    }

    [Fact]
    public async Task Updates_that_arrive_at_once_end_with_the_newest()
    {
        var first = NewMessage.From("v0.11.1/add-service-request");
        var post = V11;
        (await post.Send(first.Bytes)).EnsureSuccessStatusCode();

        var answers = await Task.WhenAll(
            Enumerable
                .Range(1, 12)
                .OrderBy(n => n * 7 % 12)
                .Select(n =>
                    post.Send(
                        first
                            .Then("notify-update-service-request", $"2026-03-{n:00}T10:00:00Z")
                            .With("1958-03-09", $"1958-03-{n:00}")
                            .Bytes
                    )
                )
        );

        answers.ShouldAllBe(a => a.StatusCode == HttpStatusCode.OK);
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        (await coordinator.Send(new GetReferral(await IdOf(first)))).Content.Patient.BirthDate.ShouldBe("1958-03-12");
    }

    [Fact]
    public async Task What_only_echoes_and_what_is_only_logged_causes_no_work()
    {
        var first = NewMessage.From("v0.11.1/add-service-request");
        var post = V11;
        (await post.Send(first.Bytes)).EnsureSuccessStatusCode();

        (await post.Send(first.Then("notify-update-service-request", Later).Bytes)).EnsureSuccessStatusCode();
        (
            await post.Send(
                first
                    .Then("notify-update-service-request", Latest)
                    .With("\"Initial\"", "\"EVENT_LOGGED\"")
                    .With("\"routine\"", "\"urgent\"")
                    .Bytes
            )
        ).EnsureSuccessStatusCode();

        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        var id = await IdOf(first);
        (await coordinator.Send(new GetReferral(id))).Version.ShouldBe(1);
        (await coordinator.Send(new NewsOf(id))).Changes.ShouldBeEmpty();
        (await Outcomes(first)).ShouldBe(["accepted ", "accepted event-logged", "accepted no-change"]);
        (await app.Database.Scalar<long>($"select count(*) from core.outbox where referral_id = '{id}'")).ShouldBe(
            1,
            "only what the add made is owed"
        );
    }

    [Fact]
    public async Task Empty_demographics_never_erase()
    {
        var first = NewMessage.From("v0.11.1/add-service-request");
        var post = V11;
        (await post.Send(first.Bytes)).EnsureSuccessStatusCode();

        (
            await post.Send(
                first
                    .Then("notify-update-service-request", Later)
                    .With("\"birthDate\": \"1958-03-09\",", "")
                    .With("\"value\": \"9876543217\"", "\"assigner\": { \"display\": \"none\" }")
                    .With("\"female\"", "\"unknown\"")
                    .Bytes
            )
        ).EnsureSuccessStatusCode();

        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        var patient = (await coordinator.Send(new GetReferral(await IdOf(first)))).Content.Patient;
        patient.BirthDate.ShouldBe("1958-03-09");
        patient.HealthNumber!.Value.ShouldBe("9876543217");
        patient.Gender.ShouldBe("female");
    }

    [Fact]
    public async Task An_update_of_a_referral_that_we_do_not_know_brings_it()
    {
        var older = NewMessage.From("v0.11.1/add-service-request").Then("notify-update-service-request");

        using var answer = await V11.Send(older.Bytes);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        (await coordinator.Send(new NewsOf(await IdOf(older)))).FirstSeenByUpdate.ShouldBeTrue();
    }

    [Fact]
    public async Task An_update_without_its_referral_waits_until_that_comes()
    {
        var first = NewMessage.From("v0.11.1/add-service-request");
        var post = V11;
        var bare = Bare.Patient(first.Reference, "Newname", Latest);
        (await post.Send(bare)).EnsureSuccessStatusCode();
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        (await coordinator.Send(new ListUnrouted())).ShouldContain(m =>
            m.Reference == first.Reference && m.Reason == "referral-unknown"
        );

        (await post.Send(first.Bytes)).EnsureSuccessStatusCode();

        (await coordinator.Send(new ListUnrouted())).ShouldNotContain(m => m.Reference == first.Reference);
        var view = await coordinator.Send(new GetReferral(await IdOf(first)));
        view.Content.Patient.Names[0].Family.ShouldBe("Newname");
        view.Content.Patient.BirthDate.ShouldBe("1958-03-09");
        view.Content.Request.Reasons.ShouldNotBeEmpty("an update of the patient alone leaves the request as it was");
    }

    [Fact]
    public async Task A_correction_that_speaks_of_another_person_is_put_before_a_person()
    {
        var first = NewMessage.From("v0.11.1/add-service-request");
        var other = Another(first.Reference);
        (await V11.Send(first.Bytes)).EnsureSuccessStatusCode();

        (await V11.Send(other)).EnsureSuccessStatusCode();

        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        var waits = (await coordinator.Send(new ListUnrouted())).Single(m => m.Reference == first.Reference);
        waits.Reason.ShouldBe("patient-differs");
        (await coordinator.Send(new GetReferral(await IdOf(first))))
            .Content.Patient.Names[0]
            .Family.ShouldNotBe("Okonkwo");
    }

    [Fact]
    public async Task What_overtook_its_referral_and_still_differs_offers_the_way_on_that_it_has_now()
    {
        var first = NewMessage.From("v0.11.1/add-service-request");
        (await V11.Send(Another(first.Reference))).EnsureSuccessStatusCode();

        (await V11.Send(first.Bytes)).EnsureSuccessStatusCode();

        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        var waits = (await coordinator.Send(new ListUnrouted())).Single(m => m.Reference == first.Reference);
        (waits.Reason, waits.Ways[0]).ShouldBe(("patient-differs", "same-patient"));
    }

    [Fact]
    public async Task A_source_whose_clock_is_ahead_still_has_its_next_update_taken_in()
    {
        var first = NewMessage.From("v0.11.1/add-service-request");
        (await V11.Send(first.Bytes)).EnsureSuccessStatusCode();
        foreach (var (year, priority) in ((int, string)[])[(2099, "urgent"), (2098, "stat")])
        {
            var update = first.Then("notify-update-service-request", $"{year}-01-01T10:00:00Z");
            (await V11.Send(update.With("\"routine\"", $"\"{priority}\"").Bytes)).EnsureSuccessStatusCode();
        }

        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        (await coordinator.Send(new GetReferral(await IdOf(first)))).Content.Request.Priority.ShouldBe("stat");
    }

    [Fact]
    public async Task A_source_that_heard_nothing_before_the_revoke_is_introduced_to_the_Task_by_it()
    {
        // This app's source is away: what is owed waits.
        var first = NewMessage.From("v0.11.1/add-service-request");
        (await V11.Send(first.Bytes)).EnsureSuccessStatusCode();

        (await V11.Send(Bare.Revoke(first.Reference))).EnsureSuccessStatusCode();

        var owed = await app.Database.Query(
            $"select event, detail->>'Status' from core.outbox where referral_id = '{await IdOf(first)}' and state = 'due'"
        );
        owed.ShouldHaveSingleItem().ShouldBe(["notify-add-process-request", "cancelled"]);
    }

    private static byte[] Another(string reference) =>
        Bare.Message(
            "notify-data-correction",
            reference,
            """
            { "resourceType": "Patient", "id": "p", "birthDate": "1990-01-01",
              "identifier": [{ "type": { "coding": [{ "code": "JHN" }] }, "value": "1112223334" }],
              "name": [{ "use": "official", "family": "Okonkwo", "given": ["Ada"] }] }
            """
        );

    [Fact]
    public async Task Noting_takes_what_was_seen_and_leaves_what_came_since()
    {
        var first = NewMessage.From("v0.11.1/add-service-request");
        var post = V11;
        (await post.Send(first.Bytes)).EnsureSuccessStatusCode();
        (
            await post.Send(first.Then("notify-update-service-request", Later).With("\"routine\"", "\"urgent\"").Bytes)
        ).EnsureSuccessStatusCode();
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        var id = await IdOf(first);
        var seen = (await coordinator.Send(new NewsOf(id))).Changes[0].At;
        (
            await post.Send(first.Then("notify-update-service-request", Latest).With("\"routine\"", "\"stat\"").Bytes)
        ).EnsureSuccessStatusCode();

        await coordinator.Send(new NoteNews(id, seen));

        (await coordinator.Send(new NewsOf(id))).Changes.Select(c => c.IsNoted).ShouldBe([false, true]);
        (await Row(coordinator, id)).Unnoted.ShouldBe(1);
        var scheduler = await Staff.Demo(app, Role.Scheduler);
        (await Should.ThrowAsync<Problem>(() => scheduler.Send(new NoteNews(id, seen)))).Status.ShouldBe(403);
    }

    [Fact]
    public async Task A_change_to_what_is_over_is_put_before_a_person()
    {
        var first = NewMessage.From("v0.11.1/add-service-request");
        var post = V11;
        (await post.Send(first.Bytes)).EnsureSuccessStatusCode();
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        var id = await IdOf(first);
        await coordinator.Send(new DeclineReferral(id, 1, "Not here"));

        (await post.Send(first.Then("add-service-request", Later).Bytes)).EnsureSuccessStatusCode();

        var review = await coordinator.Send(new ListReferrals("review", null));
        review.Rows.ShouldContain(r => r.Id == id && r.NeedsReview);
        (await coordinator.Send(new NewsOf(id))).Review.ShouldBe(["resent-after-end"]);
        await coordinator.Send(new NoteNews(id, DateTimeOffset.MaxValue));
        (await coordinator.Send(new ListReferrals("review", null))).Rows.ShouldNotContain(r => r.Id == id);
    }

    [Fact]
    public async Task A_referral_that_replaces_another_keeps_its_clock()
    {
        var old = NewMessage.From("v0.11.1/add-service-request");
        var post = V11;
        (await post.Send(old.Bytes)).EnsureSuccessStatusCode();
        var replacing = NewMessage
            .From("v0.11.1/add-service-request")
            .With(
                "\"priority\": \"routine\"",
                $$"""
                "replaces": [{ "identifier": { "value": "{{old.Reference}}" } }], "priority": "routine"
                """
            );

        (await post.Send(replacing.Bytes)).EnsureSuccessStatusCode();

        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        var (older, newer) = (await IdOf(old), await IdOf(replacing));
        var news = await coordinator.Send(new NewsOf(newer));
        news.Replaces.ShouldBe(older);
        news.WaitingSince.ShouldBe((await Row(coordinator, older)).ReceivedAt);
        (await coordinator.Send(new NewsOf(older))).ReplacedBy.ShouldBe(newer);
    }

    [Theory]
    [InlineData("send-communication-from-requester")]
    [InlineData("send-communication")]
    public async Task What_the_requester_writes_stands_with_the_referral(string name)
    {
        var first = NewMessage.From("v0.11.1/add-service-request");
        var post = V11;
        (await post.Send(first.Bytes)).EnsureSuccessStatusCode();

        using var answer = await post.Send(Bare.Communication(first.Reference, name, "<p>She moved to Sudbury.</p>"));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        var written = (await coordinator.Send(new NewsOf(await IdOf(first)))).Messages.ShouldHaveSingleItem();
        written.Text.ShouldBe("She moved to Sudbury.");
        written.IsNoted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_copy_of_a_referral_to_somebody_else_is_no_work()
    {
        var copy = NewMessage
            .From("v0.11.1/add-service-request")
            .With("demo-cardiology", "elsewhere")
            .Then("notify-add-service-request");

        using var answer = await V11.Send(copy.Bytes);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Outcomes(copy)).ShouldBe(["accepted sent-copy"]);
        (
            await app.Database.Scalar<long>($"select count(*) from core.referral where reference = '{copy.Reference}'")
        ).ShouldBe(0);
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        (await coordinator.Send(new MessagesToLookAt())).ShouldContain(m => m.Reason == "sent-copy");
    }

    private Task<Guid> IdOf(NewMessage message) =>
        app.Database.Scalar<Guid>($"select id from core.referral where reference = '{message.Reference}'");

    private async Task<IEnumerable<string>> Outcomes(NewMessage message) =>
        (
            await app.Database.Query(
                $"""
                select outcome || ' ' || coalesce(reason, '') from core.message
                where reference = '{message.Reference}' order by 1
                """
            )
        ).Select(r => (string)r[0]!);

    private static async Task<WorklistRow> Row(Staff person, Guid id) =>
        (await person.Send(new ListReferrals("all", null))).Rows.Single(r => r.Id == id);
}
