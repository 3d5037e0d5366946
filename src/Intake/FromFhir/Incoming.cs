using System.Security.Cryptography;
using Rms.Core;
using Rms.Fhir;
using Rms.Fhir.Model;

namespace Rms.Intake.FromFhir;

/// <summary>
/// A message bundle by its parts, found once: header, event, version, which referral, for which listing. Where the two
/// guide versions put the same thing in different places, all places are read.
/// </summary>
internal sealed class Incoming
{
    private const int LongestKey = 200;
    private const string EventLogged = "EVENT_LOGGED";
    private readonly BundleIndex _index;

    private Incoming(Bundle bundle, MessageHeader header)
    {
        Bundle = bundle;
        Header = header;
        _index = new BundleIndex(bundle);
        ServiceRequest =
            header.Focus.Select(f => _index.Resolve<ServiceRequest>(f)).FirstOrDefault(r => r is not null)
            ?? All<ServiceRequest>().FirstOrDefault();
    }

    public Bundle Bundle { get; }

    public MessageHeader Header { get; }

    /// <summary>The request in focus, else the only or first one in the bundle.</summary>
    public ServiceRequest? ServiceRequest { get; }

    /// <summary>MessageHeader.eventCoding.code (or of eventUri its last part), as sent.</summary>
    public string? Event =>
        Header.Event switch
        {
            Coding coding => Known(coding.Code),
            FhirPrimitive uri => Known(uri.Text?.Split('#', '/')[^1]),
            _ => null,
        };

    /// <summary>The guide's version by the profile's suffix (message-events: |1.0.0 is v0.10, |1.0.1 v0.11); null: not said.</summary>
    public string? GuideVersion =>
        (Header.Meta?.Profile ?? [])
            .Select(p => Canonical.Split(p).Version)
            .Select(v =>
                v switch
                {
                    "1.0.0" => "0.10.0",
                    "1.0.1" => "0.11.1",
                    _ => null,
                }
            )
            .FirstOrDefault(v => v is not null);

    /// <summary>What its sender wants.</summary>
    public EventKind Kind => MessageEvents.KindOf(Event);

    /// <summary>
    /// When its sender made it: R4 gives a MessageHeader no time of its own, so Bundle.timestamp, else when the header
    /// or the bundle was last updated.
    /// </summary>
    public DateTimeOffset? SentAt =>
        ((string?[])[Bundle.Timestamp, Header.Meta?.LastUpdated, Bundle.Meta?.LastUpdated])
            .Select(t => FhirDate.TryParse(t, out var date) ? date.Moment : null)
            .FirstOrDefault(m => m is not null)
            // The database's times are of UTC.
            ?.ToUniversalTime();

    /// <summary>What MessageHeader.reason hints at, as sent: texts and codes.</summary>
    public IReadOnlyList<string> Hints =>
        Header.Reason is not { } reason
            ? []
            :
            [
                .. reason
                    .Coding.SelectMany(c => (string?[])[c.Display ?? c.Code])
                    .Append(reason.Text)
                    .OfType<string>()
                    .Where(t => !string.IsNullOrWhiteSpace(t))
                    .Select(t => t.Trim())
                    .Distinct(),
            ];

    /// <summary>Its source logged an event and sends everything again: nothing that asks for work (seed: safe to ignore).</summary>
    public bool IsEventLogged =>
        Header.Reason is { } reason && (reason.Text == EventLogged || reason.Coding.Any(c => c.Code == EventLogged));

    /// <summary>The ids at the source of the referrals that this one replaces (ServiceRequest.replaces).</summary>
    public IReadOnlyList<string> Replaces =>
        [
            .. (ServiceRequest?.Replaces ?? [])
                .SelectMany(r => ReferencesOf(r))
                .Select(Known)
                .OfType<string>()
                .Where(r => r != Reference)
                .Distinct(),
        ];

    /// <summary>HTEST on the bundle or on any resource in it, also on one that stands inside another.</summary>
    public bool IsTest => Marked(Bundle);

