using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Rms.Core;
using Rms.Intake;
using Rms.IntegrationTests.Fixtures;
using Rms.Simulator;
using Rms.Simulator.Sending;
using Shouldly;

namespace Rms.IntegrationTests.Intake;

/// <summary>
/// The demonstration, whole: the simulator sends, goes on to speak of what it sent, and its documents are fetched from
/// it.
/// </summary>
public sealed class SimulatedDocumentsTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("rms-simulator-").FullName;
    private readonly int port = FreePort();
    private readonly HttpClient http = new();
    private RunningApp app = null!;
    private WebApplication simulator = null!;

    public async ValueTask InitializeAsync()
    {
        app = await RunningApp.Start(
            new Dictionary<string, string> { ["RMS_DEMO_SOURCE_URL"] = Self + "/fhir/$process-messages" }
        );
        http.BaseAddress = new Uri(Self);
        await StartSimulator(seed: 0);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        // The app first: while it lives it fetches from the simulator.
        await app.DisposeAsync();
        await simulator.StopAsync();
        await simulator.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("0.10.0")]
    [InlineData("0.11.1")]
    public async Task The_letter_and_the_documents_of_the_demonstration_become_ready(string version)
    {
        await Order("/api/send", $$"""{"version":"{{version}}","scenario":"url-attachments"}""");
        var id = await app.Database.Scalar<Guid>("select id from core.referral");

        await AllFetched();

        var all = await (await Staff.Demo(app, Role.IntakeCoordinator)).Send(new AttachmentsOf(id));
        all.Select(a => a.Error).ShouldAllBe(e => e == null);
        all[0].IsLetter.ShouldBeTrue();
        all.Select(a => a.ContentType)
            .ShouldBe(["application/pdf", "application/pdf", "image/png", "text/plain"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("0.10.0")]
    [InlineData("0.11.1")]
    public async Task What_the_demonstration_says_later_is_taken_in_until_it_revokes(string version)
    {
        await Order("/api/send", $$"""{"version":"{{version}}"}""");
        var id = await app.Database.Scalar<Guid>("select id from core.referral");
        var about = "/api/referrals/" + await app.Database.Scalar<string>("select reference from core.referral");
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);

        foreach (var change in new[] { "phone", "priority", "attachment", "answer" })
            await Order(about + "/update", $$"""{"change":"{{change}}"}""");
        await Order(about + "/correct", "{}");
        await Order(about + "/write", """{"text":"Is there a date?"}""");
        await AllFetched();

        var news = await coordinator.Send(new NewsOf(id));
        string[][] expected =
        [
            ["patient.phone"],
            ["request.priority"],
            ["attachment"],
            ["form"],
            ["patient.birthDate", "patient.address"],
        ];
        news.Changes.OrderBy(c => c.At).Select(c => c.Changes.Select(f => f.Field)).ShouldBe(expected);
        news.Messages.ShouldHaveSingleItem().Text.ShouldBe("Is there a date?");
        (await coordinator.Send(new AttachmentsOf(id))).ShouldContain(a => a.Error == null && !a.IsLetter);

        await Order(about + "/revoke", "{}");

        (await app.Database.Scalar<string>("select state from core.referral")).ShouldBe("Revoked");
        (await Should.ThrowAsync<Problem>(() => coordinator.Send(new NewsOf(id)))).Status.ShouldBe(404);
        (await app.Database.Scalar<long>("select count(*) from core.message where outcome <> 'accepted'")).ShouldBe(0);
    }

    [Fact]
    public async Task The_seeded_demonstration_is_taken_in_but_for_one_stray_that_a_person_can_route()
    {
        await simulator.DisposeAsync();
        await StartSimulator(seed: 36);
        await simulator.Services.GetServices<IHostedService>().OfType<Seeder>().Single().ExecuteTask!;
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);

        (await app.Database.Scalar<long>("select count(*) from core.referral")).ShouldBe(36);
        (await app.Database.Scalar<long>("select count(*) from core.referral where unnoted > 0")).ShouldBe(4);
        (await app.Database.Scalar<long>("select count(*) from core.message where outcome = 'refused'")).ShouldBe(0);
        var stray = (await coordinator.Send(new ListUnrouted())).ShouldHaveSingleItem();
        stray.Reason.ShouldBe("listing-unknown");
        stray.Patient.ShouldNotBeEmpty();
        var listing = await app.Database.Scalar<Guid>(
            "select id from directory.listing where reference = 'demo-cardiology'"
        );

        (await coordinator.Send(new TakeInMessage(stray.Id, listing))).ReferralId.ShouldNotBeNull();
    }

    private string Self => $"http://127.0.0.1:{port}";

    private async Task StartSimulator(int seed)
    {
        var target = app.Address.ToString().TrimEnd('/');
        simulator = SimulatorApp.Build(new Settings(target, Self, "127.0.0.1", port, folder, seed));
        await simulator.StartAsync();
    }

    private async Task Order(string path, string body)
    {
        using var order = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), order);
        answer.EnsureSuccessStatusCode();
    }

    private async Task AllFetched()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await app.Database.Scalar<long>("select count(*) from intake.attachment where state = 'pending'") > 0)
            await Task.Delay(20, patience.Token);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
