using System.Net;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Rms.Core;
using Rms.Directories;
using Rms.IntegrationTests.Fixtures;
using Rms.Triage;
using Shouldly;

namespace Rms.IntegrationTests.Intake;

/// <summary>The demonstration, its listings set up as these tests need them before the app first reads them.</summary>
public sealed class AppWithRules : RunningApp, IAsyncLifetime
{
    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        await Database.Execute(
            """
            update directory.listing set
                self_referral = 'decline',
                self_referral_message_en = 'Ask your family doctor, please.',
                self_referral_message_fr = 'Demandez à votre médecin de famille.'
            where reference = 'demo-imaging';
            update directory.listing set form_mapping = '{"Duration": "request.priorityNote", "interpreter": "patient.interpreter"}'
            where reference = 'demo-cardiology';
            update directory.connection set requester_name = 'Lakeview Family Health Team'
            where name = 'demo-source-v10';
            """
        );
        await Restart();
    }
}

public sealed class ListingRulesTests(AppWithRules app) : IClassFixture<AppWithRules>
{
    [Fact]
    public async Task A_listing_that_declines_self_referrals_has_words_for_it_in_its_site_s_language()
    {
        var listing = await Listing("demo-imaging");
        listing.SelfReferral.ShouldBe("decline");
        listing.SelfReferralMessage.ShouldBe("Ask your family doctor, please.");

        await app.Database.Execute("update directory.site set language = 'fr'");
        await app.Restart();
        (await Listing("demo-imaging")).SelfReferralMessage.ShouldBe("Demandez à votre médecin de famille.");
        await app.Database.Execute(
            "update directory.listing set self_referral_message_fr = null where reference = 'demo-imaging'"
        );
        await app.Restart();
        (await Listing("demo-imaging")).SelfReferralMessage.ShouldBe("Ask your family doctor, please.");

        await app.Database.Execute(
            """
            update directory.site set language = 'en';
            update directory.listing set self_referral_message_fr = 'Demandez à votre médecin de famille.'
            where reference = 'demo-imaging';
            """
        );
        await app.Restart();
    }

    [Fact]
    public async Task A_self_referral_to_a_listing_that_takes_none_is_declined_with_the_listing_s_words()
    {
        var message = NewMessage
            .From("v0.11.1/add-service-request.self-referral")
            .With("demo-physio", "demo-imaging")
            .With("1003", "1002");

        using var answer = await Post.V11(app.Http).Send(message.Bytes);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var id = await app.Database.Scalar<Guid>(
            $"select id from core.referral where reference = '{message.Reference}'"
        );
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        var view = await coordinator.Send(new GetReferral(id));
        view.State.ShouldBe("Declined");
        view.History[^1].Reason.ShouldBe("Ask your family doctor, please.");
        (
            await app.Database.Scalar<long>(
                $"select count(*) from core.outbox where referral_id = '{id}' and detail->>'Status' = 'rejected'"
            )
        ).ShouldBe(1);
    }

    [Fact]
    public async Task The_demonstration_s_listings_ask_for_what_such_clinics_ask()
    {
        (await Listing("demo-cardiology")).Completeness.ShouldBe([
            new CompletenessRule("attachment", "ECG", "ECG", "ECG", 183),
            new CompletenessRule("field", "request.reason", null, null, null),
        ]);
        (await Listing("demo-physio")).Completeness.ShouldBe([
            new CompletenessRule("field", "patient.phone", null, null, null),
        ]);
        (await Listing("demo-imaging")).Completeness.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("self_referral = 'decline', self_referral_message_en = null, self_referral_message_fr = null")]
    [InlineData("self_referral = 'perhaps'")]
    [InlineData("form_mapping = '[]'")]
    [InlineData("""form_mapping = '{"a": 1}'""")]
    [InlineData("completeness = '{}'")]
    [InlineData("""completeness = '["ECG"]'""")]
    [InlineData("""completeness = '[{"kind": "field"}]'""")]
    [InlineData("""completeness = '[{"kind": "wish", "key": "ECG"}]'""")]
    [InlineData("""completeness = '[{"kind": "field", "key": " "}]'""")]
    [InlineData("""completeness = '[{"kind": "attachment", "key": "ECG", "within_days": "183"}]'""")]
    [InlineData("""completeness = '[{"kind": "attachment", "key": "ECG", "within_days": 0}]'""")]
    [InlineData("""completeness = '[{"kind": "attachment", "key": "ECG", "label_fr": 1}]'""")]
    public async Task The_schema_refuses_rules_of_another_shape(string set)
    {
        var refused = await Should.ThrowAsync<PostgresException>(() =>
            app.Database.Execute($"update directory.listing set {set} where reference = 'demo-test'")
        );

        refused.SqlState.ShouldBe(PostgresErrorCodes.CheckViolation);
    }

