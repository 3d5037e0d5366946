using Rms.Fhir.Model;

namespace Rms.Fhir;

/// <summary>
/// The resources of a bundle by what references may call them. Made in one pass and asked by hash: resolving costs the
/// same in a bundle of ten entries and of ten thousand. It does not see what is added to the bundle later.
/// </summary>
/// <remarks>
/// A resource answers to its entry's fullUrl; to <c>Type/id</c>, from its own id and from the end of an absolute fullUrl;
/// and to its GUID, be it written bare or after <c>urn:uuid:</c>. Where two claim one name, the first has it.
/// </remarks>
public sealed class BundleIndex
{
    private const string Urn = "urn:uuid:";

    private readonly Dictionary<string, Resource> _named;

    /// <summary>Indexes the entries of a bundle.</summary>
    public BundleIndex(Bundle bundle)
        : this(bundle, StringComparer.Ordinal) { }

    internal BundleIndex(Bundle bundle, IEqualityComparer<string> comparer)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        _named = new Dictionary<string, Resource>(bundle.Entry.Count * 2, comparer);
        // Full URLs first: an id never takes a name from the entry that states it.
        foreach (var entry in bundle.Entry)
        {
            if (entry is { FullUrl: { } url, Resource: { } resource })
            {
                _named.TryAdd(Name(url), resource);
            }
        }

        foreach (var entry in bundle.Entry)
        {
            if (entry.Resource is not { } resource)
            {
                continue;
            }

            if (resource.Id is { } id)
            {
                _named.TryAdd($"{resource.ResourceType}/{id}", resource);
            }

            if (entry.FullUrl is { } url && TypeAndId(url) is { IsEmpty: false } tail && !Is(tail, resource))
            {
                _named.TryAdd(tail.ToString(), resource);
            }
        }
    }

    /// <summary>
    /// The resource that a reference names; null when the bundle (or the container) does not hold it.
    /// </summary>
    /// <param name="reference">A relative or absolute URL, <c>urn:uuid:…</c>, a bare GUID, or <c>#id</c>.</param>
    /// <param name="container">The resource in which the reference stands: <c>#id</c> looks into what it contains.</param>
    public Resource? Resolve(string? reference, Resource? container = null)
    {
        if (string.IsNullOrEmpty(reference))
        {
            return null;
        }

        if (reference[0] == '#')
        {
            return Contained(reference, container);
        }

        return _named.TryGetValue(Name(reference), out var resource) ? resource
            : TypeAndId(reference) is { IsEmpty: false } tail && _named.TryGetValue(tail.ToString(), out resource)
                ? resource
            : null;
    }

    /// <summary>The resource that a reference names, if it is of this type.</summary>
    public T? Resolve<T>(Reference? reference, Resource? container = null)
        where T : Resource => Resolve(reference?.ReferenceValue, container) as T;

    private static Resource? Contained(string reference, Resource? container) =>
        reference.Length == 1 ? container
        : container is DomainResource { HasContained: true } domain
            ? domain.Contained.Find(r => r.Id is { } id && id.AsSpan().SequenceEqual(reference.AsSpan(1)))
        : null;

    /// <summary>One spelling for each GUID; anything else as it stands.</summary>
    private static string Name(string url)
    {
        var guid = url.StartsWith(Urn, StringComparison.OrdinalIgnoreCase) ? url.AsSpan(Urn.Length) : url;
        return guid.Length == 36 && Guid.TryParseExact(guid, "D", out var value) ? value.ToString() : url;
    }

    /// <summary>True when the resource answers to this <c>Type/id</c> by its own id already.</summary>
    private static bool Is(ReadOnlySpan<char> typeAndId, Resource resource) =>
        resource.Id is { } id
        && typeAndId.Length == resource.ResourceType.Length + 1 + id.Length
        && typeAndId.StartsWith(resource.ResourceType, StringComparison.Ordinal)
        && typeAndId.EndsWith(id, StringComparison.Ordinal);

    /// <summary>The <c>Type/id</c> with which a URL ends, a version after it left off; empty when it has none.</summary>
    private static ReadOnlySpan<char> TypeAndId(string url)
    {
        var path = url.AsSpan();
        var history = path.IndexOf("/_history/", StringComparison.Ordinal);
        path = history < 0 ? path : path[..history];
        var id = path.LastIndexOf('/');
        if (id <= 0 || id == path.Length - 1)
        {
            return default;
        }

        var type = path[..id].LastIndexOf('/') + 1;
        return char.IsAsciiLetterUpper(path[type]) ? path[type..] : default;
    }
}
