using System.Net;
using System.Net.Http.Headers;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Core.Http;
using Rms.Core.Keys;
using Rms.Directories;
using Rms.Fhir;
using F = Rms.Fhir.Model;

namespace Rms.Intake.Attached;

/// <summary>What came of an attempt to fetch a document.</summary>
/// <param name="State">Pending: try again.</param>
/// <param name="Bytes">The document, when it is ready.</param>
/// <param name="Error">A code for what went wrong.</param>
/// <param name="Status">The source's HTTP status, where it tells something.</param>
/// <param name="Size">Bytes, as far as known.</param>
/// <param name="RetryAfter">How long the source asked us to wait.</param>
internal sealed record Fetched(
    string State,
    byte[]? Bytes = null,
    string? Error = null,
    int? Status = null,
    long? Size = null,
    TimeSpan? RetryAfter = null
)
{
    public static Fetched Later(string error, int? status = null, TimeSpan? wait = null) =>
        new(AttachmentState.Pending, Error: error, Status: status, RetryAfter: wait);

    public static Fetched Failed(string error, int? status = null) =>
        new(AttachmentState.Failed, Error: error, Status: status);

    public static Fetched Refused(string error, long? size) => new(AttachmentState.Refused, Error: error, Size: size);
}

/// <summary>
/// Gets one document from its source, with the connection's token, only from hosts that the connection allows; each
/// redirect is looked at anew. Holds no transaction.
/// </summary>
internal sealed class Fetching(RmsDb db, KeyRing keys, IMediator mediator, OutboundHttp http)
{
    private const int MostRedirects = 3;

    // A Binary in JSON: base64 and a little around it.
    private const int MostOfJson = Attachments.MostOfOne / 3 * 4 + 64 * 1024;

    /// <summary>Bytes that are left for an attachment of the referral's whole.</summary>
    public static async Task<long> Room(RmsDb db, Attachment row, CancellationToken stop) =>
        Attachments.MostOfAll
        - (
            await db.Set<Attachment>()
                .Where(a => a.ReferralId == row.ReferralId && a.Id != row.Id)
                .Where(a => a.Listed && a.State == AttachmentState.Ready)
                .SumAsync(a => a.Size, stop)
            ?? 0
        );

    public async Task<Fetched> Fetch(Attachment row, CancellationToken stop)
    {
        var keyRow = await db.DataKeys.AsNoTracking().SingleOrDefaultAsync(k => k.OwnerId == row.ReferralId, stop);
        if (keyRow is null)
            return Fetched.Failed("referral-gone");
        var facts = row.Open(keys.Unwrap(keyRow));
        var connection = await mediator.Send(new ConnectionOf(row.ConnectionId), stop);
        if (AllowedAddress.Read(facts.Url, connection) is not { } address)
            return Fetched.Failed("url-invalid");
        var room = await Room(db, row, stop);
        if (room <= 0)
            return Fetched.Refused("referral-too-large", null);
        try
        {
            return await Follow(connection, address, room, stop);
        }
        catch (HttpRequestException e) when (OutboundHttp.WasNotAllowed(e))
        {
            return Fetched.Failed("host-not-allowed");
        }
        catch (HttpRequestException)
        {
            return Fetched.Later("unreachable");
        }
        catch (IOException)
        {
            return Fetched.Later("interrupted");
        }
        catch (TaskCanceledException) when (!stop.IsCancellationRequested)
        {
            return Fetched.Later("timeout");
        }
    }

