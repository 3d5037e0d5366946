using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Rms.Core;
using Rms.IntegrationTests.Fixtures;
using Rms.Triage;
using Shouldly;
using Xunit;

namespace Rms.IntegrationTests.Intake;

/// <summary>
/// Damaged messages, by default some hundreds; RMS_MUTATIONS says how many. Whatever arrives gets a clear answer and is
/// kept, and whoever opens it sees a page.
/// </summary>
public sealed class MutationTests(RunningApp app) : IClassFixture<RunningApp>
{
    private const int Clients = 4;

    [Fact]
    public async Task Every_damaged_message_gets_a_clear_answer_and_is_kept_once()
    {
        var count = int.Parse(
            Environment.GetEnvironmentVariable("RMS_MUTATIONS") ?? "800",
            CultureInfo.InvariantCulture
        );
        var answers = new ConcurrentDictionary<HttpStatusCode, int>();
        ConcurrentBag<string> unclear = [];

        await Task.WhenAll(
            Enumerable
                .Range(0, Clients)
                .Select(async client =>
                {
                    var mutations = new Mutations(client);
                    var post = client % 2 == 0 ? Post.V10(app.Http) : Post.V11(app.Http);
                    for (var i = 0; i < count / Clients; i++)
                    {
                        using var answer = await post.Send(mutations.Next());
                        var text = await answer.Content.ReadAsStringAsync();
                        answers.AddOrUpdate(answer.StatusCode, 1, (_, n) => n + 1);
                        if (
                            (int)answer.StatusCode >= 500
                            || !text.Contains("\"resourceType\"", StringComparison.Ordinal)
                        )
                            unclear.Add($"client {client}, message {i}: {(int)answer.StatusCode} {text}");
                    }
                })
        );

        TestContext.Current.SendDiagnosticMessage(string.Join(", ", answers.Select(a => $"{(int)a.Key}: {a.Value}")));
        unclear.ShouldBeEmpty();
        answers[HttpStatusCode.OK].ShouldBeGreaterThan(count / 4);
        answers[HttpStatusCode.BadRequest].ShouldBeGreaterThan(count / 20);
        (await app.Database.Scalar<long>("select count(*) from core.message")).ShouldBe(answers.Values.Sum());
        // What was taken in is with its referral; a sent copy has none.
        (
            await app.Database.Scalar<long>(
                """
                select count(*) from core.message
                where outcome = 'accepted' and referral_id is null and reason is distinct from 'sent-copy'
                """
            )
        ).ShouldBe(0);
        await EveryReferralCanBeOpened();
    }

    private async Task EveryReferralCanBeOpened()
    {
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        foreach (var row in await app.Database.Query("select id from core.referral where state <> 'Revoked' limit 500"))
            (await coordinator.Send(new GetReferral((Guid)row[0]!))).ShouldNotBeNull();
    }
}
