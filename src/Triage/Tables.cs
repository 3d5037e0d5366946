using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Rms.Core;

namespace Rms.Triage;

/// <summary>What a person said of two referrals; the smaller id first.</summary>
internal sealed class RelatedPair
{
    public Guid ReferralA { get; init; }
    public Guid ReferralB { get; init; }
    public string Verdict { get; set; } = "";
    public Guid SaidBy { get; set; }
    public DateTimeOffset SaidAt { get; set; }

    public Guid Other(Guid one) => one == ReferralA ? ReferralB : ReferralA;
}

internal sealed class RelatedPairTable : IEntityTypeConfiguration<RelatedPair>
{
    public void Configure(EntityTypeBuilder<RelatedPair> table)
    {
        table.ToTable("related_pair", "triage");
        table.HasKey(p => new { p.ReferralA, p.ReferralB });
        table.HasOne<Referral>().WithMany().HasForeignKey(p => p.ReferralA);
        table.HasOne<Referral>().WithMany().HasForeignKey(p => p.ReferralB);
    }
}
