using System.Collections.Frozen;

namespace Rms.Intake.FromFhir;

/// <summary>What a source wants with a message.</summary>
internal enum EventKind
{
    /// <summary>None of ours.</summary>
    Unknown,

    /// <summary>A new referral, or one that is sent again.</summary>
    Add,

    /// <summary>A referral to somebody, of which we are told.</summary>
    Copy,

    /// <summary>What a referral says has changed.</summary>
    Update,

    /// <summary>Consent is withdrawn.</summary>
    Revoke,

    /// <summary>The requester writes.</summary>
    Communication,
}

/// <summary>
/// The events of guide 0.10.0, 0.10.1 and 0.11.1 and the spellings that are sent in practice, in drafts and in
/// OceanMD's samples. Read without regard to case.
/// </summary>
internal static class MessageEvents
{
    private static readonly FrozenDictionary<string, EventKind> Kinds = new Dictionary<string, EventKind>
    {
        ["add-service-request"] = EventKind.Add,
        ["add-servicerequest"] = EventKind.Add,
        ["sof-enh-add-service-request"] = EventKind.Add,
        ["notify-add-service-request"] = EventKind.Copy,
        ["notify-add-servicerequest"] = EventKind.Copy,
        ["acknowledge-add-service-request"] = EventKind.Copy,
        ["update-service-request"] = EventKind.Update,
        ["update-servicerequest"] = EventKind.Update,
        ["notify-update-service-request"] = EventKind.Update,
        ["notify-update-service-requests"] = EventKind.Update,
        ["notify-update-servicerequest"] = EventKind.Update,
        ["notify-data-correction"] = EventKind.Update,
        ["update-patient-data"] = EventKind.Update,
        ["revoke-service-request"] = EventKind.Revoke,
        ["revoke-servicerequest"] = EventKind.Revoke,
        ["notify-revoke-service-request"] = EventKind.Revoke,
        ["terminate-servicerequest"] = EventKind.Revoke,
        ["terminate-service-request"] = EventKind.Revoke,
        ["send-communication-from-requester"] = EventKind.Communication,
        ["send-communication-to-provider"] = EventKind.Communication,
        ["send-communication"] = EventKind.Communication,
        ["add-communication"] = EventKind.Communication,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The kind of an event's code.</summary>
    public static EventKind KindOf(string? code) =>
        code is null ? EventKind.Unknown : Kinds.GetValueOrDefault(code.Trim(), EventKind.Unknown);
}
