using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Rms.Core;
using Rms.Core.Audit;
using Rms.IntegrationTests.Fixtures;
using Rms.Triage;
using Shouldly;

namespace Rms.IntegrationTests.Core;

public sealed class AuditTests(RunningApp app) : IClassFixture<RunningApp>
{
    private NpgsqlDataSource Database => app.Services.GetRequiredService<NpgsqlDataSource>();

    [Fact]
    public async Task Each_view_and_decision_leaves_a_row_with_who_and_which()
    {
        var id = await Received();
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);

        await coordinator.Send(new ListReferrals("new", null));
        await coordinator.Send(new GetReferral(id));
        await coordinator.Send(new AcceptReferral(id, 1));

        var rows = await app.Database.Query(
            $"select action, actor_kind from core.audit where referral_id = '{id}' order by recorded_at"
        );
        rows.Select(r => (string)r[0]!).ShouldBe(["message-accepted", "referral-viewed", "referral-accept"]);
        rows.Select(r => (string)r[1]!).ShouldBe(["Connection", "Person", "Person"]);
        (
            await app.Database.Scalar<long>(
                $"select count(*) from core.audit where action = 'worklist-viewed' and detail ->> 'referrals' like '%{id}%'"
            )
        ).ShouldBe(1);
    }

    [Fact]
    public async Task The_application_can_neither_change_nor_delete_what_was_written()
    {
        await Received();

        foreach (
            var sql in (string[])
                [
                    "update core.audit set action = 'x'",
                    "delete from core.audit",
                    "truncate core.audit",
                    "update core.audit_link set hash = ''",
                    "delete from core.audit_link",
                ]
        )
        {
            (await Should.ThrowAsync<PostgresException>(() => app.Database.ExecuteAsApp(sql))).SqlState.ShouldBe(
                PostgresErrorCodes.InsufficientPrivilege,
                sql
            );
        }
    }

    [Theory]
    [InlineData(
        "update core.audit set action = 'referral-viewed' where id = (select audit_id from core.audit_link where seq = 2)"
    )]
    [InlineData(
        "update core.audit set detail = '{\"x\":1}' where id = (select audit_id from core.audit_link where seq = 2)"
    )]
    [InlineData("update core.audit_link set hash = '\\x00' where seq = 2")]
    [InlineData("delete from core.audit_link where seq = 2")]
    public async Task A_changed_row_breaks_the_chain_where_it_stands(string tampering)
    {
        await using var own = await RunningApp.Start(new Dictionary<string, string>());
        var post = Post.V10(own.Http);
        for (var i = 0; i < 3; i++)
            (await post.Send(NewMessage.From("v0.10.0/add-service-request").Bytes)).EnsureSuccessStatusCode();
        var database = own.Services.GetRequiredService<NpgsqlDataSource>();
        await AllSealed(own);
        (await AuditSealer.FirstBroken(database, TestContext.Current.CancellationToken)).ShouldBeNull();

        await own.Database.Execute(tampering);

        (await AuditSealer.FirstBroken(database, TestContext.Current.CancellationToken)).ShouldBe(2);
    }

    [Fact]
    public async Task Every_row_is_chained_once()
    {
        await Received();
        await AllSealed(app);

        (
            await app.Database.Scalar<long>(
                "select count(*) from core.audit a left join core.audit_link l on l.audit_id = a.id where l.seq is null"
            )
        ).ShouldBe(0);
        (await AuditSealer.FirstBroken(Database, TestContext.Current.CancellationToken)).ShouldBeNull();
    }

    private static async Task AllSealed(RunningApp running)
    {
        var database = running.Services.GetRequiredService<NpgsqlDataSource>();
        const string Open =
            "select count(*) from core.audit a where not exists (select from core.audit_link l where l.audit_id = a.id)";
        // The app's own sealer may be at it: whoever is, all is chained in the end.
        while (await running.Database.Scalar<long>(Open) > 0)
            await AuditSealer.SealOnce(database, TestContext.Current.CancellationToken);
    }

    private async Task<Guid> Received()
    {
        var message = NewMessage.From("v0.10.0/add-service-request");
        (await Post.V10(app.Http).Send(message.Bytes)).EnsureSuccessStatusCode();
        return await app.Database.Scalar<Guid>($"select id from core.referral where reference = '{message.Reference}'");
    }
}
