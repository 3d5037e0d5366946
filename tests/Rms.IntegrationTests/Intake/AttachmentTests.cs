using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Rms.Core;
using Rms.Intake;
using Rms.IntegrationTests.Fixtures;
using Shouldly;

namespace Rms.IntegrationTests.Intake;

/// <summary>The documents of a referral, inside the message or at a real source, over real HTTP.</summary>
public sealed partial class AttachmentTests : IAsyncLifetime
{
    private const int Megabyte = 1024 * 1024;
    private static readonly byte[] Pdf = Encoding.ASCII.GetBytes("%PDF-1.4\n1 0 obj\n<< >>\nendobj\n%%EOF\n");
    private static readonly byte[] Png = [0x89, .. "PNG\r\n"u8, 0x1a, 0x0a, .. "\0\0\0\rIHDR and so on"u8];

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
    public async Task A_document_at_the_source_is_fetched_with_our_token_and_shown()
    {
        _source.Documents["/fhir/a/$letter"] = Gives(Pdf, "application/pdf");
        var id = await Received(At("/fhir/a/$letter", "Letter.pdf"));

        var letter = (await Settled(id)).ShouldHaveSingleItem();

        letter.State.ShouldBe("ready");
        letter.IsLetter.ShouldBeTrue();
        letter.CanView.ShouldBeTrue();
        letter.Size.ShouldBe(Pdf.Length);
        _source.AskedFor.ShouldHaveSingleItem().Authorization.ShouldBe("Bearer token-1");
        using var answer = await Get(id, letter.Id);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(Pdf);
        (await Stored(id)).ShouldBe((1, Pdf.Length));
    }

    [Fact]
    public async Task The_bytes_decide_what_a_document_is_and_how_it_is_served()
    {
        var id = await Received(
            Inline(Pdf, "text/html", "letter.html"),
            Inline(Png, null, "Röntgen.png"),
            Inline("<html><script>alert(1)</script></html>"u8.ToArray(), "application/pdf", "x.pdf"),
            Inline("plain words"u8.ToArray(), "application/octet-stream", "../../notes"),
            Inline([1, 2, 3, 0], "image/png", "run.exe")
        );

        var all = await Settled(id);
        using var pdf = await Get(id, all[0].Id);
        using var png = await Get(id, all[1].Id);
        using var html = await Get(id, all[2].Id);
        using var text = await Get(id, all[3].Id);
        using var other = await Get(id, all[4].Id);
        using var saved = await Get(id, all[0].Id, "?download");

        Served(pdf).ShouldBe("application/pdf inline letter.html.pdf");
        Served(png).ShouldBe("image/png inline Röntgen.png");
        Served(html).ShouldBe("application/octet-stream attachment x.pdf.txt");
        Served(text).ShouldBe("text/plain; charset=utf-8 inline notes.txt");
        Served(other).ShouldBe("application/octet-stream attachment run.exe.bin");
        Served(saved).ShouldBe("application/pdf attachment letter.html.pdf");
        foreach (var answer in new[] { pdf, png, html, text, other, saved })
        {
            answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
            answer.Headers.CacheControl!.ToString().ShouldBe("no-store, private");
            var policy = answer.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();
            policy.ShouldStartWith("default-src 'none'");
            policy.ShouldContain("frame-ancestors 'self'");
            policy.ShouldNotContain("script-src");
            policy
                .Contains("sandbox", StringComparison.Ordinal)
                .ShouldBe(answer.Content.Headers.ContentType!.MediaType != "application/pdf");
        }
        (
            await _app.Database.Scalar<long>(
                $"select count(*) from core.audit where action = 'attachment-viewed' and referral_id = '{id}'"
            )
        ).ShouldBe(6);
    }

