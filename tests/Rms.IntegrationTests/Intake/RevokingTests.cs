using System.Net;
using Rms.Core;
using Rms.Fhir;
using Rms.Fhir.Model;
using Rms.Intake;
using Rms.IntegrationTests.Fixtures;
using Rms.Triage;
using Shouldly;

namespace Rms.IntegrationTests.Intake;

public sealed class RevokingTests : IAsyncLifetime
{
    private Source source = null!;
    private RunningApp app = null!;

    public async ValueTask InitializeAsync()
    {
        source = await Source.Start();
        app = await RunningApp.Start(new Dictionary<string, string> { ["RMS_DEMO_SOURCE_URL"] = source.Endpoint });
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await source.DisposeAsync();
    }

    [Theory]
    [InlineData("v0.10.0", "revoke-service-request", "notify-update-status")]
    [InlineData("v0.11.1", "terminate-servicerequest", "notify-update-process-request")]
    public async Task A_revoke_forgets_everything_about_the_patient_and_tells_the_source(
        string version,
        string name,
        string told
    )
    {
        var post = version == "v0.10.0" ? Post.V10(app.Http) : Post.V11(app.Http);
        var first = NewMessage.From($"{version}/add-service-request.form");
        (await post.Send(first.Bytes)).EnsureSuccessStatusCode();
        (
            await post.Send(
                first.Then("notify-update-service-request", "2026-03-01T10:00:00Z").With("urgent", "stat").Bytes
            )
        ).EnsureSuccessStatusCode();
        (
            await post.Send(Bare.Communication(first.Reference, "send-communication", "Please hurry"))
        ).EnsureSuccessStatusCode();
        // A parked and a refused message about it are forgotten too.
        (await post.Send(first.Then("brew-coffee").Bytes)).EnsureSuccessStatusCode();
        (
            await post.Send(first.With("\"ServiceRequest\"", "\"Basic\"").Then("add-service-request").Bytes)
        ).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var id = await app.Database.Scalar<Guid>($"select id from core.referral where reference = '{first.Reference}'");
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        var seen = await coordinator.Send(new GetReferral(id));
        await coordinator.Send(new DeclineReferral(id, seen.Version, "Not for us"));
        await NothingIsDue(id);

        using var answer = await post.Send(Bare.Revoke(first.Reference, name));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SealedLeft(id, first.Reference)).ShouldBe(0);
        (await app.Database.Scalar<string>($"select state from core.referral where id = '{id}'")).ShouldBe("Revoked");
        (await Should.ThrowAsync<Problem>(() => coordinator.Send(new GetReferral(id)))).Status.ShouldBe(404);
        (await coordinator.Send(new ListReferrals("all", null))).Rows.ShouldNotContain(r => r.Id == id);
        (await coordinator.Send(new ListUnrouted())).ShouldNotContain(m => m.Reference == first.Reference);

        var farewell = await source.Wait(first.Reference, r => r.Event == told && r.Task.Status == "cancelled");
        var bundle = FhirReader.Read<Bundle>(farewell.Body, ReadOptions.Strict);
        bundle.Issues.ShouldBeEmpty();
        bundle.Resource!.Entry.Select(e => e.Resource).OfType<Patient>().Single().Name.ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_what_comes_after_a_revoke_only_the_envelope_is_kept()
    {
        var post = Post.V11(app.Http);
        var first = NewMessage.From("v0.11.1/add-service-request");
        (await post.Send(first.Bytes)).EnsureSuccessStatusCode();
        var revoke = Bare.Revoke(first.Reference);
        using var revoked = await post.Send(revoke);

        using var again = await post.Send(revoke);
        using var repeated = await post.Send(first.Bytes);
        using var update = await post.Send(first.Then("notify-update-service-request").Bytes);
        using var refused = await post.Send(first.With("\"ServiceRequest\"", "\"Basic\"").Bytes);
        refused.IsSuccessStatusCode.ShouldBeFalse();

        var answers = await Task.WhenAll(
            new[] { revoked, again, repeated, update }.Select(a => a.Content.ReadAsStringAsync())
        );
        answers.Distinct().ShouldHaveSingleItem().ShouldContain("revoked");
        var id = await app.Database.Scalar<Guid>($"select id from core.referral where reference = '{first.Reference}'");
        (await SealedLeft(id, first.Reference)).ShouldBe(0);
        (await app.Database.Scalar<long>($"select count(*) from core.message where referral_id = '{id}'")).ShouldBe(3);
        (
            await app.Database.Scalar<long>(
                $"select count(*) from core.message where reference = '{first.Reference}' and outcome = 'refused'"
            )
        ).ShouldBe(1);
    }

    [Fact]
    public async Task Another_source_can_not_revoke_it()
    {
        var first = NewMessage.From("v0.11.1/add-service-request");
        (await Post.V11(app.Http).Send(first.Bytes)).EnsureSuccessStatusCode();

        using var answer = await Post.V10(app.Http).Send(Bare.Revoke(first.Reference));

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        FhirReader
            .Read<OperationOutcome>(await answer.Content.ReadAsByteArrayAsync())
            .Resource!.Issue.ShouldHaveSingleItem()
            .Code.ShouldBe("forbidden");
        (
            await app.Database.Scalar<string>($"select state from core.referral where reference = '{first.Reference}'")
        ).ShouldBe("New");
        (
            await app.Database.Scalar<long>(
                $"""
                select count(*) from core.message where reference = '{first.Reference}' and reason = 'revoke.not-yours'
                and sealed_body is null
                """
            )
        ).ShouldBe(1);
    }

