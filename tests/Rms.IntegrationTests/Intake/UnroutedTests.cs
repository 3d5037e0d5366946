using Rms.Core;
using Rms.Intake;
using Rms.IntegrationTests.Fixtures;
using Rms.Triage;
using Shouldly;

namespace Rms.IntegrationTests.Intake;

public sealed class UnroutedTests(RunningApp app) : IClassFixture<RunningApp>
{
    private Post V11 => Post.V11(app.Http);

    [Fact]
    public async Task A_message_to_an_unknown_listing_is_taken_in_for_the_one_that_a_person_chooses()
    {
        var message = NewMessage.From("v0.11.1/add-service-request").With("demo-cardiology", "gone");
        (await V11.Send(message.Bytes)).EnsureSuccessStatusCode();
        // A later update of it waits as well, and follows by itself.
        (
            await V11.Send(
                message
                    .Then("notify-update-service-request", "2026-04-01T00:00:00Z")
                    .With("\"routine\"", "\"urgent\"")
                    .Bytes
            )
        ).EnsureSuccessStatusCode();
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        var parked = (await coordinator.Send(new ListUnrouted())).First(m => m.Reference == message.Reference);
        parked.Patient.ShouldStartWith("TREMBLAY-SINGH");
        parked.Performer.ShouldContain("gone");
        parked.Ways.ShouldContain("choose-listing");
        var listing = await app.Database.Scalar<Guid>(
            "select id from directory.listing where reference = 'demo-cardiology'"
        );

        var taken = await coordinator.Send(new TakeInMessage(parked.Id, listing));

        var view = await coordinator.Send(new GetReferral(taken.ReferralId!.Value));
        view.Listing.ShouldBe("Cardiology");
        view.History[0].Who.ShouldNotBeNull("the history says who took it in");
        view.Content.Request.Priority.ShouldBe("urgent");
        (await coordinator.Send(new ListUnrouted())).ShouldNotContain(m => m.Reference == message.Reference);
        (await coordinator.Send(new MessagesToLookAt())).ShouldContain(m =>
            m.ReferralId == view.Id && m.Resolution == "taken-in"
        );
        // It lies under the referral's key now, and goes with it.
        (
            await app.Database.Scalar<long>($"select count(*) from keys.data_key where owner_id = '{parked.Id}'")
        ).ShouldBe(0);
        var twice = await Should.ThrowAsync<Problem>(() => coordinator.Send(new TakeInMessage(parked.Id, listing)));
        twice.Code.ShouldBe("unrouted.done");
    }

    [Fact]
    public async Task Trying_again_while_nothing_has_changed_says_why_it_still_waits()
    {
        var message = NewMessage.From("v0.11.1/add-service-request").With("demo-cardiology", "gone");
        (await V11.Send(message.Bytes)).EnsureSuccessStatusCode();
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        var parked = (await coordinator.Send(new ListUnrouted())).First(m => m.Reference == message.Reference);

        var still = await Should.ThrowAsync<Problem>(() => coordinator.Send(new TakeInMessage(parked.Id)));

        still.Code.ShouldBe("unrouted.still");
        still.Values["reason"].ShouldBe("listing-unknown");
        (await coordinator.Send(new ListUnrouted())).ShouldContain(m => m.Id == parked.Id);
    }

    [Fact]
    public async Task A_person_can_say_that_it_is_the_same_patient_after_all()
    {
        var first = NewMessage.From("v0.11.1/add-service-request");
        (await V11.Send(first.Bytes)).EnsureSuccessStatusCode();
        (
            await V11.Send(
                first
                    .Then("notify-update-service-request", "2026-04-01T00:00:00Z")
                    .With("9876543217", "1234567890")
                    .With("Tremblay-Singh", "Lavoie")
                    .Bytes
            )
        ).EnsureSuccessStatusCode();
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        var parked = (await coordinator.Send(new ListUnrouted())).Single(m => m.Reference == first.Reference);
        parked.Reason.ShouldBe("patient-differs");

        var taken = await coordinator.Send(new TakeInMessage(parked.Id, SamePatient: true));

        (await coordinator.Send(new GetReferral(taken.ReferralId!.Value)))
            .Content.Patient.Names[0]
            .Family.ShouldBe("Lavoie");
    }

    [Fact]
    public async Task A_whole_referral_under_an_unknown_event_can_be_taken_in_as_one()
    {
        var unknown = NewMessage.From("v0.11.1/add-service-request").Then("brew-tea");
        (await V11.Send(unknown.Bytes)).EnsureSuccessStatusCode();
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        var parked = (await coordinator.Send(new ListUnrouted())).Single(m => m.Reference == unknown.Reference);
        parked.Ways.ShouldContain("as-update");

        var taken = await coordinator.Send(new TakeInMessage(parked.Id, IsUpdate: true));

        (await coordinator.Send(new GetReferral(taken.ReferralId!.Value))).Reference.ShouldBe(unknown.Reference);
    }

    [Fact]
    public async Task What_is_closed_leaves_the_queue_and_stays_on_record()
    {
        var unknown = NewMessage.From("v0.11.1/add-service-request").Then("brew-coffee");
        (await V11.Send(unknown.Bytes)).EnsureSuccessStatusCode();
        var coordinator = await Staff.Demo(app, Role.IntakeCoordinator);
        var parked = (await coordinator.Send(new ListUnrouted())).Single(m => m.Reference == unknown.Reference);
        var scheduler = await Staff.Demo(app, Role.Scheduler);
        (await Should.ThrowAsync<Problem>(() => scheduler.Send(new CloseMessage(parked.Id)))).Status.ShouldBe(403);

        await coordinator.Send(new CloseMessage(parked.Id));

        (await coordinator.Send(new ListUnrouted())).ShouldNotContain(m => m.Id == parked.Id);
        (await coordinator.Send(new MessagesToLookAt())).ShouldContain(m =>
            m.Id == parked.Id && m.Resolution == "closed"
        );
    }
}
