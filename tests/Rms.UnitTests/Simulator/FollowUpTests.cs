using Rms.Simulator.Content;
using Rms.Simulator.Messages;
using Rms.Simulator.Sending;
using Rms.Simulator.State;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.Simulator;

public class FollowUpTests
{
    [Fact]
    public void A_change_always_changes_what_the_messages_say_and_nothing_else()
    {
        foreach (var scenario in Scenario.All)
        {
            for (var seed = 0; seed < 40; seed++)
            {
                var draft = Sample.Draft(scenario, seed: seed);
                var (phone, priority) = (Made(Change.Phone, draft, seed), Made(Change.Priority, draft, seed));
                var (document, answer) = (Made(Change.Attachment, draft, seed), Made(Change.Answer, draft, seed));
                var corrected = Made(Change.Demographics, draft, seed);

                phone.Patient.MobilePhone.ShouldNotBe(draft.Patient.MobilePhone);
                phone.ShouldBe(draft with { Patient = phone.Patient });
                priority.Priority.ShouldNotBe(draft.Priority);
                priority.ShouldBe(draft with { Priority = priority.Priority });
                document.Documents.Count.ShouldBe(draft.Documents.Count + 1);
                answer.Form.Select(i => i.LinkId).Distinct().Count().ShouldBe(draft.Form.Count + 1);
                corrected.Patient.BirthDate.ShouldNotBe(draft.Patient.BirthDate);
                corrected.Patient.HealthNumber.ShouldBe(draft.Patient.HealthNumber);
                corrected.Patient.FullName.ShouldBe(draft.Patient.FullName);
            }
        }
    }

    [Fact]
    public void An_answer_leads_back_from_a_question_of_the_target()
    {
        var asked = Sample.Known(GuideVersion.V011) with
        {
            Shows = Folder.AwaitingResponse,
            ShowedBefore = Folder.PendingBooking,
        };

        FollowUp.Written("Yes.").Do(asked).Shows.ShouldBe(Folder.PendingBooking);
        FollowUp.Written("Yes.").Do(asked with { Shows = Folder.Declined }).Shows.ShouldBe(Folder.Declined);
    }

    [Fact]
    public void What_follows_the_seeded_set_is_the_same_every_time_and_revokes_nothing()
    {
        var plan = Seeder.Plan(36, Sample.Now).ToDictionary(p => p.Referral);
        var first = Sequel.Plan(36).ToList();

        first.Select(f => f.What.News).ShouldBe(Sequel.Plan(36).Select(f => f.What.News));
        first
            .Select(f => f.What.News.What)
            .ShouldBe([SourceEvent.Update, SourceEvent.Update, SourceEvent.Write, SourceEvent.Correct]);
        foreach (var ((referral, one), (same, other)) in first.Zip(Sequel.Plan(36)))
        {
            same.ShouldBe(referral);
            plan[referral].Order.Listing.TestMode.ShouldBeFalse();
            Sent(plan[referral], one).ShouldBe(Sent(plan[referral], other));
        }
    }

    [Fact]
    public void One_stray_goes_to_a_listing_that_the_target_does_not_have()
    {
        var stray = Sequel.Stray(36, Sample.Now).ShouldHaveSingleItem();
        var again = Sequel.Stray(36, Sample.Now).Single();

        Listing.All.ShouldNotContain(stray.Order.Listing);
        Listing.Find(stray.Order.Listing.Id).ShouldBe(stray.Order.Listing);
        stray.First!.What.ShouldBe(SourceEvent.Update);
        again.Referral.ShouldBe(stray.Referral);
        again.Draft.Patient.ShouldBe(stray.Draft.Patient);
    }

    [Fact]
    public void A_small_set_stands_alone()
    {
        Sequel.Plan(5).ShouldBeEmpty();
        Sequel.Stray(5, Sample.Now).ShouldBeEmpty();
        Sequel.Plan(13).Count().ShouldBe(2);
    }

    private static Draft Made(Change change, Draft draft, int seed) => change.Make(draft, new Random(seed));

    private static string Sent(Seeder.Planned planned, FollowUp followUp)
    {
        var referral = Sample.Known(planned.Order.Version, planned.Draft);
        return Sample.Sent(planned.Order.Version, followUp.Do(referral).Draft, followUp.News).ToJsonString();
    }
}
