using Npgsql;
using Rms.Core.Migrations;
using Rms.Web;
using Rms.Web.Startup;

if (args is ["migrate", ..])
{
    var settings = Settings.Read(new ConfigurationBuilder().AddEnvironmentVariables().Build());
    try
    {
        await MigrationRunner.Run(
            settings.DatabaseOwner,
            new NpgsqlConnectionStringBuilder(settings.Database).Username ?? "",
            Migration.Folder,
            Console.Out.WriteLine
        );
        return 0;
    }
    catch (MigrationException e)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return 1;
    }
}

try
{
    await using var app = RmsApp.Build(args);
    await app.RunAsync();
    return 0;
}
catch (MigrationException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
