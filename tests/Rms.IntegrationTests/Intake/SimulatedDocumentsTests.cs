using System.Net;
using System.Net.Sockets;
using System.Text;
using Rms.Core;
using Rms.Intake;
using Rms.IntegrationTests.Fixtures;
using Rms.Simulator;
using Shouldly;

namespace Rms.IntegrationTests.Intake;

/// <summary>The demonstration, whole: the simulator sends, and its documents are fetched from it.</summary>
public sealed class SimulatedDocumentsTests
{
    [Theory]
    [InlineData("0.10.0")]
    [InlineData("0.11.1")]
    public async Task The_letter_and_the_documents_of_the_demonstration_become_ready(string version)
    {
        var port = FreePort();
        var self = $"http://127.0.0.1:{port}";
        var folder = Directory.CreateTempSubdirectory("rms-simulator-");
        await using var app = await RunningApp.Start(
            new Dictionary<string, string> { ["RMS_DEMO_SOURCE_URL"] = self + "/fhir/$process-messages" }
        );
        var target = app.Address.ToString().TrimEnd('/');
        await using var simulator = SimulatorApp.Build(
            new Settings(target, self, "127.0.0.1", port, folder.FullName, 0)
        );
        await simulator.StartAsync();
        using var http = new HttpClient();
        using var order = new StringContent(
            $$"""{"version":"{{version}}","scenario":"url-attachments"}""",
            Encoding.UTF8,
            "application/json"
        );
        (await http.PostAsync(new Uri(self + "/api/send"), order)).EnsureSuccessStatusCode();
        var id = await app.Database.Scalar<Guid>("select id from core.referral");

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await app.Database.Scalar<long>("select count(*) from intake.attachment where state = 'pending'") > 0)
            await Task.Delay(20, patience.Token);

        var all = await (await Staff.Demo(app, Role.IntakeCoordinator)).Send(new AttachmentsOf(id));
        all.Select(a => a.Error).ShouldAllBe(e => e == null);
        all[0].IsLetter.ShouldBeTrue();
        all.Select(a => a.ContentType)
            .ShouldBe(["application/pdf", "application/pdf", "image/png", "text/plain"], ignoreOrder: true);
        await simulator.StopAsync();
        folder.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
