using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Rms.Core;

namespace Rms.Intake;

/// <summary>What the source said of a request, sealed; the demographics lie apart (Core's Demographics).</summary>
internal sealed class Content
{
    public const string Purpose = "content";

    public Guid ReferralId { get; init; }
    public byte[] Sealed { get; set; } = [];
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
