using System.Net;
using System.Security.Cryptography;
using System.Text;
using Rms.Core;
using Rms.Fhir;
using Rms.Fhir.Model;
using Rms.Intake;
using Rms.IntegrationTests.Fixtures;
using Rms.Triage;
using Rms.UnitTests;
using Shouldly;

namespace Rms.IntegrationTests.Intake;

public sealed class ReceivingTests(RunningApp app) : IClassFixture<RunningApp>
{
    private Post V10 => Post.V10(app.Http);

    private Post V11 => Post.V11(app.Http);

    [Theory]
    [InlineData("v0.10.0/add-service-request")]
    [InlineData("v0.11.1/add-service-request")]
    [InlineData("v0.11.1/add-service-request.inline-attachment")]
    public async Task An_add_is_answered_with_its_entries_and_one_received_task(string vector)
    {
        var message = NewMessage.From(vector);

        using var answer = await Of(vector).Send(message.Bytes);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/fhir+json");
        var sent = FhirReader.Read<Bundle>(message.Bytes).Resource!;
        var bundle = FhirReader.Read<Bundle>(await answer.Content.ReadAsByteArrayAsync()).Resource!;
        bundle.Type.ShouldBe("collection");
        bundle.Entry.Count.ShouldBe(sent.Entry.Count + 1);
        foreach (var (one, other) in bundle.Entry.Zip(sent.Entry))
            FhirWriter.Write(one.Resource!).ShouldBe(FhirWriter.Write(other.Resource!));
        var added = bundle.Entry[^1];
        added.FullUrl.ShouldStartWith("urn:uuid:");
        var task = added.Resource.ShouldBeOfType<FhirTask>();
        task.Status.ShouldBe("received");
        task.Intent.ShouldBe("order");
        task.Code!.Coding.ShouldHaveSingleItem().Code.ShouldBe("process-request");
        new BundleIndex(bundle).Resolve<ServiceRequest>(task.BasedOn.ShouldHaveSingleItem()).ShouldNotBeNull();
    }

