namespace Rms.Simulator;

/// <summary>Runs the simulator, or sends referrals from the command line: <c>send --version … --listing …</c>.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        try
        {
            if (arguments is ["send", .. var rest])
            {
                return await CommandLine.Send(rest, Settings.From(Environment.GetEnvironmentVariable, []));
            }

            if (arguments is ["help"] or ["--help"] or ["-h"])
            {
                await Console.Out.WriteLineAsync(CommandLine.Help);
                return 0;
            }

            var app = SimulatorApp.Build(Settings.From(Environment.GetEnvironmentVariable, arguments));
            await app.RunAsync();
            return 0;
        }
        catch (Exception fault) when (fault is SettingsException or IOException)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return 2;
        }
    }
}
