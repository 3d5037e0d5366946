using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Rms.Core;

namespace Rms.Notifications;

/// <summary>What the source presumably shows of a referral.</summary>
internal sealed class SourceView
{
    public Guid ReferralId { get; init; }

    /// <summary>One of <see cref="Shown"/>.</summary>
    public string Shows { get; set; } = Shown.New;

    /// <summary>v0.11.1: the process-request Task has been introduced; later messages are updates.</summary>
    public bool Introduced { get; set; }

    public DateTimeOffset ChangedAt { get; set; }
}

/// <summary>What a source can show of a referral (Ocean's folders, lifecycle.md).</summary>
internal static class Shown
{
    public const string New = "new";
    public const string PendingBooking = "pending-booking";
    public const string Declined = "declined";
    public const string Completed = "completed";

    /// <summary>The requester ended it.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>Several statuses are one to a source, and telling it the same twice is an error to it.</summary>
    public static string For(string taskStatus) =>
        taskStatus switch
        {
            "requested" or "received" => New,
            "accepted" or "in-progress" or "on-hold" or "ready" => PendingBooking,
            // A receiver can't cancel: the source shows that as declined.
            "rejected" or "cancelled" => Declined,
            "completed" => Completed,
            _ => throw new ArgumentOutOfRangeException(nameof(taskStatus)),
        };
}

internal sealed class SourceViewTable : IEntityTypeConfiguration<SourceView>
{
    public void Configure(EntityTypeBuilder<SourceView> table)
    {
        table.ToTable("source_view", "notifications");
        table.HasKey(v => v.ReferralId);
        table.HasOne<Referral>().WithOne().HasForeignKey<SourceView>(v => v.ReferralId);
    }
}
