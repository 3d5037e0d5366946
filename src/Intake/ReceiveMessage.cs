using MediatR;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Core.Keys;
using Rms.Core.Messages;
using Rms.Directories;
using Rms.Fhir;
using Rms.Fhir.Model;
using Rms.Intake.FromFhir;

namespace Rms.Intake;

/// <summary>
/// A message arrived from a connection. It is handled once and kept, whatever it is. A message that can't be taken in
/// is a <see cref="Problem"/> with every issue and its path: 400 when it can't be read, 409 when its id was used for
/// another, 422 when it is no message.
/// </summary>
/// <param name="ConnectionId">Who sent it.</param>
/// <param name="Body">Its bytes.</param>
public sealed record ReceiveMessage(Guid ConnectionId, ReadOnlyMemory<byte> Body) : IRequest<Reply>
{
    /// <summary>Bytes: 50 MB of attachments, in base64, with room for the rest.</summary>
    public const long Largest = 72 * 1024 * 1024;
}

/// <summary>Keeps a message that was refused, with the answer that it got.</summary>
public sealed record KeepRefused(Guid ConnectionId, ReadOnlyMemory<byte> Body, Problem Problem, byte[] Answer)
    : IRequest<Unit>;

internal sealed class Receiving(Inbox inbox, IMediator mediator)
    : IRequestHandler<ReceiveMessage, Reply>,
        IRequestHandler<KeepRefused, Unit>
{
    private static readonly ReadOptions Options = new() { MaxBytes = ReceiveMessage.Largest };

    public async Task<Reply> Handle(ReceiveMessage request, CancellationToken cancellationToken)
    {
        var read = FhirReader.Read<Bundle>(request.Body, Options);
        if (read.Resource is not { } bundle || read.HasErrors)
            throw Refused("message.unreadable", 400, null, read.Issues);
        var (message, faults) = Incoming.Of(bundle);
        if (message is null)
            throw Refused("message.not-a-message", 422, null, [.. faults, .. read.Issues]);
        var isAdd = message.Event == "add-service-request";
        if (isAdd && message.ServiceRequest is null)
        {
            var missing = Incoming.Fault(
                "Bundle.entry",
                "add-service-request needs a ServiceRequest.",
                "no-service-request"
            );
            throw Refused("message.no-service-request", 422, message, [missing, .. read.Issues]);
        }

        var connection = await mediator.Send(new ConnectionOf(request.ConnectionId), cancellationToken);
        List<FhirIssue> issues = [.. read.Issues, .. message.Oddities()];
        var inbound = new Inbound(
            request.ConnectionId,
            message.Key(request.Body.Span),
            message.Event,
            message.GuideVersion ?? connection.GuideVersion,
            request.Body,
            [.. issues.Select(Kept)]
        );
        try
        {
            return await inbox.Once(
                inbound,
                stop =>
                    isAdd
                        ? mediator.Send(new AddServiceRequest(message, inbound, connection), stop)
                        : mediator.Send(new SetAside(message, inbound), stop),
                cancellationToken
            );
        }
        catch (Problem used) when (used.Code == "message.id-reused")
        {
            throw Refused(used.Code, used.Status, message, []);
        }
    }

    public async Task<Unit> Handle(KeepRefused request, CancellationToken cancellationToken)
    {
        await inbox.Refuse(
            new Inbound(
                request.ConnectionId,
                "",
                request.Problem.Values.GetValueOrDefault("event"),
                request.Problem.Values.GetValueOrDefault("version"),
                request.Body,
                request.Problem.Issues
            ),
            request.Problem.Status,
            request.Problem.Code,
            request.Answer,
            // What speaks of a referral that we know is forgotten with it.
            await mediator.Send(
                new ReferralBySource(request.ConnectionId, request.Problem.Values.GetValueOrDefault("reference")),
                cancellationToken
            ),
            cancellationToken
        );
        return Unit.Value;
    }

    private static Problem Refused(string code, int status, Incoming? message, IReadOnlyList<FhirIssue> issues)
    {
        Dictionary<string, string> values = [];
        if (message?.Event is { } name)
            values["event"] = name;
        if (message?.GuideVersion is { } version)
            values["version"] = version;
        if (message?.Reference is { } reference)
            values["reference"] = reference;
        return new Problem(code, status, values) { Issues = [.. issues.Select(Kept)] };
    }

    private static MessageIssue Kept(FhirIssue issue) =>
        new(FhirIssues.SeverityCode(issue.Severity), issue.Code, issue.Expression, issue.Text);
}

/// <summary>A message whose event has no use here yet: kept with its referral, if we know it, for a person to see.</summary>
internal sealed record SetAside(Incoming Message, Inbound Inbound) : IRequest<Handled>;

/// <summary>The referral that a source knows under an id, with its key; null when there is none, or it is forgotten.</summary>
internal sealed record ReferralBySource(Guid ConnectionId, string? Reference) : IRequest<KnownReferral?>;

internal sealed class SettingAside(RmsDb db, KeyRing keys, IMediator mediator)
    : IRequestHandler<SetAside, Handled>,
        IRequestHandler<ReferralBySource, KnownReferral?>
{
    public async Task<Handled> Handle(SetAside request, CancellationToken cancellationToken)
    {
        var known = await mediator.Send(
            new ReferralBySource(request.Inbound.ConnectionId, request.Message.Reference),
            cancellationToken
        );
        return new Handled(
            Parked: true,
            request.Message.Event is null ? "event-missing" : "event-set-aside",
            Replies.Kept("The message was received and kept; a person will look at it."),
            known
        );
    }

    public async Task<KnownReferral?> Handle(ReferralBySource request, CancellationToken cancellationToken)
    {
        if (request.Reference is null)
            return null;
        var found = await db
            .Referrals.Where(r => r.ConnectionId == request.ConnectionId && r.Reference == request.Reference)
            .Join(db.DataKeys, r => r.Id, k => k.OwnerId, (r, k) => new { r, k })
            .SingleOrDefaultAsync(cancellationToken);
        return found is null ? null : new KnownReferral(found.r, keys.Unwrap(found.k));
    }
}