    [Fact]
    public async Task A_revoke_that_overtakes_its_referral_holds()
    {
        var post = Post.V11(app.Http);
        var first = NewMessage.From("v0.11.1/add-service-request");
        (await post.Send(Bare.Revoke(first.Reference))).EnsureSuccessStatusCode();

        using var answer = await post.Send(first.Bytes);

        (await answer.Content.ReadAsStringAsync()).ShouldContain("revoked");
        var id = await app.Database.Scalar<Guid>($"select id from core.referral where reference = '{first.Reference}'");
        (await app.Database.Scalar<string>($"select state from core.referral where id = '{id}'")).ShouldBe("Revoked");
        (await SealedLeft(id, first.Reference)).ShouldBe(0);
    }

    [Fact]
    public async Task Whatever_overtook_a_referral_is_forgotten_when_a_revoke_was_among_it()
    {
        var post = Post.V11(app.Http);
        var first = NewMessage.From("v0.11.1/add-service-request");
        var elsewhere = first.With("demo-cardiology", "a-listing-to-come");
        foreach (
            var message in (byte[][])
                [
                    Bare.Patient(first.Reference, "Newname", "2026-03-04T10:00:00Z"),
                    elsewhere.Then("add-service-request").Bytes,
                    Bare.Revoke(first.Reference),
                    elsewhere.Then("notify-data-correction").Bytes,
                ]
        )
            (await post.Send(message)).EnsureSuccessStatusCode();

        using var answer = await post.Send(first.Bytes);

        (await answer.Content.ReadAsStringAsync()).ShouldContain("revoked");
        var id = await app.Database.Scalar<Guid>($"select id from core.referral where reference = '{first.Reference}'");
        (await SealedLeft(id, first.Reference)).ShouldBe(0);
        (
            await app.Database.Scalar<long>($"select count(*) from core.message where reference = '{first.Reference}'")
        ).ShouldBe(5);
    }

    [Fact]
    public async Task A_wiped_test_is_gone_and_can_be_sent_again()
    {
        var post = Post.V11(app.Http);
        var test = NewMessage.From("v0.11.1/add-service-request.htest");
        (await post.Send(test.Bytes)).EnsureSuccessStatusCode();
        var id = await app.Database.Scalar<Guid>($"select id from core.referral where reference = '{test.Reference}'");
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);

        await coordinator.Send(new WipeTest(id, 1));

        (await SealedLeft(id, test.Reference)).ShouldBe(0);
        using var again = await post.Send(test.Bytes);
        FhirReader
            .Read<Bundle>(await again.Content.ReadAsByteArrayAsync())
            .Resource!.Entry.Select(e => e.Resource)
            .OfType<FhirTask>()
            .Single()
            .Id.ShouldNotBe(id.ToString());
    }

    [Fact]
    public async Task A_real_referral_can_not_be_wiped()
    {
        var first = NewMessage.From("v0.11.1/add-service-request");
        (await Post.V11(app.Http).Send(first.Bytes)).EnsureSuccessStatusCode();
        var id = await app.Database.Scalar<Guid>($"select id from core.referral where reference = '{first.Reference}'");
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);

        (await Should.ThrowAsync<Problem>(() => coordinator.Send(new WipeTest(id, 1)))).Code.ShouldBe(
            "referral.no-test"
        );
    }

    /// <summary>
    /// Every sealed value that belongs to the referral, in every table, found by the columns themselves: a new table with
    /// a sealed column and a referral's id is counted too.
    /// </summary>
    private async Task NothingIsDue(Guid id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (
            await app.Database.Scalar<long>(
                $"select count(*) from core.outbox where referral_id = '{id}' and state = 'due'"
            ) > 0
        )
            await Task.Delay(20, patience.Token);
    }

    private async Task<long> SealedLeft(Guid id, string reference)
    {
        var columns = await app.Database.Query(
            """
            select c.table_schema || '.' || c.table_name, c.column_name
            from information_schema.columns c join information_schema.columns r
                on (r.table_schema, r.table_name, r.column_name) = (c.table_schema, c.table_name, 'referral_id')
            where c.data_type = 'bytea' and c.column_name like 'sealed%'
            """
        );
        columns.Count.ShouldBeGreaterThan(7);
        long left = 0;
        foreach (var column in columns)
        {
            left += await app.Database.Scalar<long>(
                $"select count(*) from {column[0]} where {column[1]} is not null and referral_id = '{id}'"
            );
        }
        left += await app.Database.Scalar<long>(
            $"select count(*) from core.message where reference = '{reference}' and sealed_body is not null"
        );
        left += await app.Database.Scalar<long>(
            $"""
            select count(*) from keys.data_key where owner_id = '{id}'
            or owner_id in (select id from core.message where reference = '{reference}')
            """
        );
        return left;
    }
}
