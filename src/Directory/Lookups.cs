using MediatR;
using Rms.Core;
using Rms.Core.Keys;

namespace Rms.Directories;

/// <summary>Which listing is meant? Null when none of ours is.</summary>
/// <param name="Reference">The performer's id-referral-target-reference.</param>
/// <param name="ExternalServiceId">Its id-referral-target-external-service, or the HealthcareService's id.</param>
/// <param name="SiteNumber">Its id-site-number; when given, the listing must be of that site.</param>
public sealed record FindListing(string? Reference, string? ExternalServiceId, string? SiteNumber)
    : IRequest<ListingFound?>;

/// <summary>The listing of an id; Problem 404 when there is none.</summary>
public sealed record ListingOf(Guid Id) : IRequest<ListingFound>;

/// <summary>A listing, as those who take messages in or send them need it.</summary>
/// <param name="SelfReferral">like-any, hold or decline.</param>
public sealed record ListingFound(
    Guid Id,
    Guid SiteId,
    string SiteNumber,
    string SiteName,
    string Name,
    string Reference,
    string ExternalServiceId,
    bool IsTest,
    string SelfReferral,
    string? Phone,
    PostalAddress? Address
)
{
    /// <summary>What a patient who refers themselves is told when the listing declines that, in the site's language.</summary>
    public string? SelfReferralMessage { get; init; }

    /// <summary>The site's time zone (IANA): whose day today is.</summary>
    public string TimeZone { get; init; } = "America/Toronto";

    /// <summary>By the form's linkId, the code of our own field (ContentField) that its answer fills.</summary>
    public IReadOnlyDictionary<string, string> FormMapping { get; init; } = ListingRules.NoMapping;

    /// <summary>What a referral to it must have.</summary>
    public IReadOnlyList<CompletenessRule> Completeness { get; init; } = [];
}

/// <summary>The settings of a connection.</summary>
public sealed record ConnectionOf(Guid Id) : IRequest<ConnectionSettings>;

/// <summary>How we and another system talk.</summary>
/// <param name="Endpoint">Where we deliver; null: nowhere yet.</param>
/// <param name="GrantTypeIn">query or body: where grant_type goes when we ask for a token.</param>
/// <param name="ReplyBundleType">Bundle.type of the reply to an add.</param>
/// <param name="AnnounceReceived">v0.11.1: say "received" at once; otherwise with the first decision.</param>
/// <param name="NamingSystem">Base of its NamingSystem URLs, ending with a slash.</param>
public sealed record ConnectionSettings(
    Guid Id,
    Guid SiteId,
    string Name,
    string DisplayName,
    string GuideVersion,
    Uri? Endpoint,
    Uri? TokenEndpoint,
    string GrantTypeIn,
    string? ClientId,
    Secret? ClientSecret,
    bool AllowPrivateAddress,
    string ReplyBundleType,
    bool AnnounceReceived,
    string NamingSystem
)
{
    /// <summary>Answer a revoke with a Task of status cancelled as well (guide 0.11.1: SHOULD).</summary>
    public bool TellRevoked { get; init; } = true;

    /// <summary>Hosts (host, or host:port) from which documents may be fetched, besides the endpoint's own.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Who its referrals come from when a message names nobody.</summary>
    public string? RequesterName { get; init; }
}

/// <summary>The listings of sites, by name.</summary>
public sealed record ListingsOfSites(IReadOnlyList<Guid> Sites) : IRequest<IReadOnlyList<ListingName>>;

/// <summary>A listing to choose.</summary>
public sealed record ListingName(Guid Id, string Name);

/// <summary>The connections of sites.</summary>
public sealed record ConnectionsOfSites(IReadOnlyList<Guid> Sites) : IRequest<IReadOnlyList<Guid>>;