    [Fact]
    public async Task Nobody_of_another_site_learns_that_a_document_exists()
    {
        var id = await Received(Inline(Pdf));
        var file = (await Settled(id))[0].Id;
        var stranger = new Staff(_app, Guid.Empty, (new Guid(1, 2, 3, new byte[8]), Role.Administrator));

        (await Should.ThrowAsync<Problem>(() => stranger.Send(new OpenAttachment(id, file)))).Status.ShouldBe(404);
        (await Should.ThrowAsync<Problem>(() => stranger.Send(new AttachmentsOf(id)))).Status.ShouldBe(404);
        (await Should.ThrowAsync<Problem>(() => stranger.Send(new FetchAgain(id, file)))).Status.ShouldBe(404);
        var other = await Received(Inline(Png));
        var coordinator = await Staff.Demo(_app, Role.IntakeCoordinator);
        // Nor is it to be had by way of another referral.
        (await Should.ThrowAsync<Problem>(() => coordinator.Send(new OpenAttachment(other, file)))).Status.ShouldBe(
            404
        );
        using var nobody = await _app.Http.GetAsync(new Uri($"/referrals/{id}/attachments/{file}", UriKind.Relative));
        nobody.StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task No_other_host_is_asked_and_none_sees_our_token()
    {
        await using var stranger = await Source.Start();
        stranger.Documents["/x"] = Gives(Pdf);
        var id = await Received(
            At(stranger.Root + "/x"),
            At(_source.Root.Replace("http://", "http://someone@", StringComparison.Ordinal) + "/x"),
            At("ftp://127.0.0.1/x"),
            At("file:///etc/passwd"),
            At("https://" + new Uri(_source.Root).Authority + "/x")
        );

        var all = await Settled(id);

        all.ShouldAllBe(a => a.State == "failed" && a.Error == "host-not-allowed");
        stranger.AskedFor.ShouldBeEmpty();
        _source.AskedFor.ShouldBeEmpty();
        _source.TokensAskedFor.ShouldBe(0);
    }

    [Fact]
    public async Task A_host_that_the_connection_names_is_asked_too()
    {
        await using var store = await Source.Start();
        store.Documents["/x"] = Gives(Png);
        await _app.Database.Execute(
            $"update directory.connection set allowed_hosts = array['{new Uri(store.Root).Authority}']"
        );
        _source.Documents["/moved"] = Redirects(store.Root + "/x");
        var id = await Received(At(store.Root + "/x"), At("/moved"));

        (await Settled(id)).ShouldAllBe(a => a.State == "ready");
        store.AskedFor.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_redirect_leads_nowhere_that_is_not_allowed()
    {
        await using var stranger = await Source.Start();
        stranger.Documents["/x"] = Gives(Pdf);
        _source.Documents["/away"] = Redirects(stranger.Root + "/x");
        _source.Documents["/metadata"] = Redirects("http://169.254.169.254/latest/meta-data");
        _source.Documents["/file"] = Redirects("file:///etc/passwd");
        _source.Documents["/round"] = Redirects("/round");
        _source.Documents["/here"] = Redirects("/there");
        _source.Documents["/there"] = Gives(Pdf);
        var id = await Received(At("/away"), At("/metadata"), At("/file"), At("/round"), At("/here"));

        (await Settled(id))
            .Select(a => a.Error)
            .ShouldBe(["host-not-allowed", "host-not-allowed", "host-not-allowed", "redirected 302", null]);
        stranger.AskedFor.ShouldBeEmpty();
        _source.AskedFor.Count(a => a.Path == "/round").ShouldBe(4);
    }

    [Fact]
    public async Task A_token_that_the_source_withdrew_is_replaced_once()
    {
        _source.Documents["/x"] = context =>
        {
            if (context.Request.Headers.Authorization == "Bearer token-2")
                return Gives(Pdf)(context);
            context.Response.StatusCode = 401;
            return Task.CompletedTask;
        };
        var id = await Received(At("/x"));

        (await Settled(id))[0].State.ShouldBe("ready");
        _source.AskedFor.Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_the_source_does_not_have_fails_and_can_be_fetched_again()
    {
        var id = await Received(At("/x"));
        var file = (await Settled(id)).ShouldHaveSingleItem();
        file.State.ShouldBe("failed");
        file.Error.ShouldBe("not-found 404");
        file.MayFetchAgain.ShouldBeTrue();
        var scheduler = await Staff.Demo(_app, Role.Scheduler);
        (await Should.ThrowAsync<Problem>(() => scheduler.Send(new FetchAgain(id, file.Id)))).Status.ShouldBe(403);
        (await scheduler.Send(new AttachmentsOf(id)))[0].MayFetchAgain.ShouldBeFalse();
        _source.Documents["/x"] = Gives(Png);

        using var browser = await SignedIn();
        var page = await browser.GetStringAsync(new Uri($"/referrals/{id}", UriKind.Relative));
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["attachment"] = file.Id.ToString(),
                ["__RequestVerificationToken"] = Antiforgery().Match(page).Groups["value"].Value,
            }
        );
        using var answer = await browser.PostAsync(
            new Uri($"/referrals/{id}?handler=FetchAgain", UriKind.Relative),
            form
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await Settled(id))[0].State.ShouldBe("ready");
    }

    [Fact]
    public async Task A_busy_source_is_asked_again_later()
    {
        _source.Documents["/x"] = context =>
        {
            _source.Documents["/x"] = Gives(Pdf);
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        var id = await Received(At("/x"));
        await Until($"select count(*) from intake.attachment where referral_id = '{id}' and error = 'busy'", 1);
        var waits = (await List(id))[0];
        waits.State.ShouldBe("retrying");
        waits.Error.ShouldBe("busy 503");
        waits.NextAttemptAt.ShouldNotBeNull();

        await _app.Database.Execute($"update intake.attachment set due_at = now() where referral_id = '{id}'");

        (await Settled(id))[0].State.ShouldBe("ready");
    }

    [Fact]
    public async Task The_page_looks_again_by_itself_only_while_something_is_under_way()
    {
        var go = new TaskCompletionSource();
        _source.Documents["/x"] = async context =>
        {
            await go.Task;
            await Gives(Pdf)(context);
        };
        var id = await Received(At("/x"));
        using var browser = await SignedIn();
        var address = new Uri($"/referrals/{id}", UriKind.Relative);

        (await browser.GetStringAsync(address)).ShouldContain("data-settle=\"true\"");
        go.SetResult();
        await Settled(id);
        (await browser.GetStringAsync(address)).ShouldNotContain("data-settle=\"true\"");
    }

    [Fact]
    public async Task What_cannot_be_had_for_a_day_is_given_up()
    {
        _source.Documents["/x"] = context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        var id = await Received(At("/x"));
        await Until($"select count(*) from intake.attachment where referral_id = '{id}' and error = 'busy'", 1);

        await _app.Database.Execute(
            $"update intake.attachment set due_at = now(), due_since = now() - interval '25 hours' where referral_id = '{id}'"
        );

        var file = (await Settled(id))[0];
        file.State.ShouldBe("failed");
        file.MayFetchAgain.ShouldBeTrue();
    }

    [Fact]
    public async Task A_file_of_more_than_10_MB_is_refused_whether_it_says_so_or_not()
    {
        var hungUp = new TaskCompletionSource();
        _source.Documents["/says"] = context =>
        {
            context.Response.ContentLength = 10 * Megabyte + 1;
            return context.Response.Body.FlushAsync();
        };
        _source.Documents["/streams"] = async context =>
        {
            // Without end: only whoever stops reading ends it.
            var piece = new byte[Megabyte];
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(piece, CancellationToken.None);
            hungUp.SetResult();
        };
        _source.Documents["/just"] = Gives([.. Pdf, .. new byte[10 * Megabyte - Pdf.Length]]);
        var id = await Received(At("/says"), At("/streams"), At("/just"));

        var all = await Settled(id);

        all.Select(a => a.Error).ShouldBe(["too-large", "too-large", null]);
        all.Select(a => a.State).ShouldBe(["refused", "refused", "ready"]);
        all[0].MayFetchAgain.ShouldBeFalse();
        await hungUp.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        var coordinator = await Staff.Demo(_app, Role.IntakeCoordinator);
        (await Should.ThrowAsync<Problem>(() => coordinator.Send(new FetchAgain(id, all[0].Id)))).Status.ShouldBe(409);
        using var browser = await SignedIn();
        var page = await browser.GetStringAsync(new Uri($"/referrals/{id}", UriKind.Relative));
        page.ShouldContain("10 MB, the most that one file may have");
    }

    [Fact]
    public async Task Fifty_MB_inside_a_message_are_taken_in()
    {
        var id = await Received([.. Enumerable.Range(1, 5).Select(i => Inline(Big(i, 10 * Megabyte)))]);

        (await Settled(id)).Select(a => a.State).ShouldBe(Enumerable.Repeat("ready", 5));
        (await Stored(id)).ShouldBe((200, 50 * Megabyte));
    }

    [Fact]
    public async Task What_goes_beyond_50_MB_is_refused_and_the_referral_is_kept()
    {
        _source.Documents["/more"] = Gives(Big(8, 2 * Megabyte));
        var id = await Received(
            Inline(Big(1, 10 * Megabyte + 1)),
            Inline(Big(2, 10 * Megabyte)),
            Inline(Big(3, 10 * Megabyte)),
            Inline(Big(4, 10 * Megabyte)),
            Inline(Big(5, 9 * Megabyte))
        );
        (await Settled(id)).Select(a => a.Error).ShouldBe(["too-large", null, null, null, null]);

        // 39 MB are here. Sent again with 10 MB more, 1 MB is left, which 2 MB from an address do not fit into.
        var again = await Received(
            await ReferenceOf(id),
            Inline(Big(2, 10 * Megabyte)),
            Inline(Big(3, 10 * Megabyte)),
            Inline(Big(4, 10 * Megabyte)),
            Inline(Big(5, 9 * Megabyte)),
            Inline(Big(6, 10 * Megabyte)),
            Inline(Big(7, 1 * Megabyte + 1)),
            At("/more")
        );

        again.ShouldBe(id);
        (await Settled(id))
            .Where(a => a.Listed)
            .Select(a => a.Error)
            .ShouldBe([null, null, null, null, null, "referral-too-large", "referral-too-large"]);
    }

    [Fact]
    public async Task Sent_again_what_is_known_is_kept_what_is_new_is_added_and_nothing_is_deleted()
    {
        _source.Documents["/letter"] = Gives(Pdf);
        _source.Documents["/b"] = Gives(Png);
        var id = await Received(At("/letter"), Inline("first"u8.ToArray()), Inline("second"u8.ToArray()));
        var before = await Settled(id);

        await Received(await ReferenceOf(id), At("/letter"), Inline("second"u8.ToArray()), At("/b"));

        var after = await Settled(id);
        after.Select(a => a.Id).Take(2).ShouldBe([before[0].Id, before[2].Id]);
        after.Select(a => a.Listed).ShouldBe([true, true, true, false]);
        after[3].Id.ShouldBe(before[1].Id);
        after.Select(a => a.IsLetter).ShouldBe([true, false, false, false]);
        _source.AskedFor.Count(a => a.Path == "/letter").ShouldBe(1);

        // A message that names no document says nothing about them.
        await Received(await ReferenceOf(id));
        (await List(id)).Count(a => a.Listed).ShouldBe(3);
    }

    [Fact]
    public async Task What_the_requester_sends_with_a_message_stands_beside_the_referral_s_own_documents()
    {
        var id = await Received(Inline("the letter"u8.ToArray()));
        var reference = await ReferenceOf(id);
        var before = await Settled(id);
        var data = Convert.ToBase64String("%PDF-1.7 the ECG"u8);

        (
            await Post.V10(_app.Http)
                .Send(
                    Bare.Message(
                        "send-communication",
                        reference,
                        $$"""
                        { "resourceType": "Communication", "id": "c", "status": "completed", "payload": [
                          { "contentAttachment": { "title": "ECG.pdf", "contentType": "application/pdf", "data": "{{data}}" } }] }
                        """
                    )
                )
        ).EnsureSuccessStatusCode();

        var after = await Settled(id);
        after.Take(before.Count).ShouldBe(before);
        var sent = after.Skip(before.Count).ShouldHaveSingleItem();
        (sent.Title, sent.State, sent.ContentType, sent.IsLetter).ShouldBe(
            ("ECG.pdf", "ready", "application/pdf", false)
        );
    }

    [Fact]
    public async Task A_letter_that_its_source_wrote_anew_at_the_same_address_is_fetched_anew()
    {
        _source.Documents["/letter"] = Gives(Pdf);
        var id = await Received(At("/letter", creation: "2026-02-03T14:05:01-05:00"));
        await Settled(id);

        await Received(await ReferenceOf(id), At("/letter", creation: "2026-02-04T09:00:00-05:00"));

        (await Settled(id)).Count(a => a.State == "ready").ShouldBe(2);
        (await List(id))
            .Where(a => a.IsLetter && a.Listed)
            .ShouldHaveSingleItem()
            .Date.ShouldBe("2026-02-04T09:00:00-05:00");
    }

    [Fact]
    public async Task A_Binary_is_opened_whether_it_is_fetched_or_stands_in_the_message()
    {
        _source.Documents["/fhir/Binary/1/$binary"] = Gives(
            Encoding.UTF8.GetBytes(
                $$"""{"resourceType":"Binary","contentType":"image/png","data":"{{Convert.ToBase64String(Png)}}"}"""
            ),
            "application/fhir+json; charset=utf-8"
        );
        _source.Documents["/outcome"] = Gives(
            """{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"processing"}]}"""u8.ToArray(),
            "application/fhir+json"
        );
        var message = Message(
            NewMessage.From("v0.10.0/add-service-request"),
            At("Binary/1/$binary"),
            At("urn:uuid:00000000-0000-4000-8000-0000000000b1"),
            At("/outcome"),
            new JsonObject { ["title"] = "Nothing" }
        );
        message["entry"]!
            .AsArray()
            .Add(
                new JsonObject
                {
                    ["fullUrl"] = "urn:uuid:00000000-0000-4000-8000-0000000000b1",
                    ["resource"] = new JsonObject
                    {
                        ["resourceType"] = "Binary",
                        ["contentType"] = "application/pdf",
                        ["data"] = Convert.ToBase64String(Pdf),
                    },
                }
            );
        var id = await Posted(message);

        var all = await Settled(id);

        all.Select(a => a.ContentType).Take(2).ShouldBe(["image/png", "application/pdf"]);
        all.Select(a => a.Error).ShouldBe([null, null, "unreadable", "no-content"]);
        using var png = await Get(id, all[0].Id);
        (await png.Content.ReadAsByteArrayAsync()).ShouldBe(Png);
    }

    [Fact]
    public async Task Hundreds_of_documents_make_no_work_for_days()
    {
        var id = await Received([.. Enumerable.Range(1, 300).Select(i => Inline(Encoding.ASCII.GetBytes($"no {i}")))]);

        var all = await Settled(id);

        all.Count.ShouldBe(201);
        all.Count(a => a.State == "ready").ShouldBe(200);
        all[^1].Error.ShouldBe("too-many");
    }

    [Fact]
    public async Task Nothing_is_stored_of_a_referral_that_was_forgotten_while_its_document_was_fetched()
    {
        var asked = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        _source.Documents["/x"] = async context =>
        {
            asked.SetResult();
            await go.Task;
            await Gives(Pdf)(context);
        };
        var id = await Received(At("/x"), Inline(Png));
        await asked.Task;

        var reference = await _app.Database.Scalar<string>($"select reference from core.referral where id = '{id}'");
        (await Post.V10(_app.Http).Send(Bare.Revoke(reference))).EnsureSuccessStatusCode();
        go.SetResult();
        // Stopping waits for the attempt under way.
        await _app.Restart();

        (await Stored(id)).ShouldBe((0, 0));
        (await _app.Database.Scalar<long>("select count(*) from intake.attachment")).ShouldBe(0);
    }

    [Fact]
    public async Task A_document_whose_pieces_were_exchanged_is_not_served()
    {
        var id = await Received(Inline(Big(1, Megabyte)));
        var file = (await Settled(id))[0].Id;
        using (var whole = await Get(id, file))
            (await whole.Content.ReadAsByteArrayAsync()).ShouldBe(Big(1, Megabyte));

        await _app.Database.Execute(
            """
            update intake.attachment_chunk c set sealed = o.sealed from intake.attachment_chunk o
            where o.attachment_id = c.attachment_id and c.number < 2 and o.number = 1 - c.number
            """
        );

        using var answer = await Get(id, file);
        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
    }

    [Fact]
    public async Task Nothing_of_a_document_lies_in_the_database_in_plain_text()
    {
        var id = await Received(
            Inline(Encoding.ASCII.GetBytes("SECRETBYTES and more of them"), "text/plain", "SECRETTITLE.txt"),
            At("/SECRETPATH")
        );
        await Settled(id);

        foreach (var table in new[] { "intake.attachment", "intake.attachment_chunk", "core.audit" })
        {
            var rows = await _app.Database.Query($"select t::text, convert_to(t::text, 'UTF8')::text from {table} t");
            var text = string.Concat(rows.SelectMany(r => r.Select(c => c?.ToString())));
            text.ShouldNotContain("SECRET");
            text.ShouldNotContain(Convert.ToHexStringLower("SECRET"u8));
        }
    }

    private static Func<HttpContext, Task> Gives(byte[] bytes, string type = "application/octet-stream") =>
        context =>
        {
            context.Response.ContentType = type;
            context.Response.ContentLength = bytes.Length;
            return context.Response.Body.WriteAsync(bytes).AsTask();
        };

    private static Func<HttpContext, Task> Redirects(string to) =>
        context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = to;
            return Task.CompletedTask;
        };

    private static byte[] Big(int first, int length)
    {
        var bytes = new byte[length];
        bytes[0] = (byte)first;
        return bytes;
    }

    private JsonObject At(string url, string title = "Document", string creation = "2026-02-03T14:05:01-05:00") =>
        new()
        {
            ["title"] = title,
            ["url"] = url.StartsWith('/') ? _source.Root + url : url,
            ["creation"] = creation,
        };

    private static JsonObject Inline(byte[] bytes, string? type = null, string title = "Document") =>
        new()
        {
            ["title"] = title,
            ["contentType"] = type,
            ["data"] = Convert.ToBase64String(bytes),
        };

    /// <summary>A message that names these documents and no others.</summary>
    private static JsonNode Message(NewMessage message, params JsonObject[] documents)
    {
        var bundle = JsonNode.Parse(message.Text)!;
        var entries = bundle["entry"]!.AsArray();
        foreach (
            var named in entries.Where(e => (string?)e!["resource"]!["resourceType"] == "DocumentReference").ToList()
        )
            entries.Remove(named);
        foreach (var document in documents)
        {
            if (document["contentType"] is null)
                document.Remove("contentType");
            entries.Add(
                new JsonObject
                {
                    ["resource"] = new JsonObject
                    {
                        ["resourceType"] = "DocumentReference",
                        ["status"] = "current",
                        ["content"] = new JsonArray(new JsonObject { ["attachment"] = document }),
                    },
                }
            );
        }
        return bundle;
    }

    private Task<Guid> Received(params JsonObject[] documents) =>
        Posted(Message(NewMessage.From("v0.10.0/add-service-request"), documents));

    private Task<Guid> Received(string reference, params JsonObject[] documents) =>
        Posted(Message(NewMessage.From("v0.10.0/add-service-request").As(reference), documents));

    private async Task<Guid> Posted(JsonNode message)
    {
        var bytes = Encoding.UTF8.GetBytes(message.ToJsonString());
        using var answer = await Post.V10(_app.Http).Send(bytes);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await _app.Database.Scalar<Guid>(
            "select referral_id from core.message order by received_at desc limit 1"
        );
    }

    private Task<string> ReferenceOf(Guid id) =>
        _app.Database.Scalar<string>($"select reference from core.referral where id = '{id}'");

    private async Task<IReadOnlyList<AttachmentEntry>> List(Guid id) =>
        await (await Staff.Demo(_app, Role.IntakeCoordinator)).Send(new AttachmentsOf(id));

    /// <summary>The documents once none of them is under way.</summary>
    private async Task<IReadOnlyList<AttachmentEntry>> Settled(Guid id)
    {
        await Until($"select count(*) from intake.attachment where referral_id = '{id}' and state = 'pending'", 0);
        return await List(id);
    }

    private async Task<(long Chunks, long Bytes)> Stored(Guid id)
    {
        var row = (
            await _app.Database.Query(
                $"""
                select (select count(*) from intake.attachment_chunk c join intake.attachment a on a.id = c.attachment_id
                        where a.referral_id = '{id}'),
                    (select coalesce(sum(size), 0)::bigint from intake.attachment where referral_id = '{id}' and state = 'ready')
                """
            )
        )[0];
        return ((long)row[0]!, (long)row[1]!);
    }

    private async Task<HttpResponseMessage> Get(Guid id, Guid file, string query = "")
    {
        using var browser = await SignedIn();
        return await browser.GetAsync(new Uri($"/referrals/{id}/attachments/{file}{query}", UriKind.Relative));
    }

    private static string Served(HttpResponseMessage answer)
    {
        var disposition = answer.Content.Headers.ContentDisposition!;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{answer.Content.Headers.ContentType} {disposition.DispositionType} {disposition.FileNameStar}"
        );
    }

    private async Task<HttpClient> SignedIn()
    {
        var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = true })
        {
            BaseAddress = _app.Address,
        };
        var page = await browser.GetStringAsync(new Uri("/sign-in", UriKind.Relative));
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["__RequestVerificationToken"] = Antiforgery().Match(page).Groups["value"].Value,
                ["Email"] = "coordinator@demo.example",
                ["password"] = "Demo-2026-referrals!",
            }
        );
        using var answer = await browser.PostAsync(new Uri("/sign-in", UriKind.Relative), form);
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        return browser;
    }

    private async Task Until(string count, long expected)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await _app.Database.Scalar<long>(count) != expected)
            await Task.Delay(20, patience.Token);
    }

    [GeneratedRegex("__RequestVerificationToken\"[^>]*value=\"(?<value>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Antiforgery();
}
