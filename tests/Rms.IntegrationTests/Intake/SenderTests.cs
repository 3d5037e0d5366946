using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Rms.Fhir;
using Rms.Fhir.Model;
using Rms.IntegrationTests.Fixtures;
using Rms.UnitTests;
using Shouldly;

namespace Rms.IntegrationTests.Intake;

public sealed class SenderTests(RunningApp app) : IClassFixture<RunningApp>
{
    [Fact]
    public async Task A_token_is_given_for_the_secret_in_the_form_too()
    {
        using var answer = await app.Http.PostAsync("/oauth2/token", Form("demo-source-v10", "demo-source-v10-secret"));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var json = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
        json["token_type"]!.GetValue<string>().ShouldBe("Bearer");
        json["expires_in"]!.GetValue<int>().ShouldBe(3600);
    }

    [Theory]
    [InlineData("demo-source-v10", "wrong", "client_credentials", 401, "invalid_client")]
    [InlineData("nobody", "wrong", "client_credentials", 401, "invalid_client")]
    [InlineData("demo-source-v10", "demo-source-v10-secret", "password", 400, "unsupported_grant_type")]
    [InlineData("demo-source-v10", "demo-source-v10-secret", null, 400, "invalid_request")]
    [InlineData(null, null, "client_credentials", 401, "invalid_client")]
    public async Task A_faulty_request_for_a_token_is_told_what_is_wrong(
        string? client,
        string? secret,
        string? grant,
        int status,
        string error
    )
    {
        using var answer = await app.Http.PostAsync("/oauth2/token", Form(client, secret, grant));

        ((int)answer.StatusCode).ShouldBe(status);
        (await answer.Content.ReadFromJsonAsync<JsonObject>())!["error"]!.GetValue<string>().ShouldBe(error);
    }

    [Fact]
    public async Task A_credential_is_locked_after_ten_failures_and_the_right_secret_then_fails_too()
    {
        await using var own = await RunningApp.Start(new Dictionary<string, string>());
        for (var i = 0; i < 10; i++)
            await own.Http.PostAsync("/oauth2/token", Form("demo-source-v11", "wrong"));

        using var answer = await own.Http.PostAsync("/oauth2/token", Form("demo-source-v11", "demo-source-v11-secret"));

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer wrong")]
    [InlineData("Basic ZGVtbw==")]
    public async Task Without_a_valid_token_nothing_is_read_and_the_attempt_is_kept(string? authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/fhir/$process-message");
        request.Content = new ByteArrayContent(Vectors.Bytes("v0.10.0/add-service-request"));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json");
        if (authorization is not null)
            request.Headers.Authorization = AuthenticationHeaderValue.Parse(authorization);
        var before = await Refused();

        using var answer = await app.Http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Headers.WwwAuthenticate.Select(w => w.Scheme).ShouldBe(["Bearer", "Basic"]);
        FhirReader
            .Read<OperationOutcome>(await answer.Content.ReadAsByteArrayAsync(), ReadOptions.Strict)
            .Resource!.Issue.ShouldHaveSingleItem()
            .Code.ShouldBe("login");
        // Those that come within a second are kept together, as one row with their number.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await Refused() == before)
            await Task.Delay(50, patience.Token);

        Task<long> Refused() =>
            app.Database.Scalar<long>("select coalesce(sum(times), 0)::bigint from core.message where status = 401");
    }

    [Fact]
    public async Task A_connection_that_only_hears_from_us_may_not_send()
    {
        await using var own = await RunningApp.Start(new Dictionary<string, string>());
        await own.Database.Execute("update directory.connection set may_send = false");
        await own.Restart();

        using var answer = await Post.V10(own.Http).Send(NewMessage.From("v0.10.0/add-service-request").Bytes);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await own.Database.Scalar<long>("select count(*) from core.referral")).ShouldBe(0);
    }

