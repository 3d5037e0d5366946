using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Rms.Simulator;
using Rms.Simulator.Messages;
using Rms.Simulator.Sending;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.Simulator;

/// <summary>The whole program over real HTTP, beside a fake target.</summary>
public sealed class SimulatorHttpTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("rms-simulator-").FullName;
    private FakeTarget target = null!;
    private WebApplication app = null!;
    private HttpClient http = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        target = await FakeTarget.Start();
        await StartSimulator(seed: 0);
    }

    public async ValueTask DisposeAsync()
    {
        await StopSimulator();
        await target.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Referrals_are_sent_with_one_token_per_connection_and_shown_as_sent()
    {
        var answer = await Post("/api/send", """{"version":"0.10.0","listing":"1003","scenario":"urgent","count":3}""");

        answer["messages"]!.AsArray().ShouldAllBe(m => (string?)m!["outcome"] == "accepted");
        target.Messages.Count.ShouldBe(3);
        target.TokenRequests.ShouldBe(["demo-source-v10:demo-source-v10-secret"]);
        (await Get("/api/referrals"))["referrals"]!.AsArray().ShouldAllBe(r => (string?)r!["shows"] == "Sent");
    }

    [Fact]
    public async Task A_401_is_answered_with_a_new_token_once()
    {
        target.Statuses.Enqueue(401);
        (await Post("/api/send", "{}"))["messages"]![0]!["outcome"]!.ToString().ShouldBe("accepted");
        target.Messages.Select(m => m.Token).ShouldBe(["Bearer token-1", "Bearer token-2"]);

        target.Statuses.Enqueue(401);
        target.Statuses.Enqueue(401);
        (await Post("/api/send", "{}"))["messages"]![0]!["status"]!.GetValue<int>().ShouldBe(401);
        target.Messages.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Sending_again_sends_the_same_bytes()
    {
        await Post("/api/send", "{}");
        await Post("/api/messages/1/resend", "");

        target.Messages.Count.ShouldBe(2);
        target.Messages.First().Body.ShouldBe(target.Messages.Last().Body);
        (await Get("/api/messages/1"))["attempts"]!.GetValue<int>().ShouldBe(2);
    }

    [Fact]
    public async Task An_update_carries_another_phone_number_and_a_revocation_ends_the_referral()
    {
        var referral = await SendOne();
        await Post($"/api/referrals/{referral}/update", "");
        await Post($"/api/referrals/{referral}/revoke", "");

        var sent = target.Messages.Select(m => JsonNode.Parse(m.Body)!.AsObject()).ToList();
        sent.Select(m => (string?)Sample.Resource(m, "MessageHeader")["eventCoding"]!["code"])
            .ShouldBe(["add-service-request", "notify-update-service-request", "revoke-service-request"]);
        (await Get($"/api/referrals/{referral}"))["shows"]!.ToString().ShouldBe("Cancelled");
    }

    [Theory]
    [InlineData("0.10.0", "send-communication-from-requester")]
    [InlineData("0.11.1", "send-communication")]
    public async Task A_referral_can_be_changed_corrected_and_written_about(string version, string written)
    {
        var referral = await SendOne(version);
        foreach (var change in new[] { "phone", "priority", "attachment", "answer" })
        {
            await Post($"/api/referrals/{referral}/update", $$"""{"change":"{{change}}"}""");
        }

        await Post($"/api/referrals/{referral}/correct", "");
        await Post($"/api/referrals/{referral}/write", """{"text":"Is there a date?"}""");
        await Post($"/api/referrals/{referral}/write", "");

        var sent = target.Messages.Select(m => JsonNode.Parse(m.Body)!.AsObject()).ToList();
        string Part(int message, string type) => Sample.Resource(sent[message], type).ToJsonString();
        Part(1, "Patient").ShouldNotBe(Part(0, "Patient"));
        ((string?)Sample.Resource(sent[2], "ServiceRequest")["priority"]).ShouldBe("urgent");
        Documents(sent[3]).Count.ShouldBe(Documents(sent[0]).Count + 1);
        Sample.Resource(sent[4], "QuestionnaireResponse")["item"]!
            .AsArray()
            .Count.ShouldBe(Sample.Resource(sent[0], "QuestionnaireResponse")["item"]!.AsArray().Count + 1);
        ((string?)Sample.Resource(sent[5], "Patient")["birthDate"]).ShouldNotBe(
            (string?)Sample.Resource(sent[0], "Patient")["birthDate"]
        );
        ((string?)Sample.Resource(sent[6], "Communication")["payload"]![0]!["contentString"]).ShouldBe(
            "Is there a date?"
        );
        (await Get("/api/messages"))["messages"]!
            .AsArray()
            .Select(m => m!["event"]!.ToString())
            .Skip(5)
            .ShouldBe(["notify-data-correction", written, written]);
        var added = Documents(sent[3])[^1]["content"]![0]!["attachment"]!;
        using var fetched = await Fetch(
            new Uri((string)added["url"]!).PathAndQuery,
            await Token(GuideVersion.Find(version)!.Connection)
        );
        fetched.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_order_that_makes_no_sense_is_refused_and_sends_nothing()
    {
        var referral = await SendOne();
        async Task<HttpStatusCode> Ask(string path, string body)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await http.PostAsync($"/api/referrals/{path}", content, Stop);
            return response.StatusCode;
        }

        (await Ask($"{referral}/update", """{"change":"everything"}""")).ShouldBe(HttpStatusCode.BadRequest);
        (await Ask($"{referral}/update", "[]")).ShouldBe(HttpStatusCode.BadRequest);
        (await Ask($"{referral}/write", $$"""{"text":"{{new string('a', 2001)}}"}""")).ShouldBe(
            HttpStatusCode.BadRequest
        );
        foreach (var call in new[] { "update", "correct", "write", "revoke" })
        {
            (await Ask($"unknown/{call}", "")).ShouldBe(HttpStatusCode.NotFound);
        }

        target.Messages.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_written_of_a_referral_that_never_arrived_does_not_make_it_sent()
    {
        target.Statuses.Enqueue(500);
        var referral = await SendOne();
        await Post($"/api/referrals/{referral}/write", "");
        (await Get($"/api/referrals/{referral}"))["shows"]!.ToString().ShouldBe("Not sent");

        await Post($"/api/referrals/{referral}/update", "");
        (await Get($"/api/referrals/{referral}"))["shows"]!.ToString().ShouldBe("Sent");
    }

    [Fact]
    public async Task A_target_s_answer_is_taken_only_with_a_token_and_changes_what_shows()
    {
        var referral = await SendOne("0.10.0");
        var message = Sample.TaskMessage(GuideVersion.V010, "accepted", referral: referral);

        (await Deliver(message, token: null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await Deliver(message, token: "guessed")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var token = await Token("demo-source-v10");
        (await Deliver(message, token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Get($"/api/referrals/{referral}"))["shows"]!.ToString().ShouldBe("Pending Booking");

        var again = await Deliver(message, token);
        again.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await again.Content.ReadAsStringAsync(Stop)).ShouldContain("Referral is already in the requested status");
        var received = (await Get("/api/messages?direction=received"))["messages"]!.AsArray();
        received.Count.ShouldBe(4);
        received[3]!["detail"]!.ToString().ShouldContain("same message id");
    }

    [Theory]
    [InlineData("not json", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("""{"resourceType":"Bundle","resourceType":"Bundle"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"resourceType":"Bundle","type":"collection"}""", HttpStatusCode.BadRequest)]
    public async Task What_is_no_message_is_refused_with_an_outcome_and_kept(string body, HttpStatusCode status)
    {
        using var request = Message("/fhir/%24process-messages", body, await Token("demo-source-v11"));
        using var response = await http.SendAsync(request, Stop);

        response.StatusCode.ShouldBe(status);
        JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!["resourceType"]!
            .ToString()
            .ShouldBe("OperationOutcome");
        (await Get("/api/messages"))["messages"]!.AsArray().Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("demo-source-v10", "wrong", "client_credentials", HttpStatusCode.Unauthorized)]
    [InlineData("nobody", "demo-source-v10-secret", "client_credentials", HttpStatusCode.Unauthorized)]
    [InlineData("demo-source-v10", "demo-source-v10-secret", "password", HttpStatusCode.BadRequest)]
    [InlineData("demo-source-v10", "demo-source-v10-secret", "client_credentials", HttpStatusCode.OK)]
    public async Task A_token_is_given_only_to_those_who_know_the_secret(
        string id,
        string secret,
        string grant,
        HttpStatusCode status
    )
    {
        using var form = new FormUrlEncodedContent([
            new("grant_type", grant),
            new("client_id", id),
            new("client_secret", secret),
        ]);
        using var byForm = await http.PostAsync("/oauth2/token", form, Stop);
        using var basic = new HttpRequestMessage(HttpMethod.Post, $"/oauth2/token?grant_type={grant}");
        basic.Headers.Authorization = Basic(id, secret);
        using var byBasic = await http.SendAsync(basic, Stop);

        byForm.StatusCode.ShouldBe(status);
        byBasic.StatusCode.ShouldBe(status);
        byBasic.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task A_failure_strikes_the_next_messages_and_leaves_the_referral_as_it_was()
    {
        var referral = await SendOne("0.10.0");
        var token = await Token("demo-source-v10");
        await Post("/api/failures", """{"kind":"429","count":2,"seconds":7}""");
        var message = Sample.TaskMessage(GuideVersion.V010, "accepted", referral: referral);

        var first = await Deliver(message, token);
        first.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        first.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(7));
        (await Deliver(message, token)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await Get($"/api/referrals/{referral}"))["shows"]!.ToString().ShouldBe("Sent");
        (await Deliver(message, token)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_dropped_connection_leaves_the_message_taken_or_not_as_ordered()
    {
        var referral = await SendOne("0.10.0");
        var token = await Token("demo-source-v10");
        var message = Sample.TaskMessage(GuideVersion.V010, "accepted", referral: referral);

        await Post("/api/failures", """{"kind":"drop"}""");
        await Should.ThrowAsync<HttpRequestException>(() => Deliver(message, token));
        (await Get($"/api/referrals/{referral}"))["shows"]!.ToString().ShouldBe("Sent");

        await Post("/api/failures", """{"kind":"drop-after"}""");
        await Should.ThrowAsync<HttpRequestException>(() => Deliver(message, token));
        (await Get($"/api/referrals/{referral}"))["shows"]!.ToString().ShouldBe("Pending Booking");
    }

    [Fact]
    public async Task The_letter_and_the_documents_are_given_to_the_referral_s_own_connection_only()
    {
        var referral = await SendOne("0.11.1", "url-attachments");
        var documents = Sample
            .Resources(JsonNode.Parse(target.Messages.Single().Body)!.AsObject())
            .Where(r => (string?)r["resourceType"] == "DocumentReference")
            .Select(r => r["content"]![0]!["attachment"]!)
            .ToList();

        documents.Count.ShouldBe(4);
        foreach (var document in documents)
        {
            var path = new Uri((string)document["url"]!).PathAndQuery;
            (await Fetch(path, token: null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            (await Fetch(path, await Token("demo-source-v10"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            var response = await Fetch(path, await Token("demo-source-v11"));
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            response.Content.Headers.ContentType!.MediaType.ShouldBe((string?)document["contentType"]);
            if (document["size"] is { } size)
            {
                response.Content.Headers.ContentLength.ShouldBe((long)size);
            }
        }
    }

    [Fact]
    public async Task A_restart_remembers_referrals_messages_and_that_it_seeded()
    {
        await StopSimulator();
        await StartSimulator(seed: 5);
        await app.Services.GetServices<IHostedService>().OfType<Seeder>().Single().ExecuteTask!;
        var before = (await Get("/api/referrals")).ToJsonString();

        await StopSimulator();
        await StartSimulator(seed: 5);

        (await Get("/api/referrals")).ToJsonString().ShouldBe(before);
        ((int)(await Get("/api/state"))["seeded"]!).ShouldBe(5);
        target.Messages.Count.ShouldBe(5);
    }

    [Fact]
    public async Task The_demonstration_also_goes_on_to_speak_of_what_it_sent()
    {
        await StopSimulator();
        await StartSimulator(seed: 36);
        await app.Services.GetServices<IHostedService>().OfType<Seeder>().Single().ExecuteTask!;

        var sent = (await Get("/api/messages"))["messages"]!.AsArray();
        sent.Select(m => m!["event"]!.ToString())
            .CountBy(name => name)
            .ShouldBe(
                [
                    new("add-service-request", 36),
                    new("notify-update-service-request", 3),
                    new("send-communication-from-requester", 1),
                    new("notify-data-correction", 1),
                ],
                ignoreOrder: true
            );
        sent.ShouldAllBe(m => m!["outcome"]!.ToString() == "accepted");
        ((int)(await Get("/api/state"))["seeded"]!).ShouldBe(36);
        (await http.GetStringAsync("/", Stop)).ShouldContain("Cardiac rehabilitation");

        await StopSimulator();
        await StartSimulator(seed: 36);
        target.Messages.Count.ShouldBe(41);
    }

    [Fact]
    public async Task The_pages_show_any_name_without_running_it()
    {
        await Post("/api/send", """{"scenario":"unusual-names","count":50}""");

        var page = await http.GetStringAsync("/", Stop);
        var referral = (await Get("/api/referrals"))["referrals"]![0]!["ref"]!.ToString();

        page.ShouldNotContain("<b>");
        page.ShouldContain("Page 1 of 2");
        foreach (var path in new[] { $"/referrals/{referral}", "/messages/1", "/messages", "/?p=2", "/simulator.css" })
        {
            (await http.GetAsync(path, Stop)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }

        (await http.GetAsync("/referrals/unknown", Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_page_s_buttons_work_without_script_but_not_from_another_site()
    {
        using var form = new FormUrlEncodedContent([
            new("version", "0.10.0"),
            new("listing", "1002"),
            new("count", "2"),
        ]);
        using var foreign = new HttpRequestMessage(HttpMethod.Post, "/?handler=Send") { Content = form };
        foreign.Headers.Add("Origin", "http://evil.example");
        (await http.SendAsync(foreign, Stop)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        target.Messages.ShouldBeEmpty();

        using var own = new FormUrlEncodedContent([
            new("version", "0.10.0"),
            new("listing", "1002"),
            new("count", "2"),
        ]);
        var page = await (await http.PostAsync("/?handler=Send", own, Stop)).Content.ReadAsStringAsync(Stop);
        page.ShouldContain("The target took 2 of 2.");
        target.Messages.Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_referral_s_page_changes_corrects_writes_and_cancels_without_script()
    {
        var referral = await SendOne();
        async Task<string> Press(string button, string name = "", string value = "")
        {
            using var form = new FormUrlEncodedContent([new(name, value)]);
            using var response = await http.PostAsync($"/referrals/{referral}?handler={button}", form, Stop);
            return await response.Content.ReadAsStringAsync(Stop);
        }

        (await Press("Update", "change", "priority")).ShouldContain("notify-update-service-request: accepted (200)");
        (await Press("Correct")).ShouldContain("notify-data-correction: accepted (200)");
        (await Press("Write", "text", "Any <b>news</b>?")).ShouldContain("Any &lt;b&gt;news&lt;/b&gt;?");
        (await Press("Update", "change", "all")).ShouldContain("change must be one of phone, priority");
        (await Press("Revoke")).ShouldContain("Cancelled");
        target.Messages.Count.ShouldBe(5);
        (await http.PostAsync("/referrals/unknown?handler=Update", null, Stop)).StatusCode.ShouldBe(
            HttpStatusCode.NotFound
        );
    }

    private async Task StartSimulator(int seed)
    {
        app = SimulatorApp.Build(new Settings(target.Address, "http://source.test", "127.0.0.1", 0, folder, seed));
        await app.StartAsync(Stop);
        http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    private async Task StopSimulator()
    {
        http.Dispose();
        await app.DisposeAsync();
    }

    private async Task<JsonObject> Post(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(path, content, Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!.AsObject();
    }

    private async Task<JsonObject> Get(string path) => (await http.GetFromJsonAsync<JsonObject>(path, Stop))!;

    private async Task<string> SendOne(string version = "0.11.1", string scenario = "ordinary")
    {
        var sent = await Post("/api/send", $$"""{"version":"{{version}}","scenario":"{{scenario}}"}""");
        return sent["messages"]![0]!["ref"]!.ToString();
    }

    private async Task<string> Token(string connection)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/token?grant_type=client_credentials");
        request.Headers.Authorization = Basic(connection, $"{connection}-secret");
        using var response = await http.SendAsync(request, Stop);
        return (await response.Content.ReadFromJsonAsync<JsonObject>(Stop))!["access_token"]!.ToString();
    }

    private static List<JsonObject> Documents(JsonObject message) =>
        [.. Sample.Resources(message).Where(r => (string?)r["resourceType"] == "DocumentReference")];

    private static AuthenticationHeaderValue Basic(string id, string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}")));

    private async Task<HttpResponseMessage> Deliver(JsonObject message, string? token)
    {
        using var request = Message("/fhir/$process-message", message.ToJsonString(), token);
        return await http.SendAsync(request, Stop);
    }

    private async Task<HttpResponseMessage> Fetch(string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await http.SendAsync(request, Stop);
    }

    private static HttpRequestMessage Message(string path, string body, string? token)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/fhir+json"),
        };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return request;
    }
}
