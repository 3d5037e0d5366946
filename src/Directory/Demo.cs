using MediatR;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Core.Keys;

namespace Rms.Directories;

/// <summary>
/// Sets up the demonstration's site, listings and connections, or brings their addresses up to date. Returns the
/// site's id.
/// </summary>
/// <param name="Endpoint">Where both connections deliver.</param>
/// <param name="TokenEndpoint">Where they get their tokens.</param>
public sealed record SetUpDemo(Uri Endpoint, Uri TokenEndpoint) : IRequest<Guid>;

/// <summary>Closes the demonstration's connections, in an installation that no longer runs as one.</summary>
public sealed record CloseDemo() : IRequest<int>;

internal sealed class Demo(RmsDb db, Book book, KeyRing keys, TimeProvider clock)
    : IRequestHandler<SetUpDemo, Guid>,
        IRequestHandler<CloseDemo, int>
{
    private static readonly (string Name, string Version, string Display)[] Connections =
    [
        ("demo-source-v10", "0.10.0", "Demo source (v0.10.0)"),
        ("demo-source-v11", "0.11.1", "Demo source (v0.11.1)"),
    ];

    private static readonly (string Name, string Reference, string External, bool Test, string Self)[] Listings =
    [
        ("Cardiology", "demo-cardiology", "1001", false, "like-any"),
        ("Diagnostic imaging", "demo-imaging", "1002", false, "like-any"),
        ("Physiotherapy", "demo-physio", "1003", false, "hold"),
        ("Test listing", "demo-test", "1004", true, "like-any"),
    ];

    // What the demonstration's listings ask of a referral.
    private const string CardiologyAsks = """
        [{"kind": "attachment", "key": "ECG", "label_en": "ECG", "label_fr": "ECG", "within_days": 183},
         {"kind": "field", "key": "request.reason"}]
        """;
    private const string PhysiotherapyAsks = """[{"kind": "field", "key": "patient.phone"}]""";

    public async Task<Guid> Handle(SetUpDemo request, CancellationToken cancellationToken)
    {
        var site = await db.Set<Site>().SingleOrDefaultAsync(s => s.Number == "4100", cancellationToken);
        if (site is null)
        {
            site = new Site
            {
                Id = Ids.New(clock),
                Number = "4100",
                Name = "Lakeside Specialists (demo)",
                TimeZone = "America/Toronto",
                Language = "en",
            };
            db.Add(site);
        }
        foreach (var (name, reference, external, test, self) in Listings)
        {
            if (await db.Set<Listing>().AnyAsync(l => l.Reference == reference, cancellationToken))
                continue;
            db.Add(
                new Listing
                {
                    Id = Ids.New(clock),
                    SiteId = site.Id,
                    Name = name,
                    Reference = reference,
                    ExternalServiceId = external,
                    IsTest = test,
                    SelfReferral = self,
                    Completeness = reference switch
                    {
                        "demo-cardiology" => CardiologyAsks,
                        "demo-physio" => PhysiotherapyAsks,
                        _ => "[]",
                    },
                    Phone = "416-555-0140",
                    AddressLine = "410 Harbour Street",
                    City = "Toronto",
                    Province = "ON",
                    PostalCode = "M5V 0A1",
                }
            );
        }
        foreach (var (name, version, display) in Connections)
            await SetUp(site, name, version, display, request, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        book.Forget();
        return site.Id;
    }

    public async Task<int> Handle(CloseDemo request, CancellationToken cancellationToken)
    {
        var names = Connections.Select(c => c.Name).ToArray();
        var now = clock.GetUtcNow();
        return await db.Set<Credential>()
            .Where(c => db.Set<Connection>().Any(d => d.Id == c.ConnectionId && names.Contains(d.Name)))
            .Where(c => c.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.RevokedAt, now), cancellationToken);
    }

    private async Task SetUp(
        Site site,
        string name,
        string version,
        string display,
        SetUpDemo request,
        CancellationToken stop
    )
    {
        var connection = await db.Set<Connection>().SingleOrDefaultAsync(c => c.Name == name, stop);
        if (connection is null)
        {
            connection = new Connection
            {
                Id = Ids.New(clock),
                SiteId = site.Id,
                Name = name,
                DisplayName = display,
                GuideVersion = version,
                MaySend = true,
                GrantTypeIn = "query",
                ClientId = name,
                ReplyBundleType = "collection",
                AnnounceReceived = true,
                NamingSystem = "https://source.demo.example/svc/fhir/v1/NamingSystem/",
            };
            connection.SealedClientSecret = keys.SealSecret(connection.Id, Connection.SecretPurpose, name + "-secret");
            db.Add(connection);
        }
        connection.Endpoint = request.Endpoint.AbsoluteUri;
        connection.TokenEndpoint = request.TokenEndpoint.AbsoluteUri;
        connection.AllowPrivateAddress = true;

        // Every manner, and so fast that a load test of the demonstration is not held up.
        (connection.AllowOauth2, connection.AllowBasic, connection.AllowApiKey) = (true, true, true);
        (connection.RatePerSecond, connection.RateBurst) = (5_000, 10_000);

        var key = name + "-key";
        var keyHash = Senders.HashOf(new Secret(key));
        var credentials = await db.Set<Credential>()
            .Where(c => c.ClientId == name || c.KeyHash == keyHash)
            .ToListAsync(stop);
        foreach (var credential in credentials)
            credential.RevokedAt = null;
        if (!credentials.Exists(c => c.Kind == CredentialKinds.Client))
        {
            db.Add(
                new Credential
                {
                    Id = Ids.New(clock),
                    ConnectionId = connection.Id,
                    ClientId = name,
                    SecretHash = Senders.HashOf(name + "-secret"),
                    CreatedAt = clock.GetUtcNow(),
                }
            );
        }
        if (!credentials.Exists(c => c.Kind == CredentialKinds.ApiKey))
        {
            db.Add(
                new Credential
                {
                    Id = Ids.New(clock),
                    ConnectionId = connection.Id,
                    Kind = CredentialKinds.ApiKey,
                    KeyHash = keyHash,
                    Hint = key[^4..],
                    CreatedAt = clock.GetUtcNow(),
                }
            );
        }
    }
}
