using System.Security.Cryptography;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Core.Keys;
using Rms.Directories;
using Rms.Intake.FromFhir;
using F = Rms.Fhir.Model;

namespace Rms.Intake.Attached;

/// <summary>
/// Keeps the documents that a message names: those inside it at once, those with an address as work for the
/// <see cref="AttachmentWorker"/>. Whatever is wrong with a document, the referral itself is taken in.
/// </summary>
/// <remarks>
/// Whoever adds, fetches or deletes attachments of a referral first locks the row of its key (<see cref="Hold"/>): so
/// the sum of their sizes is right, and nothing is stored once the referral is forgotten.
/// </remarks>
internal sealed class Attachments(RmsDb db, KeyRing keys, TimeProvider clock) : INotificationHandler<ReferralStepped>
{
    /// <summary>Bytes of one file: 10 MB, as at the sources (Ocean's limits).</summary>
    public const int MostOfOne = 10 * 1024 * 1024;

    /// <summary>Bytes of all files that a referral's source lists: 50 MB, as at the sources.</summary>
    public const int MostOfAll = 50 * 1024 * 1024;

    /// <summary>Documents of one referral. A real one has a handful; a hostile message must not make work for days.</summary>
    public const int MostDocuments = 200;

    private const int LongestText = 300;

    /// <summary>
    /// Adds what is new, knows again what was there, and notes what the source no longer lists. Adds and changes rows;
    /// saves nothing.
    /// </summary>
    /// <param name="message">The message. One without any document says nothing about them.</param>
    /// <param name="referral">The referral, new or known.</param>
    /// <param name="key">Its key.</param>
    /// <param name="connection">Its source: what it may not have fetched is not tried.</param>
    /// <param name="lists">Whether the message lists all documents of the referral.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task Keep(
        Incoming message,
        Referral referral,
        DataKey key,
        ConnectionSettings connection,
        Lists lists,
        CancellationToken stop
    )
    {
        var documents = Named(message).Take(MostDocuments + 1).ToList();
        if (documents.Count == 0)
            return;
        Dictionary<long, Attachment> known = [];
        if (lists != Lists.AllOfNew)
        {
            await Hold(db, referral.Id, stop);
            known = await db.Set<Attachment>()
                .Where(a => a.ReferralId == referral.Id)
                .ToDictionaryAsync(a => a.Key, stop);
        }
        if (lists == Lists.All)
        {
            foreach (var attachment in known.Values)
                attachment.Listed = false;
        }
        var first = lists == Lists.More ? known.Values.Select(a => a.Seq + 1).DefaultIfEmpty().Max() : 0;

        List<(Attachment Attachment, Document Document, bool IsTooMany)> fresh = [];
        foreach (var (document, seq) in documents.Select((d, i) => (d, first + i)))
        {
            var identity = keys.Token($"attachment {referral.Id} {document.Identity}");
            if (!known.TryGetValue(identity, out var attachment))
            {
                // The first one too many stands for all further ones, and says so.
                if (known.Count > MostDocuments)
                    continue;
                attachment = New(referral, key, document, identity);
                known.Add(identity, attachment);
                fresh.Add((attachment, document, known.Count > MostDocuments));
            }
            // Twice in one message is one document, at its first place.
            if (!attachment.Listed)
                (attachment.Listed, attachment.Seq, attachment.IsLetter) = (true, seq, seq == 0 && lists != Lists.More);
        }

        var room = MostOfAll - known.Values.Where(Counts).Sum(a => a.Size ?? 0);
        foreach (var (attachment, document, isTooMany) in fresh)
            room -= Fill(attachment, document, key, connection, room, isTooMany);
    }

    /// <summary>Locks the row of a referral's key until the commit, and reads it; null when the referral is forgotten.</summary>
    public static async Task<DataKeyRow?> Hold(RmsDb db, Guid referral, CancellationToken stop) =>
        (
            await db
                .DataKeys.FromSql($"select * from keys.data_key where owner_id = {referral} for no key update")
                .AsNoTracking()
                .ToListAsync(stop)
        ).SingleOrDefault();

    /// <summary>Whether it takes room of the <see cref="MostOfAll"/>: what the source no longer lists does not.</summary>
    private static bool Counts(Attachment attachment) => attachment is { Listed: true, State: AttachmentState.Ready };

    /// <summary>Consent is withdrawn: the documents go with the step's own commit, whatever a worker is about to store.</summary>
    public async Task Handle(ReferralStepped notification, CancellationToken cancellationToken)
    {
        if (notification.Referral.State != ReferralState.Revoked)
            return;
        if (db.Database.CurrentTransaction is null)
            throw new InvalidOperationException("A revocation is one transaction.");
        await Hold(db, notification.Referral.Id, cancellationToken);
        // The chunks go by their foreign key.
        await db.Set<Attachment>()
            .Where(a => a.ReferralId == notification.Referral.Id)
            .ExecuteDeleteAsync(cancellationToken);
    }

    private Attachment New(Referral referral, DataKey key, Document document, long identity)
    {
        var now = clock.GetUtcNow();
        var facts = new AttachmentFacts(
            Cut(document.Content?.Title ?? document.Reference?.Description),
            document.Bytes is null ? document.Content?.Url : null,
            Cut(document.Content?.ContentType),
            Cut(document.Content?.Creation ?? document.Reference?.Date)
        );
        var attachment = new Attachment
        {
            Id = Ids.New(clock),
            ReferralId = referral.Id,
            ConnectionId = referral.ConnectionId,
            Key = identity,
            Sealed = key.Seal(Attachment.Purpose, facts, AttachmentJson.Default.AttachmentFacts),
            DueAt = now,
            DueSince = now,
            CreatedAt = now,
        };
        db.Add(attachment);
        return attachment;
    }

    /// <summary>Settles where a new attachment stands, and stores its bytes if they are here. Returns how many.</summary>
    private long Fill(
        Attachment attachment,
        Document document,
        DataKey key,
        ConnectionSettings connection,
        long room,
        bool isTooMany
    )
    {
        if (isTooMany)
        {
            End(AttachmentState.Refused, "too-many");
            return 0;
        }
        if (document.Bytes is not { } bytes)
        {
            if (document.IsTooLarge)
                End(AttachmentState.Refused, "too-large", document.Length);
            else if (string.IsNullOrWhiteSpace(document.Content?.Url))
                End(AttachmentState.Failed, "no-content");
            else if (
                AllowedAddress.Read(document.Content.Url, connection) is { } address
                && !AllowedAddress.Allows(connection, address)
            )
                End(AttachmentState.Failed, "host-not-allowed");
            return 0;
        }
        if (bytes.Length == 0)
        {
            End(AttachmentState.Failed, "empty", 0);
            return 0;
        }
        if (bytes.Length > room)
        {
            End(AttachmentState.Refused, "referral-too-large", bytes.Length);
            return 0;
        }
        End(AttachmentState.Ready, null, bytes.Length);
        attachment.ContentType = FileKind.Of(bytes);
        db.AddRange(AttachmentChunk.Of(attachment.Id, bytes, key));
        return bytes.Length;

        void End(string state, string? error, long? size = null) =>
            (attachment.State, attachment.Error, attachment.Size, attachment.FinishedAt) = (
                state,
                error,
                size,
                attachment.CreatedAt
            );
    }

    /// <summary>
    /// The documents of a message, in order: one for each content of each DocumentReference, and what a Communication
    /// carries.
    /// </summary>
    private static IEnumerable<Document> Named(Incoming message)
    {
        foreach (var reference in message.All<F.DocumentReference>())
        {
            if (reference.Content.Count == 0)
                yield return new Document(reference, null, null);
            foreach (var content in reference.Content)
            {
                // Some put the bytes into a Binary of their own beside it.
                var data =
                    content.Attachment?.Data
                    ?? (
                        content.Attachment?.Url is { } url
                            ? message.Resolve<F.Binary>(new F.Reference { ReferenceValue = url })?.Data
                            : null
                    );
                yield return new Document(reference, content.Attachment, data);
            }
        }
        foreach (
            var content in message
                .All<F.Communication>()
                .SelectMany(c => c.Payload)
                .Select(p => p.Content)
                .OfType<F.Attachment>()
        )
            yield return new Document(null, content, content.Data);
    }

    private static string? Cut(string? text) =>
        text is not { Length: > LongestText } ? text
        // Not through the middle of a character.
        : char.IsHighSurrogate(text[LongestText - 1]) ? text[..(LongestText - 1)]
        : text[..LongestText];

    /// <summary>A document as a message names it, with its bytes unless they are too many.</summary>
    private sealed class Document
    {
        public Document(F.DocumentReference? reference, F.Attachment? content, Fhir.FhirBase64? data)
        {
            (Reference, Content, Length) = (reference, content, data?.DecodedLength);
            if (!IsTooLarge)
                Bytes = data?.Decode();
            var id = reference?.Identifier.FirstOrDefault(i => i.Value is not null)?.Value ?? reference?.Id;
            // The same bytes are the same document. An address gives other bytes when what is said of them changes:
            // a letter is written anew at the same address.
            Identity =
                Bytes is not null ? "bytes " + Convert.ToHexString(SHA256.HashData(Bytes))
                : content?.Url is { } url ? $"url {url} {content.Creation} {content.Size} {content.Hash}"
                : $"id {id} {content?.Title} {Length}";
        }

        public F.DocumentReference? Reference { get; }
        public F.Attachment? Content { get; }
        public byte[]? Bytes { get; }
        public int? Length { get; }
        public string Identity { get; }
        public bool IsTooLarge => Length > MostOfOne;
    }
}

/// <summary>What a message's list of documents says of the others.</summary>
internal enum Lists
{
    /// <summary>It is the first message of a referral that is added in the same transaction: none can be here.</summary>
    AllOfNew,

    /// <summary>It names all: what was here and is not named is no longer listed.</summary>
    All,

    /// <summary>They come beside those that are here: a message from the requester.</summary>
    More,
}