    /// <summary>The message's own key: MessageHeader.id, else Bundle.id, else the hash of its bytes.</summary>
    public string Key(ReadOnlySpan<byte> body) =>
        Known(Header.Id) ?? Known(Bundle.Id) ?? Convert.ToHexStringLower(SHA256.HashData(body));

    /// <summary>The referral's id at its source (v0.10.0: a string extension, v0.11.1: an identifier), else the request's own.</summary>
    public string? Reference
    {
        get
        {
            var fromHeader = Header.Extension.FirstOrDefault(e => Ends(e.Url, "ext-id-message-header"))?.Value;
            var identifier =
                Header.Extension.FirstOrDefault(e => Ends(e.Url, "ext-referral-identifier"))?.Value as Identifier;
            return Known((fromHeader as FhirPrimitive)?.Text)
                ?? Known(identifier?.Value)
                ?? Known(
                    ServiceRequest?.Identifier.FirstOrDefault(i => Ends(i.System, "id-ereferral-reference"))?.Value
                )
                ?? Known(ServiceRequest?.Identifier.FirstOrDefault(i => i.Value is not null)?.Value)
                ?? Known(ServiceRequest?.Id)
                ?? Known(FullUrlOf(ServiceRequest)?.Split(':', '/')[^1])
                ?? All<Communication>()
                    .SelectMany(c => c.BasedOn)
                    .SelectMany(ReferencesOf)
                    .Select(Known)
                    .FirstOrDefault(r => r is not null);
        }
    }

    /// <summary>The performer's identifiers, from every place that may name it.</summary>
    public IReadOnlyList<Identifier> Performer
    {
        get
        {
            List<Identifier> found = [];
            foreach (
                var performer in (ServiceRequest?.Performer ?? []).Concat(
                    Header.Destination.Select(d => d.Receiver).OfType<Reference>()
                )
            )
            {
                if (performer.Identifier is { } direct)
                    found.Add(direct);
                found.AddRange(
                    _index.Resolve<Resource>(performer) switch
                    {
                        PractitionerRole role => role.Identifier.Concat(
                            role.HealthcareService.SelectMany(s => ServiceIds(_index.Resolve<HealthcareService>(s), s))
                        ),
                        HealthcareService service => ServiceIds(service, performer),
                        _ => ServiceIds(null, performer),
                    }
                );
            }
            return [.. found.Where(i => i.Value is not null).DistinctBy(i => (i.System, i.Value))];
        }
    }

    /// <summary>The value of a performer's identifier whose system ends so (hosts differ between environments).</summary>
    public string? PerformerValue(string systemEnd) => Performer.FirstOrDefault(i => Ends(i.System, systemEnd))?.Value;

    /// <summary>
    /// Reads the parts of a bundle. A bundle that is no message, or a message without header, is refused (422) with all
    /// faults at once.
    /// </summary>
    public static (Incoming? Message, IReadOnlyList<FhirIssue> Faults) Of(Bundle bundle)
    {
        List<FhirIssue> faults = [];
        if (bundle.Type != BundleTypeCodes.Message)
            faults.Add(Fault("Bundle.type", "The Bundle's type must be message.", "not-a-message"));
        var header = bundle.Entry.Select(e => e.Resource).OfType<MessageHeader>().FirstOrDefault();
        if (header is null)
            faults.Add(Fault("Bundle.entry", "The message has no MessageHeader.", "no-message-header"));
        return header is null || faults.Count > 0 ? (null, faults) : (new Incoming(bundle, header), faults);
    }

    /// <summary>A message that was read before, from what is kept of it; null when it is none.</summary>
    public static Incoming? Of(ReadOnlyMemory<byte> kept) =>
        FhirReader.Read<Bundle>(kept, new ReadOptions { MaxBytes = ReceiveMessage.Largest }).Resource is { } bundle
            ? Of(bundle).Message
            : null;

    /// <summary>Whether it says anything of a patient.</summary>
    public bool HasPatient => All<Patient>().Any();

    /// <summary>Who speaks: the header's enterer, author or sender, by name.</summary>
    public string? SaidBy =>
        ((Reference?[])[Header.Enterer, Header.Sender, Header.Author])
            .Select(r => People.Read(this, r, null)?.Name)
            .FirstOrDefault(n => n is not null);

