using System.Globalization;
using System.Net;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Rms.Core;
using Rms.IntegrationTests.Fixtures;
using Rms.Triage;
using Shouldly;

namespace Rms.IntegrationTests.Triage;

/// <summary>Referrals that look as if they belonged together. Each test has patients of its own.</summary>
public sealed class RelatedTests(RunningApp app) : IClassFixture<RunningApp>
{
    private const string Vector = "v0.10.0/add-service-request";
    private static int _patients;

    private readonly string _number = $"55{Interlocked.Increment(ref _patients):00000000}";
    private string Birth => $"19{int.Parse(_number[^2..], CultureInfo.InvariantCulture) % 80 + 10:00}-05-17";

    [Fact]
    public async Task The_same_patient_at_the_same_listing_is_a_probable_duplicate_with_its_reasons()
    {
        var one = await Received(Mine());
        var other = await Received(Mine());

        var found = (await Related(one)).ShouldHaveSingleItem();

        found.Id.ShouldBe(other);
        found.IsDuplicate.ShouldBeTrue();
        found.Reasons.ShouldBe([
            "same-health-number",
            "same-birth-date-and-similar-name",
            "same-listing",
            "same-requester",
            "within-90-days",
        ]);
        found.Listing.ShouldBe("Cardiology");
        found.Verdict.ShouldBeNull();
        (await Related(other)).ShouldHaveSingleItem().Id.ShouldBe(one);
        (await Audited("related-viewed", one)).ShouldBe(1);
    }

    [Fact]
    public async Task Without_the_number_the_date_of_birth_and_a_similar_name_find_it()
    {
        var one = await Received(Mine());
        var other = await Received(
            Mine().With(_number, _number + "9").With("Tremblay-Singh", "Tremblay Sing").With("Amélie", "Amelie")
        );

        var found = (await Related(one)).ShouldHaveSingleItem();

        found.Id.ShouldBe(other);
        found.Reasons.ShouldBe([
            "same-birth-date-and-similar-name",
            "same-listing",
            "same-requester",
            "within-90-days",
        ]);
    }

    [Fact]
    public async Task The_number_finds_it_whatever_the_name_and_the_date_of_birth()
    {
        var one = await Received(Mine());
        await Received(Mine().With(Birth, "2001-02-03").With("Tremblay-Singh", "Gagnon"));

        (await Related(one)).ShouldHaveSingleItem().Reasons[0].ShouldBe("same-health-number");
    }

    [Fact]
    public async Task Another_person_born_on_the_same_day_is_not_related()
    {
        var one = await Received(Mine());
        await Received(Mine().With(_number, _number + "9").With("Amélie", "Olivier"));

        (await Related(one)).ShouldBeEmpty();
    }

    [Fact]
    public async Task At_another_listing_the_same_service_code_makes_a_duplicate_and_none_a_related_one()
    {
        const string Code =
            "\"intent\": \"proposal\", \"code\": { \"coding\": [{ \"system\": \"http://snomed.info/sct\", \"code\": \"40701008\" }] },";
        var one = await Received(Mine().With("\"intent\": \"proposal\",", Code));
        var coded = await Received(Elsewhere(Mine()).With("\"intent\": \"proposal\",", Code));
        var plain = await Received(Elsewhere(Mine()));

        var found = await Related(one);

        found.Select(r => r.Id).ShouldBe([coded, plain]);
        found[0].IsDuplicate.ShouldBeTrue();
        found[0].Reasons.ShouldContain("same-service-code");
        found[0].Reasons.ShouldNotContain("same-listing");
        found[1].IsDuplicate.ShouldBeFalse();
        found[1].Reasons.ShouldNotContain("same-service-code");

        static NewMessage Elsewhere(NewMessage message) =>
            message.With("demo-cardiology", "demo-imaging").With("\"1001\"", "\"1002\"");
    }

    [Fact]
    public async Task Out_of_the_window_it_is_related_and_no_duplicate()
    {
        var one = await Received(Mine());
        var old = await Received(Mine());
        await app.Database.Execute(
            $"update core.referral set received_at = received_at - interval '91 days' where id = '{old}'"
        );

        var found = (await Related(one)).ShouldHaveSingleItem();

        found.IsDuplicate.ShouldBeFalse();
        found.Reasons.ShouldNotContain("within-90-days");
    }

    [Fact]
    public async Task Another_requester_is_no_reason()
    {
        var one = await Received(Mine());
        await Received(Mine().With("Whitebear", "Blackwood"));

        (await Related(one)).ShouldHaveSingleItem().Reasons.ShouldNotContain("same-requester");
    }

    [Fact]
    public async Task Tests_stand_beside_tests_only()
    {
        var real = await Received(Mine());
        var test = await Received(Mine("htest"));
        var second = await Received(Mine("htest"));

        (await Related(real)).ShouldBeEmpty();
        (await Related(test)).ShouldHaveSingleItem().Id.ShouldBe(second);
        await Should.ThrowAsync<Problem>(() => Say(real, test, "linked"));
    }

    [Fact]
    public async Task Another_site_s_referrals_are_not_shown_and_not_spoken_of()
    {
        var one = await Received(Mine());
        var other = await Received(Mine());
        var site = await app.Database.Scalar<Guid>(
            $"""
            insert into directory.site (id, number, name, time_zone, language)
            values (gen_random_uuid(), '{_number}', 'Elsewhere', 'America/Toronto', 'en') returning id
            """
        );
        await app.Database.Execute($"update core.referral set site_id = '{site}' where id = '{other}'");
        var here = await app.Database.Scalar<Guid>("select id from directory.site where number = '4100'");

        (await Related(one)).ShouldBeEmpty();
        (await Should.ThrowAsync<Problem>(() => Related(other))).Status.ShouldBe(404);
        (await Should.ThrowAsync<Problem>(() => Say(one, other, "same"))).Status.ShouldBe(404);
        // Somebody who works at both sees each with its own.
        var both = new Staff(app, Guid.Empty, (site, Role.IntakeCoordinator), (here, Role.IntakeCoordinator));
        (await both.Send(new ListRelated(one))).List.ShouldBeEmpty();
        (await Should.ThrowAsync<Problem>(() => both.Send(new SayRelated(one, other, "same")))).Status.ShouldBe(422);
    }

