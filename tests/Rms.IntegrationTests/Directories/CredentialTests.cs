using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Rms.Core;
using Rms.Directories;
using Rms.Fhir;
using Rms.Fhir.Model;
using Rms.IntegrationTests.Fixtures;
using Shouldly;
using Xunit;

namespace Rms.IntegrationTests.Directories;

/// <summary>Who may send, and how they show it. Each test has a connection of its own.</summary>
public sealed class CredentialTests(RunningApp app) : IClassFixture<RunningApp>
{
    private static int _made;

    [Fact]
    public async Task Two_secrets_work_side_by_side_and_with_one_only_its_own_tokens_end_at_once()
    {
        var connection = await NewConnection();
        var old = await Make(connection, CredentialKinds.Client);
        var @new = await Make(connection, CredentialKinds.Client);
        var oldToken = await Token(old);
        var newToken = await Token(@new);
        (await Send(Bearer(oldToken))).ShouldBe(HttpStatusCode.OK);
        (await Send(Bearer(newToken))).ShouldBe(HttpStatusCode.OK);

        await Administrator(a => a.Send(new RevokeCredential(old.Id, EvenTheLast: false)));

        (await Send(Bearer(oldToken))).ShouldBe(HttpStatusCode.Unauthorized);
        (await Send(Bearer(newToken))).ShouldBe(HttpStatusCode.OK);
        (await AskForToken(old.ClientId!, old.Secret.Value)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_locked_credential_fails_with_the_right_secret_too_its_tokens_go_on_and_an_administrator_unlocks_it()
    {
        var connection = await NewConnection();
        var credential = await Make(connection, CredentialKinds.Client);
        var token = await Token(credential);
        (await Send(Basic(credential.ClientId!, credential.Secret.Value))).ShouldBe(HttpStatusCode.OK);
        for (var i = 0; i < 9; i++)
            await AskForToken(credential.ClientId!, "wrong");
        (await AskForToken(credential.ClientId!, credential.Secret.Value)).StatusCode.ShouldBe(HttpStatusCode.OK);
        for (var i = 0; i < 10; i++)
            await AskForToken(credential.ClientId!, "wrong");

        (await AskForToken(credential.ClientId!, credential.Secret.Value)).StatusCode.ShouldBe(
            HttpStatusCode.Unauthorized
        );
        (await Send(Basic(credential.ClientId!, credential.Secret.Value))).ShouldBe(HttpStatusCode.Unauthorized);
        (await Send(Bearer(token))).ShouldBe(HttpStatusCode.OK);
        (await View(credential)).LockedUntil.ShouldNotBeNull();
        (await Audited("credential-locked", credential)).ShouldBe(1);

        await Administrator(a => a.Send(new UnlockCredential(credential.Id)));

        (await AskForToken(credential.ClientId!, credential.Secret.Value)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Send(Basic(credential.ClientId!, credential.Secret.Value))).ShouldBe(HttpStatusCode.OK);
        (await View(credential)).Failures.ShouldBe(0);
        (await Audited("credential-unlocked", credential)).ShouldBe(1);
    }

    [Fact]
    public async Task A_lock_that_has_run_out_leaves_ten_new_attempts()
    {
        var credential = await Make(await NewConnection(), CredentialKinds.Client);
        await app.Database.Execute(
            $"update directory.credential set failures = 10, locked_until = now() - interval '1 second' where id = '{credential.Id}'"
        );

        for (var i = 0; i < 9; i++)
            await AskForToken(credential.ClientId!, "wrong");

        (await View(credential)).Failures.ShouldBe(9);
        (await AskForToken(credential.ClientId!, credential.Secret.Value)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Of_wrong_secrets_that_come_at_once_each_is_counted()
    {
        var credential = await Make(await NewConnection(), CredentialKinds.Client);

        await Task.WhenAll(Enumerable.Range(0, 9).Select(_ => AskForToken(credential.ClientId!, "wrong")));
        (await View(credential)).Failures.ShouldBe(9);
        (await View(credential)).LockedUntil.ShouldBeNull();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => AskForToken(credential.ClientId!, "wrong")));
        (await View(credential)).LockedUntil.ShouldNotBeNull();
        (await Audited("credential-locked", credential)).ShouldBe(1);
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    public async Task Only_the_manners_that_a_connection_allows_work(bool oauth2, bool basic, bool key)
    {
        // All are allowed while the credentials are made, so that each exists.
        var connection = await NewConnection();
        var client = await Make(connection, CredentialKinds.Client);
        var apiKey = await Make(connection, CredentialKinds.ApiKey);
        var token = await Token(client);
        await app.Database.Execute(
            $"update directory.connection set allow_oauth2 = {oauth2}, allow_basic = {basic}, allow_api_key = {key} where id = '{connection}'"
        );
        app.Services.GetRequiredService<Book>().Forget();

        (await Send(Bearer(token))).ShouldBe(Expected(oauth2));
        (await AskForToken(client.ClientId!, client.Secret.Value)).StatusCode.ShouldBe(Expected(oauth2));
        (await Send(Basic(client.ClientId!, client.Secret.Value))).ShouldBe(Expected(basic));
        (await Send(Key(apiKey.Secret.Value))).ShouldBe(Expected(key));

        static HttpStatusCode Expected(bool allowed) => allowed ? HttpStatusCode.OK : HttpStatusCode.Unauthorized;
    }

    [Fact]
    public async Task What_is_wrong_is_answered_alike_whether_or_not_it_exists()
    {
        var connection = await NewConnection();
        var client = await Make(connection, CredentialKinds.Client);
        var apiKey = await Make(connection, CredentialKinds.ApiKey);

        var answers = new List<string>();
        foreach (
            var shown in new[]
            {
                Basic(client.ClientId!, "wrong"),
                Basic("nobody", "wrong"),
                Bearer("wrong"),
                Bearer(apiKey.Secret.Value),
                Key("wrong"),
                Key(client.Secret.Value),
            }
        )
        {
            using var answer = await Post(shown);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            answers.Add(answer.Headers.WwwAuthenticate + await answer.Content.ReadAsStringAsync());
        }

        answers.Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_revoked_key_stops_at_once_and_another_goes_on()
    {
        var connection = await NewConnection();
        var old = await Make(connection, CredentialKinds.ApiKey);
        var @new = await Make(connection, CredentialKinds.ApiKey);
        (await Send(Key(old.Secret.Value))).ShouldBe(HttpStatusCode.OK);

        await Administrator(a => a.Send(new RevokeCredential(old.Id, EvenTheLast: false)));

        (await Send(Key(old.Secret.Value))).ShouldBe(HttpStatusCode.Unauthorized);
        (await Send(Key(@new.Secret.Value))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_revoked_secret_stops_at_once_for_Basic_too()
    {
        var connection = await NewConnection();
        var credential = await Make(connection, CredentialKinds.Client);
        (await Send(Basic(credential.ClientId!, credential.Secret.Value))).ShouldBe(HttpStatusCode.OK);

        await Administrator(a => a.Send(new RevokeCredential(credential.Id, EvenTheLast: true)));

        (await Send(Basic(credential.ClientId!, credential.Secret.Value))).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_last_credential_is_revoked_only_by_somebody_who_says_so()
    {
        var credential = await Make(await NewConnection(), CredentialKinds.ApiKey);

        var refused = await Should.ThrowAsync<Problem>(() =>
            Administrator(a => a.Send(new RevokeCredential(credential.Id, EvenTheLast: false)))
        );
        refused.Code.ShouldBe("credential.last");
        (await Send(Key(credential.Secret.Value))).ShouldBe(HttpStatusCode.OK);

        await Administrator(a => a.Send(new RevokeCredential(credential.Id, EvenTheLast: true)));
        (await Send(Key(credential.Secret.Value))).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task All_tokens_of_a_connection_can_be_revoked_and_new_ones_fetched()
    {
        var connection = await NewConnection();
        var credential = await Make(connection, CredentialKinds.Client);
        var token = await Token(credential);
        (await Send(Bearer(token))).ShouldBe(HttpStatusCode.OK);

        await Administrator(a => a.Send(new RevokeTokens(connection)));

        (await Send(Bearer(token))).ShouldBe(HttpStatusCode.Unauthorized);
        (await Send(Bearer(await Token(credential)))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_client_takes_back_its_own_token_and_no_other_s()
    {
        var connection = await NewConnection();
        var mine = await Make(connection, CredentialKinds.Client);
        var other = await Make(connection, CredentialKinds.Client);
        var mineToken = await Token(mine);
        var otherToken = await Token(other);
        (await Send(Bearer(mineToken))).ShouldBe(HttpStatusCode.OK);

        (await TakeBack(mine.Secret.Value, otherToken)).ShouldBe(HttpStatusCode.OK);
        (await TakeBack(mine.Secret.Value, "no such token")).ShouldBe(HttpStatusCode.OK);
        (await TakeBack("wrong", mineToken)).ShouldBe(HttpStatusCode.Unauthorized);
        (await Send(Bearer(otherToken))).ShouldBe(HttpStatusCode.OK);
        (await Send(Bearer(mineToken))).ShouldBe(HttpStatusCode.OK);

        (await TakeBack(mine.Secret.Value, mineToken)).ShouldBe(HttpStatusCode.OK);
        (await Send(Bearer(mineToken))).ShouldBe(HttpStatusCode.Unauthorized);

        async Task<HttpStatusCode> TakeBack(string secret, string token)
        {
            using var form = new FormUrlEncodedContent([
                new("client_id", mine.ClientId!),
                new("client_secret", secret),
                new("token", token),
            ]);
            using var answer = await app.Http.PostAsync("/oauth2/revoke", form);
            return answer.StatusCode;
        }
    }

    [Theory]
    [InlineData("grant_type=client_credentials&grant_type=client_credentials", "", "invalid_request")]
    [InlineData("grant_type=client_credentials", "?grant_type=client_credentials", "invalid_request")]
    [InlineData("grant_type=client_credentials&client_id=a&client_id=b&client_secret=c", "", "invalid_request")]
    [InlineData("grant_type=", "", "invalid_request")]
    [InlineData("grant_type=refresh_token", "", "unsupported_grant_type")]
    public async Task A_request_for_a_token_says_each_thing_once(string form, string query, string error)
    {
        using var body = new StringContent(form, MediaTypeHeaderValue.Parse("application/x-www-form-urlencoded"));

        using var answer = await app.Http.PostAsync("/oauth2/token" + query, body);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonObject>())!["error"]!.GetValue<string>().ShouldBe(error);
    }

    [Fact]
    public async Task Who_sends_faster_than_agreed_is_asked_to_wait_and_the_same_message_is_then_taken_in()
    {
        var connection = await NewConnection(rate: 1, burst: 2);
        var key = Key((await Make(connection, CredentialKinds.ApiKey)).Secret.Value);
        var message = NewMessage.From("v0.10.0/add-service-request");
        HttpResponseMessage? refused = null;
        for (var sent = 0; refused is null && sent < 500; sent++)
        {
            var answer = await Post(key, message.Bytes);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                refused = answer;
        }

        refused.ShouldNotBeNull();
        refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeGreaterThanOrEqualTo(1);
        FhirReader
            .Read<OperationOutcome>(await refused.Content.ReadAsByteArrayAsync(), ReadOptions.Strict)
            .Resource!.Issue.ShouldHaveSingleItem()
            .Code.ShouldBe("throttled");

        await Eventually(async () => (await Post(key, message.Bytes)).StatusCode == HttpStatusCode.OK);
        (
            await app.Database.Scalar<long>(
                $"select count(*) from core.referral where reference = '{message.Reference}'"
            )
        ).ShouldBe(1);
    }

    [Fact]
    public async Task A_flood_of_refusals_fills_no_table_and_each_of_them_is_counted()
    {
        var connection = await NewConnection(rate: 1, burst: 1);
        var key = Key((await Make(connection, CredentialKinds.ApiKey)).Secret.Value);
        var refused = 0L;
        foreach (var _ in Enumerable.Range(0, 300))
        {
            if ((await Post(key, "{}"u8.ToArray())).StatusCode == HttpStatusCode.TooManyRequests)
                refused++;
        }

        refused.ShouldBeGreaterThan(100);
        await Eventually(async () => await Recorded("sum(times)") == refused);
        (await Recorded("count(*)")).ShouldBeLessThan(refused / 4);

        Task<long> Recorded(string what) =>
            app.Database.Scalar<long>(
                $"select coalesce({what}, 0)::bigint from core.message where connection_id = '{connection}' and status = 429"
            );
    }

    [Fact]
    public async Task Of_a_secret_or_key_only_hashes_are_kept()
    {
        var connection = await NewConnection();
        var client = await Make(connection, CredentialKinds.Client);
        var key = await Make(connection, CredentialKinds.ApiKey);
        var token = await Token(client);
        (await Send(Key(key.Secret.Value))).ShouldBe(HttpStatusCode.OK);

        foreach (var table in new[] { "directory.credential", "directory.access_token", "core.audit" })
        {
            var rows = (await app.Database.Query($"select t::text from {table} t")).Select(r => (string)r[0]!).ToList();
            foreach (var secret in new[] { client.Secret.Value, key.Secret.Value, token })
            {
                rows.ShouldNotContain(r => r.Contains(secret));
                var bytes = Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(secret));
                rows.ShouldNotContain(r => r.Contains(bytes));
            }
        }
        (await Audited("credential-made", client)).ShouldBe(1);
    }

    [Fact]
    public async Task When_a_credential_was_last_used_is_kept_to_the_minute()
    {
        var key = await Make(await NewConnection(), CredentialKinds.ApiKey);
        (await View(key)).LastUsedAt.ShouldBeNull();

        await Send(Key(key.Secret.Value));

        (await View(key)).LastUsedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task Each_connection_sees_and_touches_only_its_own_referrals()
    {
        var first = Key((await Make(await NewConnection(), CredentialKinds.ApiKey)).Secret.Value);
        var second = Key((await Make(await NewConnection(), CredentialKinds.ApiKey)).Secret.Value);
        var one = NewMessage.From("v0.10.0/add-service-request");
        var two = NewMessage.From("v0.10.0/add-service-request").As(one.Reference);

        (await Post(first, one.Bytes)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var before = await Rows();
        (await Post(second, two.Bytes)).StatusCode.ShouldBe(HttpStatusCode.OK);

        var after = await Rows();
        after.Count.ShouldBe(2);
        after.Select(r => r[1]).Distinct().Count().ShouldBe(2, "each has its own");
        after[0].ShouldBe(before.ShouldHaveSingleItem(), "the first's is as it was");
        // Sent again, each comes back to its own.
        var again = NewMessage.From("v0.10.0/add-service-request").As(one.Reference);
        (await Post(second, again.Bytes)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Rows())[0].ShouldBe(before[0]);
        // The first's answer is not the second's to have, though it names the same message.
        (await Post(second, one.Bytes)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Rows())[0].ShouldBe(before[0]);

        Task<IReadOnlyList<object?[]>> Rows() =>
            app.Database.Query(
                $"""
                select id, connection_id, version, changed_at, (select count(*) from core.message m where m.referral_id = r.id)
                from core.referral r where reference = '{one.Reference}' order by id
                """
            );
    }

    [Theory]
    [InlineData(Role.IntakeCoordinator)]
    [InlineData(Role.Scheduler)]
    [InlineData(Role.PrivacyOfficer)]
    public async Task Only_administrators_see_and_change_credentials(Role role)
    {
        var connection = await NewConnection();
        var credential = await Make(connection, CredentialKinds.ApiKey);
        var staff = await Staff.Demo(app, role);

        foreach (
            var attempt in new Func<Task>[]
            {
                () => staff.Send(new ListConnections()),
                () => staff.Send(new MakeCredential(connection, CredentialKinds.ApiKey)),
                () => staff.Send(new UnlockCredential(credential.Id)),
                () => staff.Send(new RevokeCredential(credential.Id, EvenTheLast: true)),
                () => staff.Send(new RevokeTokens(connection)),
            }
        )
            (await Should.ThrowAsync<Problem>(attempt)).Status.ShouldBe(403);
    }

    [Fact]
    public async Task An_administrator_of_another_site_finds_nothing()
    {
        var credential = await Make(await NewConnection(), CredentialKinds.ApiKey);
        var stranger = new Staff(app, Guid.Empty, (Guid.Empty, Role.Administrator));

        (await stranger.Send(new ListConnections())).ShouldBeEmpty();
        (
            await Should.ThrowAsync<Problem>(() => stranger.Send(new RevokeCredential(credential.Id, true)))
        ).Status.ShouldBe(404);
    }

    /// <summary>A connection that allows every manner.</summary>
    private async Task<Guid> NewConnection(int rate = 5000, int burst = 10_000)
    {
        var name = $"test-{Interlocked.Increment(ref _made)}";
        var id = await app.Database.Scalar<Guid>(
            $"""
            insert into directory.connection (
                id, site_id, name, display_name, guide_version, may_send, grant_type_in, allow_private_address,
                reply_bundle_type, announce_received, naming_system, allow_oauth2, allow_basic, allow_api_key,
                rate_per_second, rate_burst)
            select gen_random_uuid(), id, '{name}', '{name}', '0.10.0', true, 'body', false, 'collection', true,
                'https://source.example/', true, true, true, {rate}, {burst}
            from directory.site limit 1
            returning id
            """
        );
        app.Services.GetRequiredService<Book>().Forget();
        return id;
    }

    private async Task<T> Administrator<T>(Func<Staff, Task<T>> act) =>
        await act(await Staff.Demo(app, Role.Administrator));

    private Task<MadeCredential> Make(Guid connection, string kind) =>
        Administrator(a => a.Send(new MakeCredential(connection, kind)));

    private async Task<CredentialView> View(MadeCredential credential) =>
        (await Administrator(a => a.Send(new ListConnections())))
            .SelectMany(c => c.Credentials)
            .Single(c => c.Id == credential.Id);

    private Task<long> Audited(string action, MadeCredential credential) =>
        app.Database.Scalar<long>(
            $"select count(*) from core.audit where action = '{action}' and detail->>'credential' = '{credential.Id}' and site_id is not null"
        );

    private async Task<string> Token(MadeCredential credential)
    {
        using var answer = await AskForToken(credential.ClientId!, credential.Secret.Value);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!["access_token"]!.GetValue<string>();
    }

    private async Task<HttpResponseMessage> AskForToken(string client, string secret)
    {
        using var form = new FormUrlEncodedContent([
            new("grant_type", "client_credentials"),
            new("client_id", client),
            new("client_secret", secret),
        ]);
        // An address of the test's own door would be nicer; the door is wide enough for all of them when they wait.
        for (var tries = 0; ; tries++)
        {
            var answer = await app.Http.PostAsync("/oauth2/token", form);
            if (answer.StatusCode != HttpStatusCode.TooManyRequests || tries > 100)
                return answer;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private async Task<HttpStatusCode> Send((string Name, string Value) shown)
    {
        using var answer = await Post(shown);
        return answer.StatusCode;
    }

    private async Task<HttpResponseMessage> Post((string Name, string Value) shown, byte[]? body = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/fhir/$process-message");
        request.Headers.Add(shown.Name, shown.Value);
        request.Content = new ByteArrayContent(body ?? NewMessage.From("v0.10.0/add-service-request").Bytes);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json");
        return await app.Http.SendAsync(request);
    }

    private static (string, string) Bearer(string token) => ("Authorization", "Bearer " + token);

    private static (string, string) Basic(string name, string secret) =>
        ("Authorization", Fixtures.Post.Basic(name, secret).ToString());

    private static (string, string) Key(string key) => ("X-API-Key", key);

    private static async Task Eventually(Func<Task<bool>> so)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await so())
            await Task.Delay(100, patience.Token);
    }
}
