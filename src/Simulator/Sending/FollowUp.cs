using Rms.Simulator.Content;
using Rms.Simulator.Messages;
using Rms.Simulator.State;

namespace Rms.Simulator.Sending;

/// <summary>What a person at the source does about a referral that was sent before.</summary>
/// <param name="News">What the target is told of it.</param>
/// <param name="Note">What the source writes into the referral's history.</param>
/// <param name="Do">What becomes of the referral at the source.</param>
internal sealed record FollowUp(News News, string Note, Func<Referral, Referral> Do)
{
    /// <summary>Characters that a text to the target may have.</summary>
    public const int LongestText = 2000;

    /// <summary>What is written when nobody says what.</summary>
    public const string UsualText =
        "The patient asks when the appointment will be. Is there anything that you still need from us?";

    /// <summary>The patient withdrew the consent: the referral is cancelled.</summary>
    public static FollowUp Revocation { get; } =
        new(
            new News(SourceEvent.Revoke, "Consent withdrawn"),
            "The sender cancelled the referral: consent withdrawn.",
            referral => referral with { Shows = Folder.Cancelled }
        );

    /// <summary>An update, or a correction of the demographics.</summary>
    public static FollowUp Changed(Change change, Random random) =>
        new(
            new News(change == Change.Demographics ? SourceEvent.Correct : SourceEvent.Update, change.Hint),
            $"The sender says: {change.Hint}.",
            referral => referral with { Draft = change.Make(referral.Draft, random) }
        );

    /// <summary>The requester writes; if the target had asked something, that is the answer.</summary>
    public static FollowUp Written(string text) =>
        new(
            new News(SourceEvent.Write, Text: text),
            $"The sender writes: {text}",
            referral =>
                referral.Shows == Folder.AwaitingResponse
                    ? referral with
                    {
                        Shows = referral.ShowedBefore ?? Folder.Sent,
                        ShowedBefore = null,
                    }
                    : referral
        );
}
