using MediatR;
using Rms.Core.Messages;

namespace Rms.Core;

/// <summary>
/// A referral arrived. Published before the commit that brings it; those who hear it only add rows.
/// </summary>
/// <param name="Referral">The referral, not yet saved.</param>
/// <param name="Connection">The connection that it came over.</param>
public sealed record ReferralReceived(Referral Referral, Guid Connection) : INotification;

/// <summary>A referral took a step. Published before the commit; those who hear it only add rows.</summary>
/// <param name="Referral">The referral after it.</param>
/// <param name="Step">The step.</param>
public sealed record ReferralStepped(Referral Referral, ReferralStep Step) : INotification;

/// <summary>A message of ours arrived where it should. Published before the commit that says so.</summary>
/// <param name="Row">The outbox row.</param>
public sealed record Delivered(OutboxRow Row) : INotification;

/// <summary>What does this referral say? Answered by Intake.</summary>
/// <param name="ReferralId">The referral; its data key must exist.</param>
public sealed record ReferralContentOf(Guid ReferralId) : IRequest<ReferralContent>;

/// <summary>How many messages to one's own sites wait for a person to route them? Answered by Intake.</summary>
public sealed record CountUnrouted() : IRequest<int>;

/// <summary>
/// What should this referral have and has not: what is mandatory everywhere and what its listing asks for. Answered by
/// Intake; Problem 404 when it is not of the person's sites.
/// </summary>
public sealed record MissingOf(Guid ReferralId) : IRequest<IReadOnlyList<MissingPart>>;

/// <summary>What does its source presumably show of it? Answered by Notifications; null when nothing is known.</summary>
public sealed record SourceShows(Guid ReferralId) : IRequest<string?>;

/// <summary>Our token at a connection's source, asked for when we hold none. Answered by Notifications.</summary>
/// <param name="ConnectionId">The connection.</param>
/// <param name="Refused">A token that the source just refused: it is not given again.</param>
public sealed record SourceTokenOf(Guid ConnectionId, Secret? Refused) : IRequest<SourceToken>;

/// <summary>A token, or why there is none.</summary>
/// <param name="Token">To be shown to the source's own hosts alone.</param>
/// <param name="Error">A code.</param>
/// <param name="Wait">How long to wait before asking again.</param>
public sealed record SourceToken(Secret? Token, string? Error, TimeSpan? Wait);

/// <summary>The sites, listings and connections by name. Answered by the Directory.</summary>
public sealed record NamesOfDirectory() : IRequest<DirectoryNames>;

/// <summary>Names to show for ids.</summary>
public sealed record DirectoryNames(
    IReadOnlyDictionary<Guid, string> Sites,
    IReadOnlyDictionary<Guid, string> Listings,
    IReadOnlyDictionary<Guid, string> Connections
);
