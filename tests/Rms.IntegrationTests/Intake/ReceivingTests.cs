using System.Net;
using System.Text;
using Rms.Fhir;
using Rms.Fhir.Model;
using Rms.IntegrationTests.Fixtures;
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
            await app.Database.Scalar<long>("select count(*) from core.message where reason = 'message.id-reused'")
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
        var before = await app.Database.Scalar<long>("select count(*) from core.message where outcome = 'refused'");

        using var answer = await V11.Send(Vectors.Bytes("faults/" + fault));

        ((int)answer.StatusCode).ShouldBe(status);
        var outcome = await Outcome(answer);
        outcome.Issue.ShouldContain(i => i.Severity == "error" || i.Severity == "fatal");
        outcome.Issue.ShouldAllBe(i => i.Details!.Text != null);
        (await app.Database.Scalar<long>("select count(*) from core.message where outcome = 'refused'")).ShouldBe(
            before + 1
        );
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
    public async Task Another_event_is_kept_with_its_referral_and_answered()
    {
        var message = NewMessage.From("v0.11.1/add-service-request");
        var post = V11;
        using var add = await post.Send(message.Bytes);
        var id = FhirReader.Read<Bundle>(message.Bytes).Resource!.Entry[0].Resource!.Id!;

        using var answer = await post.Send(
            message.With("add-service-request", "notify-update-service-request").With(id, "next-" + id).Bytes
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

        using var answer = await V11.Send(message.Bytes);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Outcome(answer)).Issue.ShouldHaveSingleItem().Severity.ShouldBe("information");
        (await Referrals(message.Reference)).ShouldBe(0);
        (
            await app.Database.Scalar<long>("select count(*) from core.message where reason = 'listing-unknown'")
        ).ShouldBe(1);
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
