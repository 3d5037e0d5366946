using Npgsql;
using Rms.Core;
using Rms.IntegrationTests.Fixtures;
using Shouldly;

namespace Rms.IntegrationTests.Core;

/// <summary>The database refuses by itself what the code must never do.</summary>
public sealed class LifecycleTableTests(RunningApp app) : IClassFixture<RunningApp>
{
    [Fact]
    public async Task The_mirror_in_SQL_holds_the_same_steps_as_the_code()
    {
        var rows = await app.Database.Query("select from_state, action, to_state from core.lifecycle_step");

        rows.Select(r => $"{r[0]} {r[1]} {r[2]}")
            .Order()
            .ShouldBe(Lifecycle.Steps.Select(s => $"{s.From} {s.Action} {s.To}").Order());
    }

    [Fact]
    public async Task An_illegal_step_is_refused()
    {
        var id = await Received();

        await Refused(
            $"""
            insert into core.referral_history (referral_id, seq, previous_seq, action, from_state, to_state, at, actor_kind)
            values ('{id}', 2, 1, 'Complete', 'New', 'Completed', now(), 'System')
            """,
            PostgresErrorCodes.ForeignKeyViolation
        );
    }

    [Fact]
    public async Task A_step_that_does_not_start_where_the_last_one_ended_is_refused()
    {
        var id = await Received();

        await Refused(
            $"""
            insert into core.referral_history (referral_id, seq, previous_seq, action, from_state, to_state, at, actor_kind)
            values ('{id}', 2, 1, 'Complete', 'Accepted', 'Completed', now(), 'System')
            """,
            PostgresErrorCodes.ForeignKeyViolation
        );
    }

    [Fact]
    public async Task A_second_decision_from_the_same_place_is_refused()
    {
        var id = await Received();
        await app.Database.ExecuteAsApp(Step(id, "Accept", "Accepted"));

        await Refused(Step(id, "Decline", "Declined"), PostgresErrorCodes.UniqueViolation);
    }

    [Fact]
    public async Task A_history_that_begins_anywhere_but_at_the_beginning_is_refused()
    {
        var id = await Received();

        await Refused(
            $"""
            insert into core.referral_history (referral_id, seq, previous_seq, action, from_state, to_state, at, actor_kind)
            values ('{id}', 7, null, 'Accept', 'New', 'Accepted', now(), 'System')
            """,
            PostgresErrorCodes.CheckViolation
        );
    }

    [Fact]
    public async Task A_state_without_its_step_is_refused_at_the_commit()
    {
        var id = await Received();

        await Refused(
            $"update core.referral set state = 'Accepted', version = 2 where id = '{id}'",
            PostgresErrorCodes.ForeignKeyViolation
        );
    }

    [Fact]
    public async Task The_application_can_not_change_the_table_of_steps() =>
        await Refused(
            "insert into core.lifecycle_step values ('New', 'Complete', 'Completed')",
            PostgresErrorCodes.InsufficientPrivilege
        );

    private static string Step(Guid id, string action, string to) =>
        $"""
            insert into core.referral_history (referral_id, seq, previous_seq, action, from_state, to_state, at, actor_kind)
            values ('{id}', 2, 1, '{action}', 'New', '{to}', now(), 'System');
            update core.referral set state = '{to}', version = 2 where id = '{id}'
            """;

    private async Task Refused(string sql, string state) =>
        (await Should.ThrowAsync<PostgresException>(() => app.Database.ExecuteAsApp(sql))).SqlState.ShouldBe(state);

    private async Task<Guid> Received()
    {
        var message = NewMessage.From("v0.10.0/add-service-request");
        (await Post.V10(app.Http).Send(message.Bytes)).EnsureSuccessStatusCode();
        return await app.Database.Scalar<Guid>($"select id from core.referral where reference = '{message.Reference}'");
    }
}
