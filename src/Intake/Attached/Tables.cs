using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Rms.Core;
using Rms.Core.Keys;

namespace Rms.Intake.Attached;

/// <summary>A document of a referral: its bytes are here (ready), to be fetched (pending), or could not be had.</summary>
internal sealed class Attachment
{
    public const string Purpose = "attachment";

    public Guid Id { get; init; }
    public Guid ReferralId { get; init; }
    public Guid ConnectionId { get; init; }

    /// <summary>What identifies it within its referral, as a keyed hash.</summary>
    public long Key { get; init; }

    /// <summary>Its place among the referral's documents.</summary>
    public int Seq { get; set; }
    public bool IsLetter { get; set; }

    /// <summary>Whether the source's latest message that names documents names it.</summary>
    public bool Listed { get; set; }

    /// <summary>One of <see cref="AttachmentState"/>.</summary>
    public string State { get; set; } = AttachmentState.Pending;

    /// <summary>A code for why it failed, or why the last attempt did.</summary>
    public string? Error { get; set; }
    public int? LastStatus { get; set; }

    /// <summary>The sealed <see cref="AttachmentFacts"/>.</summary>
    public byte[] Sealed { get; init; } = [];

    /// <summary>One of <see cref="FileKind"/>, from the bytes.</summary>
    public string? ContentType { get; set; }
    public long? Size { get; set; }
    public int Attempts { get; set; }
    public DateTimeOffset DueAt { get; set; }

    /// <summary>Since when it is tried: its coming, or a person's wish to try again.</summary>
    public DateTimeOffset DueSince { get; set; }
    public Guid? LeaseId { get; set; }
    public DateTimeOffset? LeaseUntil { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; set; }

    public AttachmentFacts Open(DataKey key) => key.Open(Purpose, Sealed, AttachmentJson.Default.AttachmentFacts);
}

/// <summary>A piece of an attachment's bytes, sealed.</summary>
internal sealed class AttachmentChunk
{
    /// <summary>Bytes of a piece: serving a file never needs more memory than a few of these.</summary>
    public const int Length = 256 * 1024;

    public Guid AttachmentId { get; init; }
    public int Number { get; init; }
    public byte[] Sealed { get; init; } = [];

    public static IEnumerable<AttachmentChunk> Of(Guid attachment, ReadOnlyMemory<byte> bytes, DataKey key)
    {
        for (var (number, start) = (0, 0); start < bytes.Length; number++, start += Length)
        {
            yield return new AttachmentChunk
            {
                AttachmentId = attachment,
                Number = number,
                Sealed = key.Seal(
                    Purpose(attachment, number),
                    bytes.Span.Slice(start, Math.Min(Length, bytes.Length - start))
                ),
            };
        }
    }

    public byte[] Open(DataKey key) => key.Open(Purpose(AttachmentId, Number), Sealed);

    private static string Purpose(Guid attachment, int number) => $"attachment-chunk {attachment} {number}";
}

/// <summary>Where an attachment stands.</summary>
internal static class AttachmentState
{
    /// <summary>To be fetched, for the first time or again.</summary>
    public const string Pending = "pending";

    /// <summary>Its bytes are here.</summary>
    public const string Ready = "ready";

    /// <summary>It could not be had; a person can try again where there is an address.</summary>
    public const string Failed = "failed";

    /// <summary>It is too large, or one too many; trying again would change nothing.</summary>
    public const string Refused = "refused";
}

internal sealed class AttachmentTable : IEntityTypeConfiguration<Attachment>
{
    public void Configure(EntityTypeBuilder<Attachment> table)
    {
        table.ToTable("attachment", "intake");
        table.HasOne<Referral>().WithMany().HasForeignKey(a => a.ReferralId);
    }
}

internal sealed class AttachmentChunkTable : IEntityTypeConfiguration<AttachmentChunk>
{
    public void Configure(EntityTypeBuilder<AttachmentChunk> table)
    {
        table.ToTable("attachment_chunk", "intake");
        table.HasKey(c => new { c.AttachmentId, c.Number });
        table.HasOne<Attachment>().WithMany().HasForeignKey(c => c.AttachmentId);
    }
}