    [Fact]
    public async Task What_a_referral_lacks_is_told_until_it_comes()
    {
        var message = NewMessage.From("v0.11.1/add-service-request");
        using var first = await Post.V11(app.Http).Send(message.Bytes);
        first.StatusCode.ShouldBe(HttpStatusCode.OK);

        var missing = (await Missing(message)).ShouldHaveSingleItem();
        (missing.Kind, missing.Key, missing.Why, missing.WithinDays).ShouldBe(("attachment", "ECG", "absent", 183));
    }

    [Fact]
    public async Task A_patient_without_date_of_birth_is_taken_in_and_the_gap_shown()
    {
        var message = NewMessage
            .From("v0.11.1/add-service-request")
            .With("demo-cardiology", "demo-imaging")
            .With("\"birthDate\"", "\"_birthDate_\"");
        using var answer = await Post.V11(app.Http).Send(message.Bytes);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Missing(message)).Select(m => (m.Kind, m.Key)).ShouldBe([("demographics", "patient.birthDate")]);
    }

    [Fact]
    public async Task Answers_of_the_form_fill_the_fields_that_the_listing_maps_them_to()
    {
        var message = NewMessage.From("v0.11.1/add-service-request");
        using var answer = await Post.V11(app.Http).Send(message.Bytes);

        var content = (await (await Coordinator()).Send(new GetReferral(await IdOf(message)))).Content;

        var items = content.Form!.Items;
        content.Request.PriorityNote.ShouldBe(items.Single(i => i.LinkId == "Duration").Answers[0]);
        content.Request.FromForm.ShouldBe([ContentField.PriorityNote]);
        content.Patient.Interpreter.ShouldNotBeNull();
        content.Patient.FromForm.ShouldBe([ContentField.Interpreter]);
    }

    [Fact]
    public async Task What_a_referral_of_another_site_lacks_is_not_told()
    {
        var message = NewMessage.From("v0.11.1/add-service-request");
        using var answer = await Post.V11(app.Http).Send(message.Bytes);
        var id = await IdOf(message);
        var stranger = new Staff(
            app,
            Ids.New(TimeProvider.System),
            (Ids.New(TimeProvider.System), Role.IntakeCoordinator)
        );

        var refused = await Should.ThrowAsync<Problem>(() => stranger.Send(new MissingOf(id)));

        refused.Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_message_that_names_nobody_comes_from_whom_its_connection_names()
    {
        var text = NewMessage.From("v0.10.0/add-service-request");
        var bundle = System.Text.Json.Nodes.JsonNode.Parse(text.Text)!;
        foreach (var entry in bundle["entry"]!.AsArray())
        {
            var resource = entry!["resource"]!.AsObject();
            resource.Remove("requester");
            resource.Remove("author");
        }
        using var answer = await Post.V10(app.Http).Send(System.Text.Encoding.UTF8.GetBytes(bundle.ToJsonString()));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);

        var view = await (await Coordinator()).Send(new GetReferral(await IdOf(text)));

        view.Content.Requester.ShouldNotBeNull().Name.ShouldBe("Lakeview Family Health Team");
        view.Content.Requester!.FromConnection.ShouldBeTrue();
    }

    private async Task<IReadOnlyList<MissingPart>> Missing(NewMessage message) =>
        await (await Coordinator()).Send(new MissingOf(await IdOf(message)));

    private Task<Staff> Coordinator() => Staff.Demo(app, Role.IntakeCoordinator);

    private Task<Guid> IdOf(NewMessage message) =>
        app.Database.Scalar<Guid>($"select id from core.referral where reference = '{message.Reference}'");

    private async Task<ListingFound> Listing(string reference)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var found = await scope
            .ServiceProvider.GetRequiredService<IMediator>()
            .Send(new FindListing(reference, null, null));
        return found.ShouldNotBeNull();
    }
}
