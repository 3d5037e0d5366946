using System.Globalization;
using System.Net;

namespace Rms.Web.Startup;

/// <summary>The settings, named like the environment variables that give them (docs/operations.md).</summary>
/// <param name="Port">RMS_PORT, 5080; 0 takes a free one.</param>
/// <param name="Bind">RMS_BIND; null: loopback, IPv4 and IPv6.</param>
/// <param name="Data">RMS_DATA: folder for what is not in the database (the key file).</param>
/// <param name="Demo">RMS_DEMO: 1 unless said otherwise; demo accounts and connections exist only then.</param>
/// <param name="Database">RMS_DATABASE: the application's role.</param>
/// <param name="DatabaseOwner">RMS_DATABASE_OWNER: the role that migrates; the application's when not given.</param>
/// <param name="KeyCertificate">RMS_KEY_CERT.</param>
/// <param name="PublicUrl">RMS_PUBLIC_URL: the base of our own addresses in messages and mails, without a slash at its end.</param>
/// <param name="DemoSourceUrl">RMS_DEMO_SOURCE_URL: where the demo connections deliver, instead of the simulator.</param>
public sealed record Settings(
    int Port,
    IPAddress? Bind,
    string Data,
    bool Demo,
    string Database,
    string DatabaseOwner,
    string? KeyCertificate,
    string PublicUrl,
    Uri? DemoSourceUrl
)
{
    /// <summary>Reads and checks them; every fault is named at once.</summary>
    /// <exception cref="InvalidOperationException">Something is missing or wrong: the message says what to do.</exception>
    public static Settings Read(IConfiguration configuration)
    {
        List<string> faults = [];
        var port = 5080;
        if (
            Value("RMS_PORT") is { } portText
            && !(
                int.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out port)
                && port is >= 0 and <= 65535
            )
        )
            faults.Add("RMS_PORT must be a port number.");
        IPAddress? bind = null;
        if (Value("RMS_BIND") is { } bindText && !IPAddress.TryParse(bindText, out bind))
            faults.Add("RMS_BIND must be an IP address.");
        var database = Value("RMS_DATABASE");
        if (database is null)
            faults.Add("RMS_DATABASE is missing: an Npgsql connection string (./rms run gives one).");
        Uri? source = null;
        if (
            Value("RMS_DEMO_SOURCE_URL") is { } sourceText
            && !(Uri.TryCreate(sourceText, UriKind.Absolute, out source) && source.Scheme is "http" or "https")
        )
            faults.Add("RMS_DEMO_SOURCE_URL must be an http or https address.");
        var publicUrl = Value("RMS_PUBLIC_URL") ?? $"http://localhost:{port}";
        if (!Uri.TryCreate(publicUrl, UriKind.Absolute, out var ours) || ours.Scheme is not ("http" or "https"))
            faults.Add("RMS_PUBLIC_URL must be an http or https address.");
        if (faults.Count > 0)
            throw new InvalidOperationException(string.Join(' ', faults));
        return new Settings(
            port,
            bind,
            Path.GetFullPath(Value("RMS_DATA") ?? ".rms"),
            (Value("RMS_DEMO") ?? "1") == "1",
            database!,
            Value("RMS_DATABASE_OWNER") ?? database!,
            Value("RMS_KEY_CERT"),
            publicUrl.TrimEnd('/'),
            source
        );

        string? Value(string name) => configuration[name] is { Length: > 0 } text ? text : null;
    }
}
