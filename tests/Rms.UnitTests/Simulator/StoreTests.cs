using System.Text;
using Rms.Simulator.Messages;
using Rms.Simulator.State;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.Simulator;

public sealed class StoreTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("rms-simulator-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_was_kept_is_there_after_a_restart()
    {
        using (var store = Store.Open(folder))
        {
            store.Keep(Sample.Known(GuideVersion.V010));
            var message = store.Add(Message("sent"), "{\"a\":1}"u8.ToArray());
            store.Update(message with { Status = 200, Outcome = Outcomes.Accepted }, "{\"b\":2}"u8.ToArray());
            store.Change(Sample.Referral, r => (r with { Shows = Folder.Declined }).With(Sample.Now, "declined"));
            store.MarkSeeded(36);
        }

        using var again = Store.Open(folder);

        var referral = again.Find(Sample.Referral)!;
        referral.Shows.ShouldBe(Folder.Declined);
        referral.Notes.Single().Text.ShouldBe("declined");
        referral.Draft.Patient.ShouldBe(Sample.Draft().Patient);
        again.Messages.Single().Status.ShouldBe(200);
        Encoding.UTF8.GetString(again.Body(1)).ShouldBe("{\"a\":1}");
        Encoding.UTF8.GetString(again.Reply(1)).ShouldBe("{\"b\":2}");
        again.Seeded.ShouldBe(36);
    }

    [Fact]
    public void A_line_that_was_cut_off_by_a_kill_is_dropped_and_written_over()
    {
        using (var store = Store.Open(folder))
        {
            store.Keep(Sample.Known(GuideVersion.V010));
        }

        File.AppendAllText(Path.Combine(folder, "journal.jsonl"), "{\"Referral\":{\"Ref\":\"x");
        using (var store = Store.Open(folder))
        {
            store.Referrals.Count.ShouldBe(1);
            store.Add(Message("received"), []);
        }

        using var again = Store.Open(folder);
        again.Referrals.Count.ShouldBe(1);
        again.Messages.Count.ShouldBe(1);
    }

    [Fact]
    public void Forgetting_leaves_only_the_mark_of_the_seeding()
    {
        using (var store = Store.Open(folder))
        {
            store.Keep(Sample.Known(GuideVersion.V010));
            store.Add(Message("sent"), "{}"u8.ToArray());
            store.MarkSeeded(5);
            store.Forget();
            store.Messages.ShouldBeEmpty();
        }

        using var again = Store.Open(folder);
        again.Referrals.ShouldBeEmpty();
        again.Messages.ShouldBeEmpty();
        again.Seeded.ShouldBe(5);
        Directory.GetFiles(Path.Combine(folder, "messages")).ShouldBeEmpty();
    }

    [Fact]
    public void Two_simulators_cannot_work_in_one_folder()
    {
        using var store = Store.Open(folder);

        Should.Throw<StoreInUseException>(() => Store.Open(folder));
    }

    private static Message Message(string direction) =>
        new()
        {
            Direction = direction,
            At = Sample.Now,
            Outcome = Outcomes.Waiting,
            Ref = Sample.Referral,
        };
}
