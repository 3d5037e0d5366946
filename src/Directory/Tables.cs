using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Rms.Directories;

internal sealed class Site
{
    public Guid Id { get; init; }
    public string Number { get; init; } = "";
    public string Name { get; set; } = "";
    public string TimeZone { get; set; } = "";
    public string Language { get; set; } = "";
}

internal sealed class Listing
{
    public Guid Id { get; init; }
    public Guid SiteId { get; init; }
    public string Name { get; set; } = "";
    public string Reference { get; init; } = "";
    public string ExternalServiceId { get; init; } = "";
    public bool IsTest { get; set; }
    public string SelfReferral { get; set; } = "";
    public string? Phone { get; set; }
    public string? AddressLine { get; set; }
    public string? City { get; set; }
    public string? Province { get; set; }
    public string? PostalCode { get; set; }
    public string? SelfReferralMessageEn { get; set; }
    public string? SelfReferralMessageFr { get; set; }
    public string FormMapping { get; set; } = "{}";
    public string Completeness { get; set; } = "[]";
}

internal sealed class Connection
{
    public const string SecretPurpose = "connection-secret";

    public Guid Id { get; init; }
    public Guid SiteId { get; init; }
    public string Name { get; init; } = "";
    public string DisplayName { get; set; } = "";
    public string GuideVersion { get; set; } = "";
    public bool MaySend { get; set; }
    public string? Endpoint { get; set; }
    public string? TokenEndpoint { get; set; }
    public string GrantTypeIn { get; set; } = "";
    public string? ClientId { get; set; }
    public byte[]? SealedClientSecret { get; set; }
    public bool AllowPrivateAddress { get; set; }
    public string ReplyBundleType { get; set; } = "";
    public bool AnnounceReceived { get; set; }
    public bool TellRevoked { get; set; } = true;
    public string NamingSystem { get; set; } = "";
    public string[] AllowedHosts { get; set; } = [];
    public string? RequesterName { get; set; }
    public bool AllowOauth2 { get; set; }
    public bool AllowBasic { get; set; }
    public bool AllowApiKey { get; set; }
    public int RatePerSecond { get; set; }
    public int RateBurst { get; set; }
}

internal sealed class Credential
{
    public Guid Id { get; init; }
    public Guid ConnectionId { get; init; }
    public string Kind { get; init; } = CredentialKinds.Client;
    public string? ClientId { get; init; }
    public string? SecretHash { get; init; }
    public byte[]? KeyHash { get; init; }
    public string? Hint { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? LastUsedAt { get; init; }
    public DateTimeOffset? RevokedAt { get; set; }
    public int Failures { get; init; }
    public DateTimeOffset? LockedUntil { get; init; }
}

internal sealed class AccessToken
{
    public byte[] Hash { get; init; } = [];
    public Guid ConnectionId { get; init; }
    public Guid CredentialId { get; init; }
    public DateTimeOffset IssuedAt { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
}

internal sealed class SiteTable : IEntityTypeConfiguration<Site>
{
    public void Configure(EntityTypeBuilder<Site> table) => table.ToTable("site", "directory");
}

internal sealed class ListingTable : IEntityTypeConfiguration<Listing>
{
    public void Configure(EntityTypeBuilder<Listing> table)
    {
        table.ToTable("listing", "directory");
        table.Property(l => l.FormMapping).HasColumnType("jsonb");
        table.Property(l => l.Completeness).HasColumnType("jsonb");
        table.HasOne<Site>().WithMany().HasForeignKey(l => l.SiteId);
    }
}

internal sealed class ConnectionTable : IEntityTypeConfiguration<Connection>
{
    public void Configure(EntityTypeBuilder<Connection> table)
    {
        table.ToTable("connection", "directory");
        table.HasOne<Site>().WithMany().HasForeignKey(c => c.SiteId);
    }
}

internal sealed class CredentialTable : IEntityTypeConfiguration<Credential>
{
    public void Configure(EntityTypeBuilder<Credential> table)
    {
        table.ToTable("credential", "directory");
        table.HasOne<Connection>().WithMany().HasForeignKey(c => c.ConnectionId);
    }
}

internal sealed class AccessTokenTable : IEntityTypeConfiguration<AccessToken>
{
    public void Configure(EntityTypeBuilder<AccessToken> table)
    {
        table.ToTable("access_token", "directory");
        table.HasKey(t => t.Hash);
        table.HasOne<Credential>().WithMany().HasForeignKey(t => t.CredentialId);
        table.HasOne<Connection>().WithMany().HasForeignKey(t => t.ConnectionId);
    }
}
