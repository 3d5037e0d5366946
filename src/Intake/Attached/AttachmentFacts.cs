using System.Text.Json.Serialization;

namespace Rms.Intake.Attached;

/// <summary>What the source says of an attachment; sealed, for a title names the patient and an address the referral.</summary>
/// <param name="Title">Its title, as sent but for its length.</param>
/// <param name="Url">Where it can be fetched; null when its bytes came with the message.</param>
/// <param name="ContentType">The media type that the source claims.</param>
/// <param name="Date">When it was made, as sent.</param>
internal sealed record AttachmentFacts(string? Title, string? Url, string? ContentType, string? Date);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AttachmentFacts))]
internal sealed partial class AttachmentJson : JsonSerializerContext;
