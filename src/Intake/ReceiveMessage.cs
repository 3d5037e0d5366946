using MediatR;
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

internal sealed class Receiving(Inbox inbox, SourceReferrals referrals, IMediator mediator)
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
        if (message.Kind == EventKind.Add && message.ServiceRequest is null)
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
        )
        {
            Reference = message.Reference,
            SentAt = message.SentAt,
        };
        try
        {
            var reply = await inbox.Once(
                inbound,
                (claim, stop) =>
                    mediator.Send(
                        new TakeIn(message, inbound, claim.MessageId, connection) { IsFirst = claim.IsFirst },
                        stop
                    ),
                cancellationToken
            );
            return reply.Body.Length > 0 ? reply : reply with { Body = Replies.Revoked };
        }
        catch (Problem refused)
        {
            throw Refused(refused.Code, refused.Status, message, []);
        }
    }

    public async Task<Unit> Handle(KeepRefused request, CancellationToken cancellationToken)
    {
        var reference = request.Problem.Values.GetValueOrDefault("reference");
        var found = await referrals.Find(request.ConnectionId, reference, cancellationToken);
        await inbox.Refuse(
            new Inbound(
                request.ConnectionId,
                "",
                request.Problem.Values.GetValueOrDefault("event"),
                request.Problem.Values.GetValueOrDefault("version"),
                request.Body,
                request.Problem.Issues
            )
            {
                Reference = reference,
            },
            request.Problem.Status,
            request.Problem.Code,
            request.Answer,
            // What speaks of a referral that we know is forgotten with it.
            found.Known,
            envelopeOnly: found.Revoked is not null || request.Problem.Code == RevokingServiceRequest.NotYours,
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
