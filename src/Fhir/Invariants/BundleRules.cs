using Rms.Fhir.Model;

namespace Rms.Fhir.Invariants;

/// <summary>The rules of bundles.</summary>
internal static class BundleRules
{
    public static void Check(Bundle bundle, InvariantWalk walk)
    {
        var type = bundle.Type;
        var isHistory = type == BundleTypeCodes.History;
        walk.Hold(
            bundle.Total is null || isHistory || type == BundleTypeCodes.Searchset,
            "bdl-1",
            "Only a search result or a history has a total."
        );
        walk.Hold(
            type == BundleTypeCodes.Searchset || !bundle.Entry.Exists(entry => entry.Search is not null),
            "bdl-2",
            "Only entries of a search result speak of the search."
        );
        var requests = isHistory || type is BundleTypeCodes.Batch or BundleTypeCodes.Transaction;
        walk.Hold(
            bundle.Entry.TrueForAll(entry => entry.Request is not null == requests),
            "bdl-3",
            "Entries have a request in a batch, transaction or history, and only there."
        );
        var responses = isHistory || type is BundleTypeCodes.BatchResponse or BundleTypeCodes.TransactionResponse;
        walk.Hold(
            bundle.Entry.TrueForAll(entry => entry.Response is not null == responses),
            "bdl-4",
            "Entries have a response in the response to a batch or transaction or a history, and only there."
        );
        if (!isHistory)
        {
            UniqueUrls(bundle, walk);
        }

        if (type == BundleTypeCodes.Document)
        {
            Document(bundle, walk);
        }

        if (type == BundleTypeCodes.Message)
        {
            walk.Hold(
                bundle.Entry is [{ Resource: MessageHeader }, ..],
                "bdl-12",
                "A message's first resource is a MessageHeader."
            );
        }
    }

    private static void UniqueUrls(Bundle bundle, InvariantWalk walk)
    {
        var seen = new HashSet<(string, string?)>();
        for (var i = 0; i < bundle.Entry.Count; i++)
        {
            if (bundle.Entry[i] is { FullUrl: { } url, Resource: var resource })
            {
                walk.Hold(
                    seen.Add((url, resource?.Meta?.VersionId)),
                    "bdl-7",
                    "A fullUrl stands once in a bundle, or once for each version.",
                    $"entry[{i}].fullUrl"
                );
            }
        }
    }

    private static void Document(Bundle bundle, InvariantWalk walk)
    {
        walk.Hold(
            bundle.Identifier is { System: not null, Value: not null },
            "bdl-9",
            "A document has an identifier with system and value."
        );
        walk.Hold(bundle.Timestamp is not null, "bdl-10", "A document has a timestamp.");
        walk.Hold(
            bundle.Entry is [{ Resource.ResourceType: "Composition" }, ..],
            "bdl-11",
            "A document's first resource is a Composition."
        );
    }
}
