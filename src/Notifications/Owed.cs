using System.Text.Json;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Core.Messages;
using Rms.Directories;

namespace Rms.Notifications;

/// <summary>What a message is built from: the status to tell, and the step that made it so.</summary>
/// <param name="Status">Task.status.</param>
/// <param name="Step">The step of the history whose reason is told.</param>
internal sealed record StatusToTell(string Status, int Step);

/// <summary>
/// Hears what happens to referrals and writes down what is owed to their sources. Which event it becomes is settled
/// when it is sent, by what the source has been told until then.
/// </summary>
internal sealed class Owed(RmsDb db, IMediator mediator, TimeProvider clock)
    : INotificationHandler<ReferralReceived>,
        INotificationHandler<ReferralStepped>,
        INotificationHandler<Delivered>,
        IRequestHandler<SourceShows, string?>
{
    /// <summary>Which step tells the source which Task.status; a step that is not here tells it nothing by a Task.</summary>
    private static readonly Dictionary<LifecycleAction, string> Told = new()
    {
        [LifecycleAction.Accept] = "accepted",
        [LifecycleAction.Reopen] = "accepted",
        [LifecycleAction.Decline] = "rejected",
        [LifecycleAction.Cancel] = "cancelled",
        [LifecycleAction.Complete] = "completed",
        [LifecycleAction.Revoke] = "cancelled",
    };

    public async Task Handle(ReferralReceived notification, CancellationToken cancellationToken)
    {
        db.Add(new SourceView { ReferralId = notification.Referral.Id, ChangedAt = clock.GetUtcNow() });
        var connection = await mediator.Send(new ConnectionOf(notification.Connection), cancellationToken);
        // v0.11.1 wants a process-request Task after every successful add; v0.10.0 has it in the reply alone.
        if (notification.Referral.GuideVersion == Guide.V11 && connection.AnnounceReceived)
            Owe(notification.Referral, "received", 1, introduced: false);
    }

    public async Task Handle(ReferralStepped notification, CancellationToken cancellationToken)
    {
        var (referral, step) = (notification.Referral, notification.Step);
        if (!Told.TryGetValue(step.Action, out var status))
            return;
        var introduced = true;
        if (step.Action == LifecycleAction.Revoke)
        {
            var connection = await mediator.Send(new ConnectionOf(referral.ConnectionId), cancellationToken);
            if (!connection.TellRevoked)
                return;
            // What was owed before is owed no more, so that this may be the first that the source hears of the Task.
            introduced = await db.Set<SourceView>()
                .AnyAsync(v => v.ReferralId == referral.Id && v.Introduced, cancellationToken);
        }
        Owe(referral, status, step.Seq, introduced);
    }

    public async Task Handle(Delivered notification, CancellationToken cancellationToken)
    {
        var told = JsonSerializer.Deserialize<StatusToTell>(notification.Row.Detail)!;
        var view = await db.Set<SourceView>()
            .SingleAsync(v => v.ReferralId == notification.Row.ReferralId, cancellationToken);
        var revoked = await db
            .Referrals.Where(r => r.Id == view.ReferralId && r.State == ReferralState.Revoked)
            .AnyAsync(cancellationToken);
        view.Shows = revoked ? Shown.Cancelled : Shown.For(told.Status);
        view.Introduced |= notification.Row.Event == Guide.AddProcessRequest;
        view.ChangedAt = clock.GetUtcNow();
    }

    public Task<string?> Handle(SourceShows request, CancellationToken cancellationToken) =>
        db.Set<SourceView>()
            .Where(v => v.ReferralId == request.ReferralId)
            .Select(v => (string?)v.Shows)
            .SingleOrDefaultAsync(cancellationToken);

    private void Owe(Referral referral, string status, int step, bool introduced) =>
        db.Outbox.Add(
            OutboxRow.For(
                referral,
                referral.ConnectionId,
                Guide.EventFor(referral.GuideVersion, introduced),
                new StatusToTell(status, step),
                clock
            )
        );
}

/// <summary>The two guide versions, as far as events go.</summary>
internal static class Guide
{
    public const string V11 = "0.11.1";
    public const string AddProcessRequest = "notify-add-process-request";
    private const string UpdateProcessRequest = "notify-update-process-request";
    private const string UpdateStatus = "notify-update-status";

    /// <summary>The event that tells a Task's status.</summary>
    /// <param name="version">0.10.0 or 0.11.1.</param>
    /// <param name="introduced">Whether the Task was told of before (v0.11.1).</param>
    public static string EventFor(string version, bool introduced) =>
        version != V11 ? UpdateStatus
        : introduced ? UpdateProcessRequest
        : AddProcessRequest;
}
