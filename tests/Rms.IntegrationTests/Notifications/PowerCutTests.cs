using System.Collections.Concurrent;
using System.Net;
using Rms.IntegrationTests.Fixtures;
using Shouldly;

namespace Rms.IntegrationTests.Notifications;

public sealed class PowerCutTests
{
    [Fact]
    public async Task After_the_app_was_killed_in_the_middle_everything_that_was_answered_is_there_once_and_is_told()
    {
        await using var source = await Source.Start();
        await using var database = await Database.Create();
        await using var app = await AppProcess.Start(
            database,
            new Dictionary<string, string> { ["RMS_DEMO_SOURCE_URL"] = source.Endpoint }
        );
        ConcurrentBag<NewMessage> answered = [];
        ConcurrentBag<NewMessage> unanswered = [];
        using var enough = new SemaphoreSlim(0);
        var post = Post.V11(app.Http);
        await post.Send(NewMessage.From("v0.11.1/add-service-request").Bytes);

        var senders = Enumerable
            .Range(0, 4)
            .Select(async _ =>
            {
                while (true)
                {
                    var message = NewMessage.From("v0.11.1/add-service-request");
                    try
                    {
                        using var answer = await post.Send(message.Bytes);
                        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
                        answered.Add(message);
                        enough.Release();
                    }
                    catch (HttpRequestException)
                    {
                        unanswered.Add(message);
                        return;
                    }
                }
            })
            .ToList();
        for (var i = 0; i < 40; i++)
            await enough.WaitAsync(TestContext.Current.CancellationToken);
        await app.Kill();
        await Task.WhenAll(senders);
        await app.Start();

        // The sender does not know whether these were taken in: it sends them again.
        post = Post.V11(app.Http);
        foreach (var message in unanswered)
            (await post.Send(message.Bytes)).StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var message in answered.Concat(unanswered))
        {
            (
                await database.Scalar<long>(
                    $"select count(*) from core.referral where reference = '{message.Reference}'"
                )
            ).ShouldBe(1);
            var told = await source.Wait(message.Reference, 1);
            // Sent, and killed before it was written down: then the same message comes again.
            told.Select(t => t.Header.Id).Distinct().ShouldHaveSingleItem();
        }
    }
}
