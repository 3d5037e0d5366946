using System.Text.Json.Serialization;

namespace Rms.Core.Keys;

/// <summary>How the sealed records are written as JSON.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReferralContent))]
[JsonSerializable(typeof(PatientDetails))]
[JsonSerializable(typeof(Face))]
[JsonSerializable(typeof(List<MessageIssue>))]
public sealed partial class SealedJson : JsonSerializerContext;

/// <summary>What a worklist shows of a referral and what identifies its patient: one sealed record.</summary>
/// <param name="Patient">The demographics.</param>
/// <param name="Requester">Who asks, as shown in a list (a self-referral names the patient, so it is sealed too).</param>
public sealed record Face(PatientDetails Patient, string? Requester);

/// <summary>A fault or oddity of a message, as it was told to the sender.</summary>
/// <param name="Severity">fatal, error, warning or information.</param>
/// <param name="Code">FHIR's issue type.</param>
/// <param name="Expression">FHIRPath of the place.</param>
/// <param name="Text">In words.</param>
public sealed record MessageIssue(string Severity, string Code, string Expression, string Text);
