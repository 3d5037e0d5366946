using Rms.Simulator.Content;
using Rms.Simulator.Messages;

namespace Rms.Simulator.Sending;

/// <summary>
/// What comes after the seeded referrals, the same everywhere: news of some of them, each once, and one stray. Nothing
/// is revoked. A small set has fewer, down to none.
/// </summary>
internal static class Sequel
{
    private const int LeastForStray = 20;

    /// <summary>The news of the first so many referrals of the set, in the order in which they are sent.</summary>
    public static IEnumerable<(string Referral, FollowUp What)> Plan(int count)
    {
        (int Number, FollowUp What)[] all =
        [
            (8, FollowUp.Changed(Change.Priority, new Random(8))),
            (13, FollowUp.Changed(Change.Attachment, new Random(13))),
            (
                14,
                FollowUp.Written(
                    "The patient was in the emergency department last night and is home again. Please see the patient sooner if you can."
                )
            ),
            (25, FollowUp.Changed(Change.Demographics, new Random(25))),
        ];
        return all.Where(each => each.Number <= count).Select(each => (Seeder.ReferralId(each.Number), each.What));
    }

    /// <summary>
    /// An update, never sent as new, to a listing that the target does not have: somebody there must look at it.
    /// </summary>
    public static IEnumerable<Seeder.Planned> Stray(int count, DateTimeOffset now)
    {
        if (count < LeastForStray)
        {
            yield break;
        }

        var random = new Random(1005);
        var draft = Drafting.Draft(Listing.NotSetUp, Scenario.Ordinary, random, now.AddDays(-9));
        yield return new Seeder.Planned(
            Number: null,
            Ids.From("seeded stray"),
            new SendOrder(GuideVersion.V011, Listing.NotSetUp, Scenario.Ordinary, 1),
            Change.Phone.Make(draft, random),
            new News(SourceEvent.Update, Change.Phone.Hint)
        );
    }
}
