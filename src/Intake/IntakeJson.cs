using System.Text.Json.Serialization;

namespace Rms.Intake;

/// <summary>How the module's sealed records are written as JSON.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SourceChange))]
[JsonSerializable(typeof(WrittenMessage))]
internal sealed partial class IntakeJson : JsonSerializerContext;

/// <summary>What an update changed.</summary>
/// <param name="By">Who said so, by name, as far as the message tells.</param>
/// <param name="Hints">What MessageHeader.reason hinted at.</param>
internal sealed record SourceChange(string? By, IReadOnlyList<string> Hints, IReadOnlyList<FieldChange> Changes);

/// <summary>What the requester wrote.</summary>
/// <param name="By">Who, by name.</param>
/// <param name="Sent">When, as it was sent.</param>
/// <param name="Category">What it is about.</param>
/// <param name="Text">Without mark-up.</param>
/// <param name="Attachments">The titles of what came with it.</param>
internal sealed record WrittenMessage(
    string? By,
    string? Sent,
    string? Category,
    string Text,
    IReadOnlyList<string> Attachments
);
