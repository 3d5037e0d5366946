using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Rms.Core.Migrations;

/// <summary>One numbered file of SQL, as this build carries it.</summary>
/// <param name="Number">Its place in the order, 1 or more; the first four digits of the file's name.</param>
/// <param name="Name">The file's name with its number and extension, <c>0001_core.sql</c>.</param>
/// <param name="Checksum">SHA-256 of its text in UTF-8 with LF line ends, 64 lower-case hexadecimal digits.</param>
/// <param name="Sql">Its text.</param>
public sealed partial record Migration(int Number, string Name, string Checksum, string Sql)
{
    /// <summary>The file beside the migrations that gives the app's role its rights; it runs after every migration.</summary>
    public const string GrantsName = "grants.sql";

    /// <summary>Where a build keeps its migrations: the folder <c>migrations</c> beside the running program.</summary>
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "migrations");

    /// <summary>Reads a folder's migrations in the order of their numbers.</summary>
    /// <exception cref="MigrationException">The folder is missing, a name is not NNNN_name.sql, or a number is used twice.</exception>
    public static IReadOnlyList<Migration> ReadFolder(string folder)
    {
        if (!Directory.Exists(folder))
            throw new MigrationException([$"There is no folder of migrations at {folder}."]);
        var files = Directory.GetFiles(folder, "*.sql").Where(f => Path.GetFileName(f) != GrantsName).Order(Ordinal);
        var faults = new List<string>();
        var found = new List<Migration>();
        foreach (var file in files)
        {
            var name = Path.GetFileName(file);
            if (FileName().Match(name) is { Success: true } match)
                found.Add(Read(int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture), name, file));
            else
                faults.Add(
                    $"{name} is not named NNNN_name.sql (four digits from 0001, then small letters, digits or _)."
                );
        }
        faults.AddRange(
            found
                .GroupBy(m => m.Number)
                .Where(g => g.Count() > 1)
                .Select(g => $"The number {g.Key:0000} is used twice: {string.Join(", ", g.Select(m => m.Name))}.")
        );
        if (faults.Count > 0)
            throw new MigrationException(faults);
        return found;
    }

    private static StringComparer Ordinal => StringComparer.Ordinal;

    private static Migration Read(int number, string name, string file)
    {
        // A checkout with CRLF line ends is the same migration.
        var sql = File.ReadAllText(file).ReplaceLineEndings("\n");
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
        return new Migration(number, name, checksum, sql);
    }

    [GeneratedRegex("^(?<number>(?!0000)[0-9]{4})_[a-z0-9_]+[.]sql$", RegexOptions.None, 1000)]
    private static partial Regex FileName();
}