    [Fact]
    public async Task The_same_message_again_gets_the_same_bytes_and_makes_nothing()
    {
        var message = NewMessage.From("v0.11.1/add-service-request");

        using var first = await V11.Send(message.Bytes);
        using var second = await V11.Send(message.Bytes);

        second.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await second.Content.ReadAsByteArrayAsync()).ShouldBe(await first.Content.ReadAsByteArrayAsync());
        (await Referrals(message.Reference)).ShouldBe(1);
        (await Owed(message.Reference)).ShouldBe(1);
    }

    [Fact]
    public async Task Sixteen_clients_that_send_one_message_at_once_make_one_referral()
    {
        var message = NewMessage.From("v0.10.0/add-service-request");
        var post = V10;
        await post.Send(Vectors.Bytes("v0.10.0/add-service-request"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => post.Send(message.Bytes)));

        answers.ShouldAllBe(a => a.StatusCode == HttpStatusCode.OK);
        var bodies = await Task.WhenAll(answers.Select(a => a.Content.ReadAsStringAsync()));
        bodies.Distinct().Count().ShouldBe(1);
        (await Referrals(message.Reference)).ShouldBe(1);
    }

    [Fact]
    public async Task A_referral_that_arrives_at_once_in_several_messages_is_one()
    {
        var message = NewMessage.From("v0.11.1/add-service-request");
        var id = FhirReader.Read<Bundle>(message.Bytes).Resource!.Entry[0].Resource!.Id!;
        var post = V11;

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(n => post.Send(message.With(id, $"again-{n}-{id}").Bytes))
        );

        answers.ShouldAllBe(a => a.StatusCode == HttpStatusCode.OK);
        (await Referrals(message.Reference)).ShouldBe(1);
        (await Owed(message.Reference)).ShouldBe(1);
    }

    [Fact]
    public async Task An_id_that_was_used_for_another_content_is_refused_and_kept()
    {
        var message = NewMessage.From("v0.10.0/add-service-request");
        var post = V10;
        using var first = await post.Send(message.Bytes);

        using var other = await post.Send(message.With("\"routine\"", "\"urgent\"").Bytes);

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        other.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await Outcome(other)).Issue.ShouldHaveSingleItem().Code.ShouldBe("conflict");
        (
            await app.Database.Scalar<long>(
                $"""
                select count(*) from core.message m join core.referral r on r.id = m.referral_id
                where r.reference = '{message.Reference}' and m.reason = 'message.id-reused'
                """
            )
        ).ShouldBe(1);
    }

    [Fact]
    public async Task A_refused_message_can_be_mended_and_sent_again_under_its_id()
    {
        var message = NewMessage.From("v0.10.0/add-service-request");
        var post = V10;

        using var refused = await post.Send(message.With("\"ServiceRequest\"", "\"Basic\"").Bytes);
        using var mended = await post.Send(message.Bytes);

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        mended.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Referrals(message.Reference)).ShouldBe(1);
    }

    [Theory]
    [InlineData("bad-json", 400)]
    [InlineData("bad-utf8", 400)]
    [InlineData("duplicate-key", 400)]
    [InlineData("too-deep", 400)]
    [InlineData("wrong-resource", 400)]
    [InlineData("not-a-message", 422)]
    [InlineData("no-message-header", 422)]
    [InlineData("add-without-service-request", 422)]
    public async Task What_can_not_be_taken_in_is_refused_with_an_outcome_and_kept(string fault, int status)
    {
        var body = Vectors.Bytes("faults/" + fault);

        using var answer = await V11.Send(body);

        ((int)answer.StatusCode).ShouldBe(status);
        var outcome = await Outcome(answer);
        outcome.Issue.ShouldContain(i => i.Severity == "error" || i.Severity == "fatal");
        outcome.Issue.ShouldAllBe(i => i.Details!.Text != null);
        (
            await app.Database.Query(
                $"""
                select outcome, status, sealed_body is not null from core.message
                where body_hash = '\x{Convert.ToHexString(SHA256.HashData(body))}'
                """
            )
        ).ShouldHaveSingleItem().ShouldBe(["refused", status, true]);
    }

    [Theory]
    [InlineData("unknown-element")]
    [InlineData("bad-code")]
    [InlineData("bad-primitive")]
    [InlineData("missing-element")]
    [InlineData("wrong-type")]
    [InlineData("choice-twice")]
    [InlineData("empty-value")]
    [InlineData("byte-order-mark")]
    public async Task Everything_else_is_taken_in_with_warnings(string fault)
    {
        using var answer = await V11.Send(NewMessage.WithOwnId(Vectors.Bytes("faults/" + fault)));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task All_faults_of_a_message_are_told_together()
    {
        const string Body =
            """{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Patient"}}]}""";

        using var answer = await V11.Send(Encoding.UTF8.GetBytes(Body));

        var expressions = (await Outcome(answer)).Issue.SelectMany(i => i.Expression).ToList();
        expressions.ShouldContain("Bundle.type");
        expressions.ShouldContain("Bundle.entry");
    }

    [Fact]
    public async Task An_event_that_nobody_knows_is_kept_with_its_referral_and_answered()
    {
        var message = NewMessage.From("v0.11.1/add-service-request");
        var post = V11;
        using var add = await post.Send(message.Bytes);
        var id = FhirReader.Read<Bundle>(message.Bytes).Resource!.Entry[0].Resource!.Id!;

        using var answer = await post.Send(
            message.With("add-service-request", "brew-coffee").With(id, "next-" + id).Bytes
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Outcome(answer)).Issue.ShouldHaveSingleItem().Severity.ShouldBe("information");
        (
            await app.Database.Scalar<long>(
                $"""
                select count(*) from core.message m join core.referral r on r.id = m.referral_id
                where r.reference = '{message.Reference}' and m.outcome = 'parked'
                """
            )
        ).ShouldBe(1);
    }

    [Fact]
    public async Task A_referral_to_a_listing_that_is_not_ours_is_parked()
    {
        var message = NewMessage
            .From("v0.11.1/add-service-request")
            .With("demo-cardiology", "elsewhere")
            .With("1001", "9");
        const string Parked = "select count(*) from core.message where reason = 'listing-unknown'";
        var before = await app.Database.Scalar<long>(Parked);

        using var answer = await V11.Send(message.Bytes);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Outcome(answer)).Issue.ShouldHaveSingleItem().Severity.ShouldBe("information");
        (await Referrals(message.Reference)).ShouldBe(0);
        (await app.Database.Scalar<long>(Parked)).ShouldBe(before + 1);
    }

    [Fact]
    public async Task A_referral_that_is_sent_again_is_brought_up_to_date_and_stays_where_it_stands()
    {
        var message = NewMessage.From("v0.11.1/add-service-request");
        var id = FhirReader.Read<Bundle>(message.Bytes).Resource!.Entry[0].Resource!.Id!;
        var post = V11;
        (await post.Send(message.Bytes)).EnsureSuccessStatusCode();
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        var referral = await app.Database.Scalar<Guid>(
            $"select id from core.referral where reference = '{message.Reference}'"
        );
        await coordinator.Send(new AcceptReferral(referral, 1));

        using var answer = await post.Send(message.With(id, "again-" + id).With("Palpitations", "Chest pain").Bytes);

        var bundle = FhirReader.Read<Bundle>(await answer.Content.ReadAsByteArrayAsync()).Resource!;
        bundle.Entry.Select(e => e.Resource).OfType<FhirTask>().Single().Status.ShouldBe("accepted");
        var view = await coordinator.Send(new GetReferral(referral));
        view.State.ShouldBe("Accepted");
        view.History.Select(h => h.Action).ShouldBe(["Receive", "Accept", "Resend"]);
        view.Content.Form!.Items.SelectMany(i => i.Answers).ShouldContain("Chest pain");
        var stale = await Should.ThrowAsync<Problem>(() => coordinator.Send(new DeclineReferral(referral, 2, "Late")));
        stale.Values["what"].ShouldBe("Resend");
    }

    [Fact]
    public async Task Two_patients_under_one_id_never_become_one_referral()
    {
        var message = NewMessage.From("v0.11.1/add-service-request");
        var read = FhirReader.Read<Bundle>(message.Bytes).Resource!;
        var patient = read.Entry.Select(e => e.Resource).OfType<Patient>().Single();
        var post = V11;
        (await post.Send(message.Bytes)).EnsureSuccessStatusCode();
        var other = message
            .With(read.Entry[0].Resource!.Id!, "another-" + read.Entry[0].Resource!.Id)
            .With(patient.Name[0].Family!, "Somebodyelse")
            .With(patient.Identifier.First(i => i.Value != null).Value!, "1111111111");

        using var answer = await post.Send(other.Bytes);

        (await Outcome(answer)).Issue.ShouldHaveSingleItem().Severity.ShouldBe("information");
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        var referral = await app.Database.Scalar<Guid>(
            $"select id from core.referral where reference = '{message.Reference}'"
        );
        (await coordinator.Send(new GetReferral(referral)))
            .Content.Patient.Names[0]
            .Family.ShouldBe(patient.Name[0].Family);
    }

    [Fact]
    public async Task Blank_ids_are_no_ids()
    {
        var post = V11;
        List<string> references = [];
        for (var i = 0; i < 2; i++)
        {
            var message = NewMessage.From("v0.11.1/add-service-request");
            using var answer = await post.Send(message.With(message.Reference, "    ").Bytes);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            var bundle = FhirReader.Read<Bundle>(await answer.Content.ReadAsByteArrayAsync()).Resource!;
            references.Add(bundle.Entry.Select(e => e.Resource).OfType<FhirTask>().Single().Id!);
        }

        references[0].ShouldNotBe(references[1]);
    }

    [Theory]
    [InlineData("\ufffe")]
    [InlineData("\u0000")]
    [InlineData("\u202e")]
    public async Task Odd_characters_in_a_name_do_no_harm(string odd)
    {
        var message = NewMessage.From("v0.11.1/add-service-request");
        var family = FhirReader
            .Read<Bundle>(message.Bytes)
            .Resource!.Entry.Select(e => e.Resource)
            .OfType<Patient>()
            .Single()
            .Name[0]
            .Family!;

        using var answer = await V11.Send(
            message.With($"\"{family}\"", System.Text.Json.JsonSerializer.Serialize(family + odd)).Bytes
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("demo-cardiology", "demo-imaging")]
    [InlineData("v0.11.1/add-service-request", "v0.11.1/add-service-request.htest")]
    public async Task A_referral_that_comes_again_as_something_else_is_parked_with_it(string from, string to)
    {
        var message = NewMessage.From("v0.11.1/add-service-request");
        var id = FhirReader.Read<Bundle>(message.Bytes).Resource!.Entry[0].Resource!.Id!;
        var post = V11;
        (await post.Send(message.Bytes)).EnsureSuccessStatusCode();
        var other = from.StartsWith("demo", StringComparison.Ordinal)
            ? message.With(from, to)
            : NewMessage.From(to).As(message.Reference).With("demo-test", "demo-cardiology");

        using var answer = await post.Send(
            other.Text.Contains(id, StringComparison.Ordinal) ? other.With(id, "other-" + id).Bytes : other.Bytes
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (
            await app.Database.Scalar<long>(
                $"""
                select count(*) from core.message m join core.referral r on r.id = m.referral_id
                where r.reference = '{message.Reference}' and m.reason = 'resend-differs'
                """
            )
        ).ShouldBe(1);
    }

    [Fact]
    public async Task What_was_refused_of_a_known_referral_is_sealed_under_its_key()
    {
        var message = NewMessage.From("v0.10.0/add-service-request");
        var post = V10;
        (await post.Send(message.Bytes)).EnsureSuccessStatusCode();

        using var refused = await post.Send(message.With("\"routine\"", "\"urgent\"").Bytes);

        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (
            await app.Database.Scalar<long>(
                $"""
                select count(*) from core.message m join core.referral r on r.id = m.referral_id
                where r.reference = '{message.Reference}' and m.outcome = 'refused'
                and not exists (select from keys.data_key k where k.owner_id = m.id)
                """
            )
        ).ShouldBe(1);
    }

    [Fact]
    public async Task Whoever_looks_sees_what_was_set_aside_with_its_reason_and_others_do_not()
    {
        var message = NewMessage.From("v0.11.1/add-service-request").With("demo-cardiology", "elsewhere");
        (await V11.Send(message.Bytes)).EnsureSuccessStatusCode();
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        var scheduler = await Staff.Demo(app, Role.Scheduler);

        (await coordinator.Send(new ListUnrouted())).ShouldContain(m =>
            m.Reference == message.Reference && m.Reason == "listing-unknown" && m.Event == "add-service-request"
        );
        (await scheduler.Send(new ListUnrouted())).ShouldBeEmpty();
        (await scheduler.Send(new MessagesToLookAt())).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_needs_a_person_s_eye_first_is_held()
    {
        var self = NewMessage.From("v0.11.1/add-service-request.self-referral");
        var testToReal = NewMessage.From("v0.11.1/add-service-request.htest").With("demo-test", "demo-imaging");
        var realToTest = NewMessage.From("v0.11.1/add-service-request").With("demo-cardiology", "demo-test");
        var ordinary = NewMessage.From("v0.11.1/add-service-request");
        var post = V11;

        foreach (var message in (NewMessage[])[self, testToReal, realToTest, ordinary])
            (await post.Send(message.Bytes)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await Held(self)).ShouldBe("self-referral");
        (await Held(testToReal)).ShouldBe("test-to-real");
        (await Held(realToTest)).ShouldBe("real-to-test");
        (await Held(ordinary)).ShouldBeNull();
    }

    [Theory]
    [InlineData("/fhir/$process-messages")]
    [InlineData("/fhir/%24process-message")]
    [InlineData("/fhir/%24process-messages")]
    public async Task Every_spelling_of_the_operation_is_taken(string path) =>
        (await V10.Send(NewMessage.From("v0.10.0/add-service-request").Bytes, path: path)).StatusCode.ShouldBe(
            HttpStatusCode.OK
        );

    [Theory]
    [InlineData("application/json", 200)]
    [InlineData("application/fhir+json; charset=UTF-8", 200)]
    [InlineData("application/xml", 415)]
    [InlineData("application/fhir+json; charset=iso-8859-1", 415)]
    public async Task Only_JSON_in_UTF_8_is_taken(string type, int status) =>
        ((int)(await V10.Send(NewMessage.From("v0.10.0/add-service-request").Bytes, type)).StatusCode).ShouldBe(status);

    [Fact]
    public async Task A_message_over_the_bound_is_refused()
    {
        using var answer = await V10.Send(new byte[(72 * 1024 * 1024) + 1]);

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    private Post Of(string vector) => vector.StartsWith("v0.10", StringComparison.Ordinal) ? V10 : V11;

    private Task<long> Referrals(string reference) =>
        app.Database.Scalar<long>($"select count(*) from core.referral where reference = '{reference}'");

    private Task<long> Owed(string reference) =>
        app.Database.Scalar<long>(
            $"""
            select count(*) from core.outbox o join core.referral r on r.id = o.referral_id
            where r.reference = '{reference}'
            """
        );

    private async Task<string?> Held(NewMessage message) =>
        (string?)
            (
                await app.Database.Query(
                    $"select held_because from core.referral where reference = '{message.Reference}'"
                )
            )[0][0];

    private static async Task<OperationOutcome> Outcome(HttpResponseMessage answer)
    {
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/fhir+json");
        var read = FhirReader.Read<OperationOutcome>(await answer.Content.ReadAsByteArrayAsync(), ReadOptions.Strict);
        read.Issues.ShouldBeEmpty();
        return read.Resource!;
    }
}