    [Fact]
    public async Task Tokens_survive_a_restart()
    {
        await using var own = await RunningApp.Start(new Dictionary<string, string>());
        var token = await Post.V10(own.Http).Token();

        await own.Restart();

        using var request = new HttpRequestMessage(HttpMethod.Post, "/fhir/$process-message");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = new ByteArrayContent(NewMessage.From("v0.10.0/add-service-request").Bytes);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json");
        (await own.Http.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Demo_connections_and_people_are_closed_outside_the_demo()
    {
        await using var own = await RunningApp.Start(new Dictionary<string, string> { ["RMS_DEMO"] = "0" });

        using var answer = await own.Http.PostAsync("/oauth2/token", Form("demo-source-v10", "demo-source-v10-secret"));

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await own.Database.Scalar<long>("select count(*) from people.person")).ShouldBe(0);
    }

    [Fact]
    public async Task A_challenge_is_answered_without_authentication()
    {
        using var answer = await app.Http.PostAsync("/fhir/$process-message", Json("""{"challenge":"prove-it-é"}"""));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadFromJsonAsync<JsonObject>())!["challenge"]!.GetValue<string>().ShouldBe("prove-it-é");
    }

    [Theory]
    [InlineData("""{"challenge":1}""")]
    [InlineData("""{"challenge":"a","more":1}""")]
    [InlineData("""{"challenge":"\ud800"}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public async Task What_only_resembles_a_challenge_is_not_answered(string body) =>
        (await app.Http.PostAsync("/fhir/$process-message", Json(body))).StatusCode.ShouldBe(
            HttpStatusCode.Unauthorized
        );

    [Fact]
    public async Task A_challenge_of_more_than_its_bound_is_not_answered() =>
        (
            await app.Http.PostAsync("/fhir/$process-message", Json($$"""{"challenge":"{{new string('x', 5000)}}"}"""))
        ).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

    [Fact]
    public async Task Strangers_who_knock_too_often_are_asked_to_wait()
    {
        await using var own = await RunningApp.Start(new Dictionary<string, string>());

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 400)
                .Select(_ => own.Http.PostAsync("/fhir/$process-message", Json("""{"challenge":"x"}""")))
        );

        var refused = answers.First(a => a.StatusCode == HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_capability_statement_is_valid_and_names_the_endpoint()
    {
        var read = FhirReader.Read<CapabilityStatement>(
            await app.Http.GetByteArrayAsync("/fhir/metadata"),
            ReadOptions.Strict
        );

        read.Issues.ShouldBeEmpty();
        read.Resource!.Messaging.ShouldHaveSingleItem()
            .Endpoint.ShouldHaveSingleItem()
            .Address.ShouldEndWith("/fhir/$process-message");
    }

    [Fact]
    public async Task An_address_under_fhir_that_does_not_exist_is_an_outcome_too()
    {
        using var answer = await app.Http.GetAsync("/fhir/Nothing");

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/fhir+json");
    }

    [Theory]
    [InlineData("GET", "/fhir/$process-message")]
    [InlineData("DELETE", "/fhir/$process-messages")]
    [InlineData("GET", "/oauth2/token")]
    public async Task Another_method_is_told_which_to_use(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var answer = await app.Http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        answer.Content.Headers.Allow.ShouldBe(["POST"]);
    }

    [Fact]
    public async Task A_client_id_that_no_column_can_hold_is_nobody_s()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/token?grant_type=client_credentials");
        request.Headers.Authorization = Post.Basic("demo\0x", "x");

        using var answer = await app.Http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static FormUrlEncodedContent Form(string? client, string? secret, string? grant = "client_credentials")
    {
        Dictionary<string, string> fields = [];
        if (client is not null)
            fields["client_id"] = client;
        if (secret is not null)
            fields["client_secret"] = secret;
        if (grant is not null)
            fields["grant_type"] = grant;
        return new FormUrlEncodedContent(fields);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
