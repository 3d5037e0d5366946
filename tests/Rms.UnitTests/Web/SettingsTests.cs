using System.Net;
using Microsoft.Extensions.Configuration;
using Rms.Web.Startup;
using Shouldly;

namespace Rms.UnitTests.Web;

public sealed class SettingsTests
{
    [Fact]
    public void What_is_not_said_has_its_default()
    {
        var settings = Read(("RMS_DATABASE", "Host=db"));

        settings.Port.ShouldBe(5080);
        settings.Bind.ShouldBeNull();
        settings.Demo.ShouldBeTrue();
        settings.DatabaseOwner.ShouldBe("Host=db");
        settings.PublicUrl.ShouldBe("http://localhost:5080");
    }

    [Fact]
    public void What_is_said_is_taken()
    {
        var settings = Read(
            ("RMS_DATABASE", "Host=db"),
            ("RMS_DATABASE_OWNER", "Host=db;Username=owner"),
            ("RMS_PORT", "8080"),
            ("RMS_BIND", "0.0.0.0"),
            ("RMS_DEMO", "0"),
            ("RMS_PUBLIC_URL", "https://rms.example.org/"),
            ("RMS_DEMO_SOURCE_URL", "http://127.0.0.1:9000/fhir/$process-message")
        );

        settings.DatabaseOwner.ShouldBe("Host=db;Username=owner");
        settings.Port.ShouldBe(8080);
        settings.Bind.ShouldBe(IPAddress.Any);
        settings.Demo.ShouldBeFalse();
        settings.PublicUrl.ShouldBe("https://rms.example.org");
        settings.DemoSourceUrl.ShouldBe(new Uri("http://127.0.0.1:9000/fhir/$process-message"));
    }

    [Fact]
    public void Every_fault_is_named_at_once()
    {
        var refusal = Should.Throw<InvalidOperationException>(() =>
            Read(
                ("RMS_PORT", "many"),
                ("RMS_BIND", "here"),
                ("RMS_PUBLIC_URL", "ftp://x"),
                ("RMS_DEMO_SOURCE_URL", "x")
            )
        );

        foreach (
            var name in (string[])["RMS_PORT", "RMS_BIND", "RMS_PUBLIC_URL", "RMS_DEMO_SOURCE_URL", "RMS_DATABASE"]
        )
            refusal.Message.ShouldContain(name);
    }

    private static Settings Read(params (string Name, string Value)[] given) =>
        Settings.Read(
            new ConfigurationBuilder()
                .AddInMemoryCollection(given.Select(g => KeyValuePair.Create(g.Name, (string?)g.Value)))
                .Build()
        );
}