    /// <summary>A fault of the message as a whole.</summary>
    public static FhirIssue Fault(string expression, string text, string key) =>
        new(IssueSeverity.Error, IssueTypeCodes.Required, expression, text, key);

    /// <summary>What stands oddly and is taken in all the same.</summary>
    public IEnumerable<FhirIssue> Oddities()
    {
        if (Bundle.Entry.Count > 0 && Bundle.Entry[0].Resource is not MessageHeader)
        {
            yield return new FhirIssue(
                IssueSeverity.Warning,
                IssueTypeCodes.Structure,
                "Bundle.entry[0].resource",
                "The MessageHeader should be the first entry.",
                "header-not-first"
            );
        }
        if (GuideVersion is null)
        {
            yield return new FhirIssue(
                IssueSeverity.Warning,
                IssueTypeCodes.Value,
                "Bundle.entry[0].resource.meta.profile",
                "The profile names no known guide version; the connection's is taken.",
                "guide-version-unknown"
            );
        }
    }

    /// <summary>The resource that a reference leads to, if it is in the bundle and of that type.</summary>
    /// <param name="container">Where the reference stands, for #id; the request when nothing else is said.</param>
    public T? Resolve<T>(Reference? reference, Resource? container = null)
        where T : Resource => reference is null ? null : _index.Resolve<T>(reference, container ?? ServiceRequest);

    /// <summary>All resources of a type, in order.</summary>
    public IEnumerable<T> All<T>()
        where T : Resource => Bundle.Entry.Select(e => e.Resource).OfType<T>();

    /// <summary>The fullUrl under which a resource stands.</summary>
    public string? FullUrlOf(Resource? resource) =>
        resource is null ? null : Bundle.Entry.FirstOrDefault(e => ReferenceEquals(e.Resource, resource))?.FullUrl;

    /// <summary>Whether a URI ends so; sources' hosts differ between environments.</summary>
    public static bool Ends(string? uri, string end) =>
        uri is not null && uri.EndsWith(end, StringComparison.OrdinalIgnoreCase);

    private IEnumerable<string?> ReferencesOf(Reference reference)
    {
        yield return reference.Identifier?.Value;
        if (_index.Resolve<ServiceRequest>(reference) is { } other)
        {
            foreach (var identifier in other.Identifier)
                yield return identifier.Value;
            yield return other.Id;
        }
        yield return reference.ReferenceValue?.Split(':', '/')[^1];
    }

    private static IEnumerable<Identifier> ServiceIds(HealthcareService? service, Reference reference)
    {
        const string External = "id-referral-target-external-service";
        // The guide uses the External Service ID as HealthcareService.id.
        var id =
            service?.Id
            ?? (
                reference.ReferenceValue is { } text && text.Contains("HealthcareService/", StringComparison.Ordinal)
                    ? text.Split('/')[^1]
                    : null
            );
        return (service?.Identifier ?? []).Concat(id is null ? [] : [new Identifier { System = External, Value = id }]);
    }

    private static bool Marked(Resource? resource) =>
        resource switch
        {
            null => false,
            UnknownResource unknown => Unmodelled.IsLabelled(unknown, "HTEST"u8),
            Bundle bundle => Marked(bundle.Meta) || bundle.Entry.Exists(e => Marked(e.Resource)),
            DomainResource { HasContained: true } domain => Marked(domain.Meta) || domain.Contained.Exists(Marked),
            _ => Marked(resource.Meta),
        };

    // A security label by the guide; as a tag the code can mean nothing else.
    private static bool Marked(Meta? meta) =>
        meta is not null && (meta.Security.Exists(s => s.Code == "HTEST") || meta.Tag.Exists(t => t.Code == "HTEST"));

    /// <summary>Text fit for a column: null when there is none, or when it could not be told apart from another.</summary>
    private static string? Known(string? text) =>
        text is { Length: <= LongestKey }
        && !string.IsNullOrWhiteSpace(text)
        && !text.Any(char.IsControl)
        && !text.Any(char.IsSurrogate)
            ? text
            : null;
}
