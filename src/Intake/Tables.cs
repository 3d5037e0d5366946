using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Rms.Core;
using Rms.Core.Messages;

namespace Rms.Intake;

/// <summary>What the source said of a request, sealed; the demographics lie apart (Core's Demographics).</summary>
internal sealed class Content
{
    public const string Purpose = "content";

    public Guid ReferralId { get; init; }
    public byte[] Sealed { get; set; } = [];
}

/// <summary>What an update changed: a sealed <see cref="SourceChange"/>.</summary>
internal sealed class Change
{
    public const string Purpose = "change";

    public Guid Id { get; init; }
    public Guid ReferralId { get; init; }
    public Guid MessageId { get; init; }
    public int Step { get; init; }
    public DateTimeOffset At { get; init; }
    public byte[] Sealed { get; init; } = [];
    public DateTimeOffset? NotedAt { get; set; }
    public Guid? NotedBy { get; set; }
}

/// <summary>What the requester wrote: a sealed <see cref="WrittenMessage"/>.</summary>
internal sealed class RequesterMessage
{
    public const string Purpose = "communication";

    public Guid Id { get; init; }
    public Guid ReferralId { get; init; }
    public Guid MessageId { get; init; }
    public DateTimeOffset At { get; init; }
    public byte[] Sealed { get; init; } = [];
    public DateTimeOffset? NotedAt { get; set; }
    public Guid? NotedBy { get; set; }
}

internal sealed class ContentTable : IEntityTypeConfiguration<Content>
{
    public void Configure(EntityTypeBuilder<Content> table)
    {
        table.ToTable("content", "intake");
        table.HasKey(c => c.ReferralId);
        table.HasOne<Referral>().WithOne().HasForeignKey<Content>(c => c.ReferralId);
    }
}

internal sealed class ChangeTable : IEntityTypeConfiguration<Change>
{
    public void Configure(EntityTypeBuilder<Change> table)
    {
        table.ToTable("change", "intake");
        table.HasOne<Referral>().WithMany().HasForeignKey(c => c.ReferralId);
        table.HasOne<Message>().WithMany().HasForeignKey(c => c.MessageId);
        table.HasOne<Person>().WithMany().HasForeignKey(c => c.NotedBy);
    }
}

internal sealed class RequesterMessageTable : IEntityTypeConfiguration<RequesterMessage>
{
    public void Configure(EntityTypeBuilder<RequesterMessage> table)
    {
        table.ToTable("communication", "intake");
        table.HasOne<Referral>().WithMany().HasForeignKey(c => c.ReferralId);
        table.HasOne<Message>().WithMany().HasForeignKey(c => c.MessageId);
        table.HasOne<Person>().WithMany().HasForeignKey(c => c.NotedBy);
    }
}
