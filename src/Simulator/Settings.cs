using System.Globalization;

namespace Rms.Simulator;

/// <summary>What the environment and the command line say about this run.</summary>
/// <param name="Target">Base address of the RMS Target, without a closing slash.</param>
/// <param name="Self">Base address under which the target reaches this simulator, without a closing slash.</param>
/// <param name="Bind">Address to listen on; a loopback address means both loopbacks (IPv4 and IPv6).</param>
/// <param name="Port">TCP port to listen on; 0 takes a free one.</param>
/// <param name="Folder">Folder that keeps the simulator's state.</param>
/// <param name="Seed">Number of referrals to send at the first start; 0 sends none.</param>
internal sealed record Settings(string Target, string Self, string Bind, int Port, string Folder, int Seed)
{
    /// <summary>The most referrals that one seeding or one order sends.</summary>
    public const int MostSeeds = 500;

    /// <summary>
    /// Reads RMS_PORT, RMS_BIND, RMS_DATA, RMS_SIMULATOR_PORT, RMS_SIMULATOR_TARGET, RMS_SIMULATOR_URL and
    /// RMS_SIMULATOR_SEED, and <c>--seed N</c>, which wins over the environment.
    /// </summary>
    /// <exception cref="SettingsException">A value cannot be used; the message names all that cannot.</exception>
    public static Settings From(Func<string, string?> environment, IReadOnlyList<string> arguments)
    {
        var faults = new List<string>();
        var targetPort = Number("RMS_PORT", environment("RMS_PORT"), 5080, 1, 65534, faults);
        var port = Number("RMS_SIMULATOR_PORT", environment("RMS_SIMULATOR_PORT"), targetPort + 1, 0, 65535, faults);
        var bind = Blank(environment("RMS_BIND")) ?? "127.0.0.1";
        var target = Address("RMS_SIMULATOR_TARGET", environment, $"http://127.0.0.1:{targetPort}", faults);
        var self = Address("RMS_SIMULATOR_URL", environment, $"http://127.0.0.1:{port}", faults);
        var data = Blank(environment("RMS_DATA")) ?? ".rms";
        var seedText = Blank(environment("RMS_SIMULATOR_SEED"));
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] != "--seed")
            {
                faults.Add($"Unknown argument '{arguments[i]}'.");
            }
            else if (i + 1 == arguments.Count)
            {
                faults.Add("--seed needs a number.");
            }
            else
            {
                seedText = arguments[++i];
            }
        }

        var seed = Number("RMS_SIMULATOR_SEED or --seed", seedText, 0, 0, MostSeeds, faults);
        if (faults.Count > 0)
        {
            throw new SettingsException(string.Join(' ', faults));
        }

        return new Settings(target, self, bind, port, Path.GetFullPath(Path.Combine(data, "simulator")), seed);
    }

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static int Number(string name, string? text, int otherwise, int least, int most, List<string> faults)
    {
        if (Blank(text) is not { } given)
        {
            return otherwise;
        }

        if (
            int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && number <= most
        )
        {
            return number;
        }

        faults.Add($"{name} must be a number from {least} to {most}, not '{given}'.");
        return otherwise;
    }

    private static string Address(string name, Func<string, string?> environment, string otherwise, List<string> faults)
    {
        var given = Blank(environment(name)) ?? otherwise;
        if (Uri.TryCreate(given, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
        {
            return uri.GetLeftPart(UriPartial.Path).TrimEnd('/');
        }

        faults.Add($"{name} must be an http or https address, not '{given}'.");
        return otherwise;
    }
}

/// <summary>The environment or the command line holds values that cannot be used.</summary>
internal sealed class SettingsException(string message) : Exception(message);