internal sealed class Lookups(Book book, KeyRing keys)
    : IRequestHandler<FindListing, ListingFound?>,
        IRequestHandler<ListingOf, ListingFound>,
        IRequestHandler<ConnectionOf, ConnectionSettings>,
        IRequestHandler<ConnectionsOfSites, IReadOnlyList<Guid>>,
        IRequestHandler<ListingsOfSites, IReadOnlyList<ListingName>>,
        IRequestHandler<NamesOfDirectory, DirectoryNames>
{
    public async Task<ListingFound?> Handle(FindListing request, CancellationToken cancellationToken)
    {
        var pages = await book.Read(cancellationToken);
        var listing =
            pages.Listings.Values.FirstOrDefault(l => l.Reference == request.Reference)
            ?? pages.Listings.Values.FirstOrDefault(l => l.ExternalServiceId == request.ExternalServiceId);
        if (listing is null)
            return null;
        var found = Found(pages, listing);
        return request.SiteNumber is null || request.SiteNumber == found.SiteNumber ? found : null;
    }

    public async Task<ListingFound> Handle(ListingOf request, CancellationToken cancellationToken)
    {
        var pages = await book.Read(cancellationToken);
        return pages.Listings.TryGetValue(request.Id, out var listing)
            ? Found(pages, listing)
            : throw Problem.NotFound();
    }

    public async Task<IReadOnlyList<ListingName>> Handle(
        ListingsOfSites request,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await book.Read(cancellationToken))
                .Listings.Values.Where(l => request.Sites.Contains(l.SiteId))
                .Select(l => new ListingName(l.Id, l.Name))
                .OrderBy(l => l.Name, StringComparer.CurrentCultureIgnoreCase),
        ];

    public async Task<ConnectionSettings> Handle(ConnectionOf request, CancellationToken cancellationToken)
    {
        var connection = (await book.Read(cancellationToken)).Connections[request.Id];
        return new ConnectionSettings(
            connection.Id,
            connection.SiteId,
            connection.Name,
            connection.DisplayName,
            connection.GuideVersion,
            connection.Endpoint is null ? null : new Uri(connection.Endpoint),
            connection.TokenEndpoint is null ? null : new Uri(connection.TokenEndpoint),
            connection.GrantTypeIn,
            connection.ClientId,
            connection.SealedClientSecret is { } secret
                ? new Secret(keys.OpenSecret(connection.Id, Connection.SecretPurpose, secret))
                : null,
            connection.AllowPrivateAddress,
            connection.ReplyBundleType,
            connection.AnnounceReceived,
            connection.NamingSystem
        )
        {
            TellRevoked = connection.TellRevoked,
            AllowedHosts = connection.AllowedHosts,
            RequesterName = string.IsNullOrWhiteSpace(connection.RequesterName) ? null : connection.RequesterName,
        };
    }

    public async Task<IReadOnlyList<Guid>> Handle(ConnectionsOfSites request, CancellationToken cancellationToken)
    {
        var pages = await book.Read(cancellationToken);
        return [.. pages.Connections.Values.Where(c => request.Sites.Contains(c.SiteId)).Select(c => c.Id)];
    }

    public async Task<DirectoryNames> Handle(NamesOfDirectory request, CancellationToken cancellationToken)
    {
        var pages = await book.Read(cancellationToken);
        return new DirectoryNames(
            pages.Sites.ToDictionary(s => s.Key, s => s.Value.Name),
            pages.Listings.ToDictionary(l => l.Key, l => l.Value.Name),
            pages.Connections.ToDictionary(c => c.Key, c => c.Value.DisplayName)
        );
    }

    private static ListingFound Found(Book.Pages pages, Listing listing)
    {
        var site = pages.Sites[listing.SiteId];
        return new ListingFound(
            listing.Id,
            site.Id,
            site.Number,
            site.Name,
            listing.Name,
            listing.Reference,
            listing.ExternalServiceId,
            listing.IsTest,
            listing.SelfReferral,
            listing.Phone,
            listing.AddressLine is null && listing.City is null
                ? null
                : new PostalAddress(
                    "work",
                    listing.AddressLine is null ? [] : [listing.AddressLine],
                    listing.City,
                    listing.Province,
                    listing.PostalCode,
                    null,
                    null
                )
        )
        {
            SelfReferralMessage =
                site.Language == "fr"
                    ? listing.SelfReferralMessageFr ?? listing.SelfReferralMessageEn
                    : listing.SelfReferralMessageEn ?? listing.SelfReferralMessageFr,
            TimeZone = site.TimeZone,
            FormMapping = ListingRules.Mapping(listing.FormMapping),
            Completeness = ListingRules.Completeness(listing.Completeness),
        };
    }
}
