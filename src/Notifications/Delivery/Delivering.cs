using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Core.Http;
using Rms.Core.Keys;
using Rms.Core.Messages;
using Rms.Directories;
using Rms.Fhir;
using Rms.Fhir.Model;
using Rms.Notifications.ToFhir;

namespace Rms.Notifications.Delivery;

/// <summary>Where our own addresses begin: the base of the links and full URLs that we send.</summary>
internal sealed record PublicAddress(string Url);

/// <summary>
/// Sends one owed message to the connection's own endpoint (never to one that a message names). Built once, then the
/// same bytes at every attempt.
/// </summary>
internal sealed class Delivering(
    RmsDb db,
    KeyRing keys,
    IMediator mediator,
    SourceTokens tokens,
    OutboundHttp http,
    PublicAddress ours
) : IRequestHandler<Deliver, DeliveryResult>
{
    private const int LongestAnswer = 256 * 1024;

    public async Task<DeliveryResult> Handle(Deliver request, CancellationToken cancellationToken)
    {
        var row = request.Row;
        var connection = await mediator.Send(new ConnectionOf(row.ReceiverId), cancellationToken);
        if (connection.Endpoint is not { } endpoint)
            return new DeliveryResult(OutboxState.Due, null, "no-endpoint");
        var keyRow = await db
            .DataKeys.AsNoTracking()
            .SingleOrDefaultAsync(k => k.OwnerId == row.ReferralId, cancellationToken);
        if (keyRow is null)
        {
            return await BuildFarewell(row, connection, cancellationToken) is { } farewell
                ? await Send(connection, endpoint, row.Id, farewell, cancellationToken)
                : new DeliveryResult(OutboxState.NotNeeded, null, "referral-gone");
        }
        var key = keys.Unwrap(keyRow);

        byte[] body;
        if (row.SealedBody is { } kept)
        {
            body = key.Open(OutboxRow.BodyPurpose, kept);
        }
        else
        {
            var built = await Build(row, key, connection, cancellationToken);
            if (built is not { } message)
                return new DeliveryResult(OutboxState.NotNeeded, null, "already-shown");
            body = message.Body;
            if (!await request.Keep(key.Seal(OutboxRow.BodyPurpose, body), message.Event))
                return new DeliveryResult(OutboxState.Due, null, "lease-lost");
        }
        return await Send(connection, endpoint, row.Id, body, cancellationToken);
    }

    /// <summary>The message, or null when the source already shows what it would say.</summary>
    private async Task<(byte[] Body, string Event)?> Build(
        OutboxRow row,
        DataKey key,
        ConnectionSettings connection,
        CancellationToken stop
    )
    {
        var tell = JsonSerializer.Deserialize<StatusToTell>(row.Detail)!;
        var referral = await db.Referrals.AsNoTracking().SingleAsync(r => r.Id == row.ReferralId, stop);
        var view = await db.Set<SourceView>().AsNoTracking().SingleAsync(v => v.ReferralId == row.ReferralId, stop);
        var mustIntroduce = referral.GuideVersion == Guide.V11 && !view.Introduced;
        if (Shown.For(tell.Status) == view.Shows && !mustIntroduce)
            return null;
        var step = await db
            .Steps.AsNoTracking()
            .SingleAsync(s => s.ReferralId == row.ReferralId && s.Seq == tell.Step, stop);
        var content = await mediator.Send(new ReferralContentOf(row.ReferralId), stop);
        var listing = await mediator.Send(new ListingOf(referral.ListingId), stop);
        var name = Guide.EventFor(referral.GuideVersion, view.Introduced);
        var body = new StatusMessage(referral, content, listing, connection).Build(
            new StatusToSend(
                row.Id,
                name,
                tell.Status,
                step.SealedReason is null ? null : key.OpenText(ReferralStep.ReasonPurpose, step.SealedReason),
                step.At,
                ours.Url
            )
        );
        return (body, name);
    }

    /// <summary>
    /// That a revoked referral is gone: a message without a patient. It is made of what is left, so that it comes out
    /// the same at every attempt, and nothing is kept of it. Null for anything else that was owed.
    /// </summary>
    private async Task<byte[]?> BuildFarewell(OutboxRow row, ConnectionSettings connection, CancellationToken stop)
    {
        var tell = JsonSerializer.Deserialize<StatusToTell>(row.Detail)!;
        var referral = await db.Referrals.AsNoTracking().SingleAsync(r => r.Id == row.ReferralId, stop);
        var step = await db
            .Steps.AsNoTracking()
            .SingleAsync(s => s.ReferralId == row.ReferralId && s.Seq == tell.Step, stop);
        if (step.Action != LifecycleAction.Revoke)
            return null;
        var listing = await mediator.Send(new ListingOf(referral.ListingId), stop);
        return new StatusMessage(referral, ReferralContent.Empty, listing, connection).Build(
            new StatusToSend(row.Id, row.Event, tell.Status, null, step.At, ours.Url)
        );
    }

    private async Task<DeliveryResult> Send(
        ConnectionSettings connection,
        Uri endpoint,
        Guid id,
        byte[] body,
        CancellationToken stop
    )
    {
        string? refused = null;
        // Twice at most: a token may have been withdrawn before its time.
        for (var tries = 1; ; tries++)
        {
            var (token, error, wait) = await tokens.For(connection, refused, stop);
            if (token is null)
                return new DeliveryResult(OutboxState.Due, null, error, wait);
            using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            request.Headers.Accept.ParseAdd("application/fhir+json");
            request.Headers.TryAddWithoutValidation("X-Request-Id", id.ToString());
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json", "utf-8");
            try
            {
                using var response = await http.Send(request, connection.AllowPrivateAddress, stop);
                if (response.StatusCode == HttpStatusCode.Unauthorized)
                {
                    if (tries > 1)
                        return new DeliveryResult(OutboxState.Due, 401, "refused-to-us", tokens.Refused(connection));
                    refused = token;
                    continue;
                }
                tokens.Taken(connection);
                return await Judge(response, stop);
            }
            catch (HttpRequestException e)
            {
                return new DeliveryResult(OutboxState.Due, null, "unreachable-" + e.HttpRequestError);
            }
            catch (TaskCanceledException) when (!stop.IsCancellationRequested)
            {
                return new DeliveryResult(OutboxState.Due, null, "timeout");
            }
        }
    }

    private static async Task<DeliveryResult> Judge(HttpResponseMessage response, CancellationToken stop)
    {
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
            return new DeliveryResult(OutboxState.Delivered, status, null);
        var wait =
            response.Headers.RetryAfter?.Delta
            ?? (response.Headers.RetryAfter?.Date is { } date && response.Headers.Date is { } now ? date - now : null);
        switch (response.StatusCode)
        {
            case HttpStatusCode.Forbidden:
                return new DeliveryResult(OutboxState.Due, status, "refused-to-us", wait);
            case HttpStatusCode.RequestTimeout
            or HttpStatusCode.TooManyRequests
            or (HttpStatusCode)425
            or >= HttpStatusCode.InternalServerError:
                // Ocean answers 5xx to a status that it already shows, too.
                return await AlreadyShown(response, stop)
                    ? new DeliveryResult(OutboxState.Delivered, status, "already-shown")
                    : new DeliveryResult(OutboxState.Due, status, "busy", wait);
            default:
                return await AlreadyShown(response, stop)
                    ? new DeliveryResult(OutboxState.Delivered, status, "already-shown")
                    : new DeliveryResult(OutboxState.Dead, status, "refused");
        }
    }

    /// <summary>Whether the source says that it has this status already: then it has been told.</summary>
    private static async Task<bool> AlreadyShown(HttpResponseMessage response, CancellationToken stop)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(LongestAnswer, stop);
            var read = FhirReader.Read<OperationOutcome>(await response.Content.ReadAsByteArrayAsync(stop));
            return read.Resource is { } outcome
                && outcome
                    .Issue.SelectMany(i => (string?[])[i.Details?.Text, i.Diagnostics])
                    .Any(t =>
                        t?.Contains("already in the requested status", StringComparison.OrdinalIgnoreCase) == true
                    );
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
