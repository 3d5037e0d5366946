namespace Rms.Fhir.Json;

/// <summary>FHIR's primitives that stand as JSON strings, by the rule that their text must obey.</summary>
internal enum TextKind
{
    String,
    Code,
    Id,
    Uri,
    Oid,
    Uuid,
    Date,
    DateTime,
    Instant,
    Time,
    Xhtml,
}
