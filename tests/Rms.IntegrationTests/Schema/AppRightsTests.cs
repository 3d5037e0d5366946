using Npgsql;
using Rms.IntegrationTests.Fixtures;
using Shouldly;
using Xunit;

namespace Rms.IntegrationTests.Schema;

/// <summary>What the app's role may do in the database: grants.sql, held to its purpose.</summary>
public sealed class AppRightsTests(Database database) : IClassFixture<Database>
{
    private const string NoRight = "42501"; // insufficient_privilege

    [Fact]
    public async Task The_app_reads_every_table() => (await TablesWithout("select")).ShouldBeEmpty();

    [Fact]
    public async Task The_app_writes_every_table_but_those_that_only_migrations_fill() =>
        (await TablesWithout("insert")).ShouldBe(["core.lifecycle_step", "public.migration"], ignoreOrder: true);

    [Theory]
    [InlineData("update core.audit set at = at")]
    [InlineData("delete from core.audit")]
    [InlineData("truncate core.audit")]
    [InlineData("delete from core.audit_link")]
    [InlineData("truncate core.audit_link")]
    [InlineData("delete from public.migration")]
    [InlineData("create table core.own (id int)")]
    [InlineData("create table public.own (id int)")]
    [InlineData("create schema own")]
    [InlineData("alter table core.referral add column own int")]
    [InlineData("drop table core.referral")]
    public async Task The_app_can_neither_rewrite_evidence_nor_change_a_shape(string sql)
    {
        var refused = await Should.ThrowAsync<PostgresException>(() => database.ExecuteAsApp(sql));
        refused.SqlState.ShouldBe(NoRight);
    }

    private async Task<IEnumerable<string>> TablesWithout(string right)
    {
        var rows = await database.Query(
            $"""
            select n.nspname || '.' || c.relname
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
              and not (has_schema_privilege('{TestServer.AppRole}', n.oid, 'usage')
                       and has_table_privilege('{TestServer.AppRole}', c.oid, '{right}'))
            """
        );
        return rows.Select(r => (string)r[0]!);
    }
}
