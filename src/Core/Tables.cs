using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Rms.Core.Audit;
using Rms.Core.Keys;
using Rms.Core.Messages;

namespace Rms.Core;

/// <summary>Who a referral's patient is: one sealed <see cref="Face"/>, and the tokens that find it.</summary>
public sealed class Demographics
{
    /// <summary>What the face is sealed for.</summary>
    public const string Purpose = "demographics";

    /// <summary>The referral.</summary>
    public Guid ReferralId { get; init; }

    /// <summary>The sealed face.</summary>
    public byte[] Sealed { get; set; } = [];

    /// <summary>Keyed tokens of <see cref="SearchTerms"/>.</summary>
    public long[] Tokens { get; set; } = [];

    /// <summary>Opens the face.</summary>
    public Face Open(DataKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Open(Purpose, Sealed, SealedJson.Default.Face);
    }

    /// <summary>Seals a face and its tokens, in place of what was there.</summary>
    public void Close(Face face, string reference, DataKey key, KeyRing keys)
    {
        ArgumentNullException.ThrowIfNull(face);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(keys);
        Sealed = key.Seal(Purpose, face, SealedJson.Default.Face);
        Tokens = [.. SearchTerms.Of(face.Patient, reference).Select(keys.Token)];
    }
}

internal sealed class ReferralTable : IEntityTypeConfiguration<Referral>
{
    public void Configure(EntityTypeBuilder<Referral> table)
    {
        table.ToTable("referral", "core");
        table.Property(r => r.State).HasConversion<string>();
        // A decision on a stale version updates no row, and is refused.
        table.Property(r => r.Version).IsConcurrencyToken();
        table.HasMany(r => r.History).WithOne().HasForeignKey(s => s.ReferralId);
        table.Navigation(r => r.History).UsePropertyAccessMode(PropertyAccessMode.Field).HasField("_history");
    }
}

internal sealed class ReferralStepTable : IEntityTypeConfiguration<ReferralStep>
{
    public void Configure(EntityTypeBuilder<ReferralStep> table)
    {
        table.ToTable("referral_history", "core");
        table.HasKey(s => new { s.ReferralId, s.Seq });
        table.Property(s => s.Seq).ValueGeneratedNever();
        table.Property(s => s.From).HasColumnName("from_state").HasConversion<string>();
        table.Property(s => s.To).HasColumnName("to_state").HasConversion<string>();
        table.Property(s => s.Action).HasConversion<string>();
        table.Property(s => s.ActorKind).HasConversion<string>();
    }
}

internal sealed class DemographicsTable : IEntityTypeConfiguration<Demographics>
{
    public void Configure(EntityTypeBuilder<Demographics> table)
    {
        table.ToTable("demographics", "core");
        table.HasKey(d => d.ReferralId);
        table.HasOne<Referral>().WithOne().HasForeignKey<Demographics>(d => d.ReferralId);
    }
}

internal sealed class MessageTable : IEntityTypeConfiguration<Message>
{
    public void Configure(EntityTypeBuilder<Message> table)
    {
        table.ToTable("message", "core");
        table.HasOne<Referral>().WithMany().HasForeignKey(m => m.ReferralId);
    }
}

internal sealed class OutboxTable : IEntityTypeConfiguration<OutboxRow>
{
    public void Configure(EntityTypeBuilder<OutboxRow> table)
    {
        table.ToTable("outbox", "core");
        table.Property(o => o.Seq).ValueGeneratedOnAdd();
        table.Property(o => o.Detail).HasColumnType("jsonb");
        table.Property(o => o.State).HasConversion(s => OutboxStates.Text(s), s => OutboxStates.Parse(s));
        table.HasOne<Referral>().WithMany().HasForeignKey(o => o.ReferralId);
    }
}

internal sealed class AuditTable : IEntityTypeConfiguration<AuditRow>
{
    public void Configure(EntityTypeBuilder<AuditRow> table)
    {
        table.ToTable("audit", "core");
        table.Property(a => a.ActorKind).HasConversion<string>();
        table.Property(a => a.Detail).HasColumnType("jsonb");
        table.Property(a => a.RecordedAt).ValueGeneratedOnAdd();
    }
}

internal sealed class DataKeyTable : IEntityTypeConfiguration<DataKeyRow>
{
    public void Configure(EntityTypeBuilder<DataKeyRow> table)
    {
        table.ToTable("data_key", "keys");
        table.HasKey(k => k.OwnerId);
    }
}

internal sealed class MembershipTable : IEntityTypeConfiguration<Membership>
{
    public void Configure(EntityTypeBuilder<Membership> table)
    {
        table.ToTable("membership", "people");
        table.HasKey(m => new
        {
            m.PersonId,
            m.SiteId,
            m.Role,
        });
        table.Property(m => m.Role).HasConversion<string>();
    }
}

internal sealed class DataProtectionKeyTable : IEntityTypeConfiguration<DataProtectionKey>
{
    public void Configure(EntityTypeBuilder<DataProtectionKey> table) => table.ToTable("data_protection_key", "people");
}
