using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rms.Core;
using Rms.IntegrationTests.Fixtures;
using Rms.Web;
using Shouldly;
using Xunit;

namespace Rms.IntegrationTests.Schema;

/// <summary>The schema has two descriptions, SQL and the EF model: they must be one.</summary>
public sealed class SchemaDriftTests(Database database) : IClassFixture<Database>
{
    [Fact]
    public async Task The_model_and_the_migrated_schema_are_the_same() => (await Differences(database)).ShouldBeEmpty();

    // The comparison itself, held to what it must notice.
    [Theory]
    [InlineData(
        "alter table core.referral add column surplus text",
        "Column core.referral.surplus is made by a migration, but not mapped."
    )]
    [InlineData(
        "alter table core.outbox drop column attempts cascade",
        "Column core.outbox.attempts is mapped, but no migration makes it."
    )]
    [InlineData(
        "alter table core.outbox rename to outbox_row",
        "Table core.outbox is mapped, but no migration makes it."
    )]
    [InlineData(
        "create table core.forgotten (id uuid primary key)",
        "Table core.forgotten is made by a migration, but not mapped."
    )]
    [InlineData(
        "alter table people.person alter column email drop not null",
        "Column people.person.email is mapped as not null, but made as nullable."
    )]
    [InlineData(
        "alter table people.person alter column display_name type varchar(20)",
        "Column people.person.display_name is mapped as text, but made as character varying(20)."
    )]
    [InlineData(
        "alter table core.audit drop constraint audit_pkey cascade",
        "Table core.audit is mapped with the key (id), but made with ()."
    )]
    public async Task A_difference_is_noticed(string change, string difference)
    {
        await using var changed = await Database.Create();
        await changed.Execute(change);
        (await Differences(changed)).ShouldContain(difference);
    }

    private static async Task<IReadOnlyList<string>> Differences(Database database)
    {
        await using var app = RmsApp.Build(
            [],
            c =>
                c.AddInMemoryCollection(
                    new Dictionary<string, string?> { ["RMS_DATABASE"] = database.ConnectionString }
                )
        );
        await using var scope = app.Services.CreateAsyncScope();
        return await SchemaDrift.Find(scope.ServiceProvider.GetRequiredService<RmsDb>(), database);
    }
}
