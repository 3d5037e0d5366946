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
public sealed record ReceiveMessage(Guid ConnectionId, ReadOnlyMemory<byte> Body) : IRequest<Reply>;

/// <summary>Keeps a message that was refused, with the answer that it got.</summary>
public sealed record KeepRefused(Guid ConnectionId, ReadOnlyMemory<byte> Body, Problem Problem, byte[] Answer)
    : IRequest<Unit>;

internal sealed class Receiving(Inbox inbox, IMediator mediator)
    : IRequestHandler<ReceiveMessage, Reply>,
        IRequestHandler<KeepRefused, Unit>
{
    /// <summary>50 MB of attachments, in base64, with room for the rest.</summary>
    public const long LargestMessage = 72 * 1024 * 1024;

    private static readonly ReadOptions Options = new() { MaxBytes = LargestMessage };

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
        return await inbox.Once(
            inbound,
            stop =>
                isAdd
                    ? mediator.Send(new AddServiceRequest(message, inbound, connection), stop)
                    : mediator.Send(new SetAside(message, inbound), stop),
            cancellationToken
        );
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
        return new Problem(code, status, values) { Issues = [.. issues.Select(Kept)] };
    }

    private static MessageIssue Kept(FhirIssue issue) =>
        new(FhirIssues.SeverityCode(issue.Severity), issue.Code, issue.Expression, issue.Text);
}

/// <summary>A message whose event has no use here yet: kept with its referral, if we know it, for a person to see.</summary>
internal sealed record SetAside(Incoming Message, Inbound Inbound) : IRequest<Handled>;

internal sealed class SettingAside(RmsDb db, KeyRing keys) : IRequestHandler<SetAside, Handled>
{
    public async Task<Handled> Handle(SetAside request, CancellationToken cancellationToken)
    {
        var referral = await db.Referrals.SingleOrDefaultAsync(
            r => r.ConnectionId == request.Inbound.ConnectionId && r.Reference == request.Message.Reference,
            cancellationToken
        );
        var key = referral is null
            ? null
            : await db.DataKeys.AsNoTracking().SingleOrDefaultAsync(k => k.OwnerId == referral.Id, cancellationToken);
        return new Handled(
            Parked: true,
            request.Message.Event is null ? "event-missing" : "event-set-aside",
            Replies.Kept("The message was received and kept; a person will look at it."),
            key is null ? null : referral,
            key is null ? null : keys.Unwrap(key)
        );
    }
}