    [Fact]
    public async Task What_a_person_says_is_remembered_on_both_the_last_word_stands_and_can_be_taken_back()
    {
        var one = await Received(Mine());
        var other = await Received(Mine());

        await Say(one, other, "different");
        var seen = (await Related(other)).ShouldHaveSingleItem();
        (seen.Verdict, seen.SaidBy).ShouldBe(("different", "Mira Okafor"));
        seen.SaidAt.ShouldNotBeNull();

        await Say(other, one, "same");
        (await Related(one)).ShouldHaveSingleItem().Verdict.ShouldBe("same");
        (await Related(other)).ShouldHaveSingleItem().Verdict.ShouldBe("same");

        await Say(one, other, null);
        (await Related(other)).ShouldHaveSingleItem().Verdict.ShouldBeNull();
        (await Audited("related-said", one)).ShouldBe(3);
        (await Audited("related-said", other)).ShouldBe(3);
    }

    [Fact]
    public async Task Of_two_who_speak_at_once_one_has_the_last_word()
    {
        var one = await Received(Mine());
        var other = await Received(Mine());

        await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => i % 2 == 0 ? Say(one, other, "same") : Say(other, one, "linked"))
        );

        (await Related(one)).ShouldHaveSingleItem().Verdict.ShouldBeOneOf("same", "linked");
        (await Audited("related-said", one)).ShouldBe(8);
    }

    [Fact]
    public async Task What_was_linked_stays_shown_though_nothing_else_relates_it()
    {
        var one = await Received(Mine());
        var other = await Received(
            Mine().With(_number, _number + "9").With("Tremblay-Singh", "Gagnon").With("Amélie", "Olivier")
        );
        (await Related(one)).ShouldBeEmpty();

        await Say(one, other, "linked");

        var found = (await Related(one)).ShouldHaveSingleItem();
        (found.Id, found.Verdict, found.IsDuplicate).ShouldBe((other, "linked", false));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    public async Task Another_word_is_refused(string verdict)
    {
        var one = await Received(Mine());
        var other = await Received(Mine());

        (await Should.ThrowAsync<Problem>(() => Say(one, other, verdict))).Status.ShouldBe(422);
        (await Should.ThrowAsync<Problem>(() => Say(one, one, "same"))).Status.ShouldBe(422);
    }

    [Fact]
    public async Task Who_only_watches_over_privacy_sees_it_and_says_nothing()
    {
        var one = await Received(Mine());
        var other = await Received(Mine());
        var privacy = await Staff.Demo(app, Role.PrivacyOfficer);

        var seen = await privacy.Send(new ListRelated(one));

        seen.List.ShouldHaveSingleItem();
        seen.MaySay.ShouldBeFalse();
        (await Should.ThrowAsync<Problem>(() => privacy.Send(new SayRelated(one, other, "same")))).Status.ShouldBe(403);
    }

    [Fact]
    public async Task When_consent_is_withdrawn_it_is_gone_beside_the_other_with_what_was_said()
    {
        var one = await Received(Mine());
        var other = await Received(Mine());
        await Say(one, other, "same");

        var reference = await app.Database.Scalar<string>($"select reference from core.referral where id = '{other}'");
        (await Post.V10(app.Http).Send(Bare.Revoke(reference))).EnsureSuccessStatusCode();

        (await Related(one)).ShouldBeEmpty();
        (await Should.ThrowAsync<Problem>(() => Say(one, other, "same"))).Status.ShouldBe(404);
        (
            await app.Database.Scalar<long>(
                $"select count(*) from triage.related_pair where '{other}' in (referral_a, referral_b)"
            )
        ).ShouldBe(0);
    }

    /// <summary>A message about this test's patient.</summary>
    private NewMessage Mine(string? variant = null)
    {
        var message = NewMessage.From(variant is null ? Vector : $"{Vector}.{variant}");
        return variant is null
            ? message.With("9876543217", _number).With("1958-03-09", Birth)
            : message.With(Number(message), _number);
    }

    private static string Number(NewMessage message)
    {
        var after = message.Text.IndexOf("ca-on-patient-hcn", StringComparison.Ordinal);
        var value = message.Text.IndexOf("\"value\": \"", after, StringComparison.Ordinal) + 10;
        return message.Text[value..message.Text.IndexOf('"', value)];
    }

    private async Task<Guid> Received(NewMessage message)
    {
        using var answer = await Post.V10(app.Http).Send(message.Bytes);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await app.Database.Scalar<Guid>($"select id from core.referral where reference = '{message.Reference}'");
    }

    private async Task<IReadOnlyList<RelatedReferral>> Related(Guid referral) =>
        (await (await Staff.Demo(app, Role.IntakeCoordinator)).Send(new ListRelated(referral))).List;

    private async Task Say(Guid one, Guid other, string? verdict) =>
        await (await Staff.Demo(app, Role.IntakeCoordinator)).Send(new SayRelated(one, other, verdict));

    private Task<long> Audited(string action, Guid referral) =>
        app.Database.Scalar<long>(
            $"select count(*) from core.audit where action = '{action}' and referral_id = '{referral}'"
        );
}
