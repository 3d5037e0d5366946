using Rms.Core.Migrations;
using Rms.IntegrationTests.Fixtures;
using Shouldly;
using Xunit;

namespace Rms.IntegrationTests.Schema;

public sealed class MigrationRunnerTests : IAsyncLifetime
{
    private readonly EmptyDatabase database = new();
    private readonly string folder = Directory.CreateTempSubdirectory("rms-migrations-").FullName;
    private readonly List<string> log = [];

    public async ValueTask InitializeAsync() => await database.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Migrations_run_in_the_order_of_their_numbers_and_say_so()
    {
        Write("0002_second.sql", "insert into one values (2);");
        Write("0001_first.sql", "create table one (n int); insert into one values (1);");
        await Run();
        (await Numbers("select n from one order by n")).ShouldBe([1, 2]);
        log.ShouldBe([
            "Applying 0001_first.sql (1 of 2)",
            "Applying 0002_second.sql (2 of 2)",
            "Applied 2 migrations.",
        ]);
    }

    [Fact]
    public async Task A_migration_runs_once()
    {
        Write("0001_first.sql", "create table one (n int);");
        await Run();
        Write("0002_second.sql", "create table two (n int);");
        await Run();
        log.Clear();
        await Run();
        log.ShouldBe(["The database is up to date."]);
        (await Numbers("select number from public.migration order by 1")).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_failing_migration_leaves_no_trace_and_is_named()
    {
        Write("0001_good.sql", "create table good (n int);");
        Write("0002_bad.sql", "create table bad (n int);\n\nselect * from missing;\n");
        var refused = await Should.ThrowAsync<MigrationException>(() => Run());
        refused.Message.ShouldBe(
            "0002_bad.sql failed: relation \"missing\" does not exist (SQLSTATE 42P01). It was rolled back."
        );
        (await Numbers("select number from public.migration")).ShouldBe([1]);
        (await database.Scalar<bool>("select to_regclass('bad') is null")).ShouldBeTrue();

        Write("0002_bad.sql", "create table bad (n int);");
        await Run();
        (await Numbers("select number from public.migration order by 1")).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task All_that_is_changed_or_unknown_is_refused_together()
    {
        Write("0001_first.sql", "create table one (n int);");
        Write("0002_second.sql", "create table two (n int);");
        Write("0003_third.sql", "create table three (n int);");
        await Run();
        Write("0001_first.sql", "create table one (n bigint);");
        File.Delete(Path.Combine(folder, "0003_third.sql"));
        Write("0004_fourth.sql", "create table four (n int);");

        var refused = await Should.ThrowAsync<MigrationException>(() => Run());
        refused.Faults.Count.ShouldBe(2);
        refused.Faults[0].ShouldStartWith("0001_first.sql was changed after it was applied");
        refused.Faults[1].ShouldStartWith("0003_third.sql is applied to the database but unknown to this build");
        (await database.Scalar<bool>("select to_regclass('four') is null")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_new_migration_below_an_applied_one_is_refused()
    {
        Write("0002_second.sql", "create table two (n int);");
        await Run();
        Write("0001_late.sql", "create table late (n int);");
        var refused = await Should.ThrowAsync<MigrationException>(() => Run());
        refused.Message.ShouldBe(
            "0001_late.sql is new but numbered below 0002, which is applied: give it a higher number."
        );
    }

    [Fact]
    public async Task Line_ends_do_not_change_a_migration()
    {
        Write("0001_first.sql", "create table one (n int);\nselect 1;\n");
        await Run();
        Write("0001_first.sql", "create table one (n int);\r\nselect 1;\r\n");
        await Verify();
    }

    [Fact]
    public async Task Every_file_with_a_bad_name_is_named()
    {
        Write("1_short.sql", "");
        Write("0001_one.sql", "");
        Write("0001_other.sql", "");
        var refused = await Should.ThrowAsync<MigrationException>(() => Run());
        refused.Faults.Count.ShouldBe(2);
        refused.Faults[0].ShouldStartWith("1_short.sql is not named");
        refused.Faults[1].ShouldBe("The number 0001 is used twice: 0001_one.sql, 0001_other.sql.");
    }

    [Fact]
    public async Task Nodes_that_start_together_migrate_once()
    {
        Write("0001_first.sql", "create table one (n int); insert into one values (1);");
        Write("0002_second.sql", "insert into one values (2);");
        await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => MigrationRunner.Run(database.Owner, OwnerName, folder, _ => { }, Cancel))
        );
        (await Numbers("select n from one order by n")).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Verifying_lists_what_is_pending_and_changes_nothing()
    {
        Write("0001_first.sql", "create table one (n int);");
        Write("0002_second.sql", "create table two (n int);");
        var refused = await Should.ThrowAsync<MigrationException>(() => Verify());
        refused.Faults.Select(f => f.Split(' ')[0]).ShouldBe(["0001_first.sql", "0002_second.sql"]);
        (await database.Scalar<bool>("select to_regclass('public.migration') is null")).ShouldBeTrue();
        await Run();
        await Verify();
    }

    [Fact]
    public async Task The_apps_role_gets_what_grants_say_whatever_it_is_called()
    {
        const string Odd = "odd\"role; drop table one --";
        const string Quoted = "\"odd\"\"role; drop table one --\"";
        await database.Execute($"drop role if exists {Quoted}; create role {Quoted}; grant {Quoted} to current_user");
        try
        {
            Write("0001_first.sql", "create table one (n int); create table two (n int);");
            Write(Migration.GrantsName, "grant select on one to :app; select 'x'::text;");
            await Run(Odd);
            (await Rights("one")).ShouldBe([true, false]);
            (await Rights("two")).ShouldBe([false, false]);
            // Rights are given again by every run, also when nothing is pending.
            Write(Migration.GrantsName, "grant select, insert on one to :app;");
            await Run(Odd);
            (await Rights("one")).ShouldBe([true, true]);
            (await Rights("public.migration")).ShouldBe([true, false]);
        }
        finally
        {
            await database.Execute($"drop owned by {Quoted}; drop role {Quoted}");
        }

        async Task<object?[]> Rights(string table) =>
            (
                await database.Query(
                    $"""
                    select has_table_privilege(oid, '{table}', 'select'), has_table_privilege(oid, '{table}', 'insert')
                    from pg_roles where rolname = 'odd"role; drop table one --'
                    """
                )
            )[0];
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string OwnerName => new Npgsql.NpgsqlConnectionStringBuilder(database.Owner).Username!;

    private void Write(string name, string sql) => File.WriteAllText(Path.Combine(folder, name), sql);

    private Task Run(string? appRole = null) =>
        MigrationRunner.Run(database.Owner, appRole ?? OwnerName, folder, log.Add, Cancel);

    private Task Verify() => MigrationRunner.Verify(database.Owner, folder, Cancel);

    private async Task<IEnumerable<int>> Numbers(string sql) => (await database.Query(sql)).Select(r => (int)r[0]!);
}
