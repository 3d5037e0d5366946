using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace Rms.Core.Audit;

/// <summary>Who saw or changed what, and when: ids and codes only. Rows are only ever added.</summary>
public sealed class AuditRow
{
    /// <summary>Our id.</summary>
    public Guid Id { get; init; }

    /// <summary>When, by the application's clock.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>When, by the database's clock.</summary>
    public DateTimeOffset RecordedAt { get; init; }

    /// <summary>What sort of party.</summary>
    public ActorKind ActorKind { get; init; }

    /// <summary>Which person or connection.</summary>
    public Guid? ActorId { get; init; }

    /// <summary>What was done: a code.</summary>
    public string Action { get; init; } = "";

    /// <summary>The referral.</summary>
    public Guid? ReferralId { get; init; }

    /// <summary>The site.</summary>
    public Guid? SiteId { get; init; }

    /// <summary>Further ids and codes, as JSON.</summary>
    public string? Detail { get; init; }
}

/// <summary>Adds audit rows to the present unit of work.</summary>
public static class AuditTrail
{
    /// <summary>Adds a row; it is saved with whatever it tells of.</summary>
    /// <param name="audit">The rows.</param>
    /// <param name="by">Who acts.</param>
    /// <param name="action">What is done: a code such as <c>referral-viewed</c>.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="referral">The referral, if it is about one.</param>
    /// <param name="detail">Further ids and codes; never patient data.</param>
    public static void Record(
        this DbSet<AuditRow> audit,
        Actor by,
        string action,
        TimeProvider clock,
        Referral? referral = null,
        params ReadOnlySpan<(string Name, string Value)> detail
    ) => Add(audit, by, action, clock, referral?.Id, referral?.SiteId, detail);

    /// <summary>Adds a row about a site's own settings.</summary>
    public static void RecordOfSite(
        this DbSet<AuditRow> audit,
        Actor by,
        string action,
        TimeProvider clock,
        Guid site,
        params ReadOnlySpan<(string Name, string Value)> detail
    ) => Add(audit, by, action, clock, null, site, detail);

    private static void Add(
        DbSet<AuditRow> audit,
        Actor by,
        string action,
        TimeProvider clock,
        Guid? referral,
        Guid? site,
        ReadOnlySpan<(string Name, string Value)> detail
    )
    {
        ArgumentNullException.ThrowIfNull(audit);
        ArgumentNullException.ThrowIfNull(by);
        ArgumentNullException.ThrowIfNull(clock);
        Dictionary<string, string>? details = null;
        foreach (var (name, value) in detail)
            (details ??= []).Add(name, value);
        audit.Add(
            new AuditRow
            {
                Id = Ids.New(clock),
                At = clock.GetUtcNow(),
                ActorKind = by.Kind,
                ActorId = by.Id,
                Action = action,
                ReferralId = referral,
                SiteId = site,
                Detail = details is null ? null : JsonSerializer.Serialize(details),
            }
        );
    }
}
