using System.Text;
using Rms.Core;
using Rms.IntegrationTests.Fixtures;
using Rms.Triage;
using Shouldly;

namespace Rms.IntegrationTests.Core;

public sealed class SealingTests(RunningApp app) : IClassFixture<RunningApp>
{
    // Long and in one piece, so that compression can't hide it.
    private const string Canary = "Zyxwvutsrqponmlkjihgfedcba";

    [Fact]
    public async Task No_table_holds_anything_of_a_patient_in_plain_text()
    {
        var message = NewMessage
            .From("v0.11.1/add-service-request")
            .With("Palpitations", Canary)
            .With("\"family\"", $"\"suffix\":[\"{Canary}\"],\"family\"");
        (await Post.V11(app.Http).Send(message.Bytes)).EnsureSuccessStatusCode();
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        var id = await app.Database.Scalar<Guid>(
            $"select id from core.referral where reference = '{message.Reference}'"
        );
        var content = (await coordinator.Send(new GetReferral(id))).Content;
        await coordinator.Send(new DeclineReferral(id, 1, Canary));

        content.Form!.Items.SelectMany(i => i.Answers).ShouldContain(Canary, "the canary went in");
        var secrets = new[] { Canary, content.Patient.Names[0].Family!, content.Patient.HealthNumber!.Value! };
        var tables = await app.Database.Query(
            """
            select format('%I.%I', schemaname, tablename) from pg_tables
            where schemaname not in ('pg_catalog', 'information_schema') and tablename <> 'person'
            """
        );
        tables.Count.ShouldBeGreaterThan(15);
        foreach (var table in tables.Select(t => (string)t[0]!))
        {
            foreach (var row in await app.Database.Query($"select t.* from {table} t"))
            {
                foreach (var value in row)
                {
                    var text = value switch
                    {
                        byte[] bytes => Encoding.UTF8.GetString(bytes),
                        _ => value?.ToString() ?? "",
                    };
                    foreach (var secret in secrets)
                        text.Contains(secret, StringComparison.OrdinalIgnoreCase).ShouldBeFalse($"{secret} in {table}");
                }
            }
        }
    }

    [Fact]
    public async Task Without_its_key_a_referral_can_not_be_read_any_more()
    {
        var message = NewMessage.From("v0.10.0/add-service-request");
        (await Post.V10(app.Http).Send(message.Bytes)).EnsureSuccessStatusCode();
        var id = await app.Database.Scalar<Guid>(
            $"select id from core.referral where reference = '{message.Reference}'"
        );
        await app.Database.Execute($"delete from keys.data_key where owner_id = '{id}'");
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);

        await Should.ThrowAsync<InvalidOperationException>(() => coordinator.Send(new GetReferral(id)));
    }

    [Fact]
    public async Task A_patient_is_found_by_name_and_number_and_nobody_else_is()
    {
        var message = NewMessage.From("v0.11.1/add-service-request");
        (await Post.V11(app.Http).Send(message.Bytes)).EnsureSuccessStatusCode();
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        var all = await coordinator.Send(new ListReferrals("all", null));
        var row = all.Rows[0];
        var surname = row.Patient.Split(',')[0];

        (await coordinator.Send(new ListReferrals("all", null, surname[..3]))).Rows.ShouldContain(r => r.Id == row.Id);
        (await coordinator.Send(new ListReferrals("all", null, message.Reference))).Rows.ShouldHaveSingleItem();
        (await coordinator.Send(new ListReferrals("all", null, "Nobodyhere"))).Rows.ShouldBeEmpty();
    }
}
