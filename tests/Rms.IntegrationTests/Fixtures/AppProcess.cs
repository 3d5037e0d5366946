using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Rms.IntegrationTests.Fixtures;

/// <summary>
/// The real app in a process of its own, as in production: it can be killed in the middle of its work, and everything
/// that it logs is kept.
/// </summary>
public sealed partial class AppProcess : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, string> settings;
    private readonly string data = Directory.CreateTempSubdirectory("rms-test-").FullName;
    private readonly StringBuilder log = new();
    private Process? process;

    private AppProcess(Database database, IReadOnlyDictionary<string, string>? more)
    {
        settings = new Dictionary<string, string>
        {
            ["RMS_PORT"] = "0",
            ["RMS_DATA"] = data,
            ["RMS_DEMO"] = "1",
            ["RMS_DATABASE"] = database.ConnectionString,
            ["RMS_DEMO_SOURCE_URL"] = "http://127.0.0.1:9/fhir/$process-messages",
        };
        foreach (var (name, value) in more ?? new Dictionary<string, string>())
            settings[name] = value;
    }

    /// <summary>Where it listens, the same after a restart.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>A client that follows no redirect and keeps no cookie.</summary>
    public HttpClient Http { get; private set; } = new();

    /// <summary>All that it printed so far, of every start.</summary>
    public string Log
    {
        get
        {
            lock (log)
                return log.ToString();
        }
    }

    /// <summary>Starts the app and waits until it listens.</summary>
    /// <param name="database">Its database, which outlives it.</param>
    /// <param name="settings">Further settings, named like the environment variables.</param>
    public static async Task<AppProcess> Start(Database database, IReadOnlyDictionary<string, string>? settings = null)
    {
        var app = new AppProcess(database, settings);
        await app.Start();
        return app;
    }

    /// <summary>Kills it at once, as a power cut does: nothing is finished, nothing is written.</summary>
    public async Task Kill()
    {
        if (process is not { } running)
            return;
        process = null;
        running.Kill(entireProcessTree: true);
        await running.WaitForExitAsync();
        running.Dispose();
    }

    /// <summary>Starts it after a <see cref="Kill"/>, on the same port and database.</summary>
    public async Task Start()
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = AppContext.BaseDirectory,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Rms.Web.dll"));
        foreach (var (name, value) in settings)
            start.Environment[name] = value;

        var listens = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Hear(line.Data, listens);
        process.ErrorDataReceived += (_, line) => Hear(line.Data, listens);
        process.Exited += (_, _) => listens.TrySetException(new InvalidOperationException($"The app ended.\n{Log}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        Address = await listens.Task.WaitAsync(LongestStart);
        settings["RMS_PORT"] = $"{Address.Port}";
        Http.Dispose();
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = Address,
        };
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Kill();
        Directory.Delete(data, recursive: true);
    }

    private void Hear(string? line, TaskCompletionSource<Uri> listens)
    {
        if (line is null)
            return;
        lock (log)
            log.AppendLine(line);
        if (ListensOn().Match(line) is { Success: true } match)
            listens.TrySetResult(new UriBuilder("http", "127.0.0.1", new Uri(match.Groups["address"].Value).Port).Uri);
    }

    [GeneratedRegex("Now listening on: (?<address>http://[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ListensOn();
}