    private async Task<Fetched> Follow(ConnectionSettings connection, Uri address, long room, CancellationToken stop)
    {
        Secret? refused = null;
        for (var redirects = 0; ; )
        {
            if (!AllowedAddress.Allows(connection, address))
                return Fetched.Failed("host-not-allowed");
            var token = await mediator.Send(new SourceTokenOf(connection.Id, refused), stop);
            if (token.Token is null)
                return Fetched.Later(token.Error ?? "token-refused", wait: token.Wait);
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Token.Value);
            request.Headers.Accept.ParseAdd("*/*");
            // Unpacking what a stranger packed is a way to fill a memory.
            request.Headers.AcceptEncoding.ParseAdd("identity");
            using var response = await http.Send(request, connection.AllowPrivateAddress, stop);
            var status = (int)response.StatusCode;
            switch (response.StatusCode)
            {
                case HttpStatusCode.OK:
                    return await Read(response, room, stop);
                case HttpStatusCode.Unauthorized when refused is null:
                    // A token may have been withdrawn before its time: once with a fresh one.
                    refused = token.Token;
                    break;
                case HttpStatusCode.Moved
                or HttpStatusCode.Found
                or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect
                or HttpStatusCode.PermanentRedirect:
                    if (++redirects > MostRedirects || response.Headers.Location is not { } next)
                        return Fetched.Failed("redirected", status);
                    address = new Uri(address, next);
                    break;
                default:
                    return Judge(response);
            }
        }
    }

    private static Fetched Judge(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        var wait =
            response.Headers.RetryAfter?.Delta
            ?? (response.Headers.RetryAfter?.Date is { } date && response.Headers.Date is { } now ? date - now : null);
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound or HttpStatusCode.Gone => Fetched.Failed("not-found", status),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Fetched.Later("refused-to-us", status, wait),
            HttpStatusCode.RequestTimeout
            or HttpStatusCode.TooManyRequests
            or (HttpStatusCode)425
            or >= HttpStatusCode.InternalServerError => Fetched.Later("busy", status, wait),
            _ => Fetched.Failed("refused", status),
        };
    }

    private static async Task<Fetched> Read(HttpResponseMessage response, long room, CancellationToken stop)
    {
        if (
            response.Content.Headers.ContentEncoding.Any(e => !e.Equals("identity", StringComparison.OrdinalIgnoreCase))
        )
            return Fetched.Failed("unreadable");
        var isFhir =
            response.Content.Headers.ContentType?.MediaType is { } type
            && (
                type.Equals("application/fhir+json", StringComparison.OrdinalIgnoreCase)
                || type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            );
        var most = isFhir ? MostOfJson : Attachments.MostOfOne;
        if (response.Content.Headers.ContentLength is { } said && said > most)
            return Fetched.Refused("too-large", isFhir ? null : said);
        var body = await ReadAtMost(response.Content, most, stop);
        if (body is null)
            return Fetched.Refused("too-large", null);
        var bytes = isFhir ? FromBinary(body) : body;
        return bytes switch
        {
            null => Fetched.Failed("unreadable"),
            { Length: 0 } => Fetched.Failed("empty"),
            { Length: > Attachments.MostOfOne } => Fetched.Refused("too-large", bytes.Length),
            _ when bytes.Length > room => Fetched.Refused("referral-too-large", bytes.Length),
            _ => new Fetched(AttachmentState.Ready, bytes, Size: bytes.Length),
        };
    }

    /// <summary>The whole body, or null as soon as it is longer.</summary>
    private static async Task<byte[]?> ReadAtMost(HttpContent content, int most, CancellationToken stop)
    {
        await using var stream = await content.ReadAsStreamAsync(stop);
        using var body = new MemoryStream((int)Math.Min(content.Headers.ContentLength ?? 0, most));
        var piece = new byte[64 * 1024];
        while (await stream.ReadAsync(piece, stop) is var read and > 0)
        {
            if (body.Length + read > most)
                return null;
            body.Write(piece, 0, read);
        }
        return body.Capacity == body.Length ? body.GetBuffer() : body.ToArray();
    }

    /// <summary>
    /// FHIR answers a $binary or $letter with a Binary, which holds the document in base64. JSON of another kind is the
    /// document itself; an outcome is none.
    /// </summary>
    private static byte[]? FromBinary(byte[] json)
    {
        var read = FhirReader.Read<F.Resource>(json);
        return read.Resource switch
        {
            F.Binary { Data: { } data } => data.Decode(),
            F.Binary or F.OperationOutcome => null,
            _ => json,
        };
    }
}
