using Rms.Core;
using Shouldly;

namespace Rms.UnitTests.Core;

public sealed class LifecycleTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 14, 30, 0, TimeSpan.Zero);

    [Fact]
    public void A_referral_starts_as_new_with_its_first_step()
    {
        var referral = Some();

        referral.State.ShouldBe(ReferralState.New);
        referral.Version.ShouldBe(1);
        var step = referral.History.ShouldHaveSingleItem();
        step.PreviousSeq.ShouldBeNull();
        step.From.ShouldBe(ReferralState.None);
    }

    [Fact]
    public void Each_step_follows_the_one_before()
    {
        var referral = Some();

        referral.Do(LifecycleAction.Accept, new Actor(), Now);
        referral.Do(LifecycleAction.Decline, new Actor(), Now);
        referral.Do(LifecycleAction.Reopen, new Actor(), Now);

        referral.State.ShouldBe(ReferralState.Accepted);
        referral.History.Select(s => s.Seq).ShouldBe([1, 2, 3, 4]);
        referral.History.Skip(1).Select(s => s.PreviousSeq).ShouldBe([1, 2, 3]);
        referral.History.Zip(referral.History.Skip(1)).ShouldAllBe(pair => pair.First.To == pair.Second.From);
    }

    [Fact]
    public void An_illegal_step_is_refused_with_the_present_state_and_changes_nothing()
    {
        var referral = Some();
        referral.Do(LifecycleAction.Decline, new Actor(), Now);

        var refusal = Should.Throw<Problem>(() => referral.Do(LifecycleAction.Accept, new Actor(), Now.AddHours(1)));

        refusal.Code.ShouldBe("referral.illegal-step");
        refusal.Status.ShouldBe(409);
        refusal.Values["state"].ShouldBe("Declined");
        refusal.Values["when"].ShouldBe("2026-03-02T14:30:00.0000000+00:00");
        referral.Version.ShouldBe(2);
        referral.State.ShouldBe(ReferralState.Declined);
    }

    [Fact]
    public void Resuming_leads_where_it_is_told_and_nowhere_else()
    {
        var referral = Some();
        referral.Do(LifecycleAction.Accept, new Actor(), Now);
        referral.Do(LifecycleAction.Ask, new Actor(), Now);

        Should.Throw<Problem>(() => referral.Do(LifecycleAction.Resume, new Actor(), Now));
        Should.Throw<Problem>(() => referral.Do(LifecycleAction.Resume, new Actor(), Now, to: ReferralState.Completed));
        referral.Do(LifecycleAction.Resume, new Actor(), Now, to: ReferralState.Accepted);

        referral.State.ShouldBe(ReferralState.Accepted);
    }

    [Fact]
    public void Every_state_but_the_last_can_be_revoked_and_nothing_follows_that()
    {
        foreach (var state in Enum.GetValues<ReferralState>().Except([ReferralState.None, ReferralState.Revoked]))
            Lifecycle.Next(state, LifecycleAction.Revoke).ShouldBe([ReferralState.Revoked], state.ToString());
        Lifecycle.Actions(ReferralState.Revoked).ShouldBeEmpty();
    }

    [Fact]
    public void Every_state_can_be_reached()
    {
        var reached = Lifecycle.Steps.Select(s => s.To).ToHashSet();

        Enum.GetValues<ReferralState>().Except(reached).ShouldBe([ReferralState.None]);
    }

    private static Referral Some() =>
        Referral.Receive(
            new Arrival(
                Guid.Parse("00000000-0000-0000-0000-000000000001"),
                Guid.Empty,
                Guid.Empty,
                Guid.Empty,
                "R-1",
                "0.11.1",
                "routine",
                IsTest: false,
                IsSelfReferral: false,
                HeldBecause: null
            ),
            new Actor(),
            Now
        );
}
