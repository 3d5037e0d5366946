using System.Net;
using Shouldly;
using Xunit;

namespace Rms.IntegrationTests.Fixtures;

/// <summary>The ground that the other tests stand on.</summary>
public sealed class FixtureTests(RunningApp app) : IClassFixture<RunningApp>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_running_app_answers_on_a_port_of_its_own_before_and_after_a_restart()
    {
        (await app.Http.GetAsync("/health/ready", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var before = app.Address;
        await app.Restart();
        app.Address.ShouldBe(before);
        (await app.Http.GetAsync("/health/ready", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_killed_app_starts_again_over_its_database()
    {
        await using var database = await Database.Create();
        await using var process = await AppProcess.Start(database);
        (await process.Http.GetAsync("/health/live", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await process.Kill();
        await Should.ThrowAsync<HttpRequestException>(() => process.Http.GetAsync("/health/live", Cancel));
        await process.Start();
        (await process.Http.GetAsync("/health/ready", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_app_over_a_database_without_its_schema_refuses_to_start()
    {
        await using var empty = new EmptyDatabase();
        await empty.InitializeAsync();
        var refused = await Should.ThrowAsync<InvalidOperationException>(() => AppProcess.Start(empty));
        refused.Message.ShouldContain("is not applied: run `./rms migrate`");
    }
}
