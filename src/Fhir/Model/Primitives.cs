using Rms.Fhir.Json;

namespace Rms.Fhir.Model;

/// <summary>
/// A primitive where FHIR allows a choice of types (<c>value[x]</c>), with the id and extensions that it may have.
/// Elsewhere primitives are plain C# values.
/// </summary>
public abstract class FhirPrimitive : Element
{
    /// <summary>The value as FHIR writes it (<c>true</c>, <c>2026-11</c>, <c>1.50</c>); null when there is none.</summary>
    public abstract string? Text { get; }

    /// <summary>FHIR's name of the type with a capital: what follows <c>value</c> in JSON.</summary>
    internal abstract string Suffix { get; }

    internal override bool IsEmpty => base.IsEmpty && string.IsNullOrEmpty(Text);

    internal abstract void ReadValue(ref JsonIn json);

    /// <summary>Writes the bare value; never called without one.</summary>
    internal abstract void WriteValue(JsonOut json);
}

/// <summary>A primitive whose value is a string.</summary>
public abstract class FhirTextPrimitive : FhirPrimitive
{
    /// <summary>The text as it came. Null when the primitive has only extensions.</summary>
    public string? Value { get; set; }

    /// <inheritdoc/>
    public override string? Text => Value;

    internal abstract TextKind Kind { get; }

    internal override void ReadValue(ref JsonIn json) => Value = json.Text(Kind);

    internal override void WriteValue(JsonOut json) => json.Value(Value!);
}

/// <summary>A primitive whose value is a whole number of 32 bits.</summary>
public abstract class FhirWholePrimitive : FhirPrimitive
{
    /// <summary>The number. Null when the primitive has only extensions.</summary>
    public int? Value { get; set; }

    /// <inheritdoc/>
    public override string? Text => Value?.ToString(System.Globalization.CultureInfo.InvariantCulture);

    internal abstract int Least { get; }

    internal override void ReadValue(ref JsonIn json) => Value = json.Integer(Least);

    internal override void WriteValue(JsonOut json) => json.Value(Value!.Value);
}

/// <summary>FHIR string in a choice.</summary>
public sealed class FhirString : FhirTextPrimitive
{
    /// <summary>Without a value.</summary>
    public FhirString() { }

    /// <summary>With a value.</summary>
    public FhirString(string? value) => Value = value;

    internal override string Suffix => "String";
    internal override TextKind Kind => TextKind.String;
}

/// <summary>FHIR markdown in a choice.</summary>
public sealed class FhirMarkdown : FhirTextPrimitive
{
    internal override string Suffix => "Markdown";
    internal override TextKind Kind => TextKind.String;
}

/// <summary>FHIR code in a choice.</summary>
public sealed class FhirCode : FhirTextPrimitive
{
    /// <summary>Without a value.</summary>
    public FhirCode() { }

    /// <summary>With a value.</summary>
    public FhirCode(string? value) => Value = value;

    internal override string Suffix => "Code";
    internal override TextKind Kind => TextKind.Code;
}

/// <summary>FHIR id in a choice.</summary>
public sealed class FhirId : FhirTextPrimitive
{
    internal override string Suffix => "Id";
    internal override TextKind Kind => TextKind.Id;
}

/// <summary>FHIR uri in a choice.</summary>
public sealed class FhirUri : FhirTextPrimitive
{
    /// <summary>Without a value.</summary>
    public FhirUri() { }

    /// <summary>With a value.</summary>
    public FhirUri(string? value) => Value = value;

    internal override string Suffix => "Uri";
    internal override TextKind Kind => TextKind.Uri;
}

/// <summary>FHIR url in a choice.</summary>
public sealed class FhirUrl : FhirTextPrimitive
{
    internal override string Suffix => "Url";
    internal override TextKind Kind => TextKind.Uri;
}

/// <summary>FHIR canonical in a choice.</summary>
public sealed class FhirCanonical : FhirTextPrimitive
{
    internal override string Suffix => "Canonical";
    internal override TextKind Kind => TextKind.Uri;
}

/// <summary>FHIR oid in a choice.</summary>
public sealed class FhirOid : FhirTextPrimitive
{
    internal override string Suffix => "Oid";
    internal override TextKind Kind => TextKind.Oid;
}

/// <summary>FHIR uuid in a choice.</summary>
public sealed class FhirUuid : FhirTextPrimitive
{
    internal override string Suffix => "Uuid";
    internal override TextKind Kind => TextKind.Uuid;
}

/// <summary>FHIR date in a choice; read its parts with <see cref="Rms.Fhir.FhirDate"/>.</summary>
public sealed class FhirDateElement : FhirTextPrimitive
{
    /// <summary>Without a value.</summary>
    public FhirDateElement() { }

    /// <summary>With a value.</summary>
    public FhirDateElement(string? value) => Value = value;

    internal override string Suffix => "Date";
    internal override TextKind Kind => TextKind.Date;
}

/// <summary>FHIR dateTime in a choice; read its parts with <see cref="Rms.Fhir.FhirDate"/>.</summary>
public sealed class FhirDateTime : FhirTextPrimitive
{
    /// <summary>Without a value.</summary>
    public FhirDateTime() { }

    /// <summary>With a value.</summary>
    public FhirDateTime(string? value) => Value = value;

    internal override string Suffix => "DateTime";
    internal override TextKind Kind => TextKind.DateTime;
}

/// <summary>FHIR instant in a choice.</summary>
public sealed class FhirInstant : FhirTextPrimitive
{
    internal override string Suffix => "Instant";
    internal override TextKind Kind => TextKind.Instant;
}

/// <summary>FHIR time in a choice.</summary>
public sealed class FhirTime : FhirTextPrimitive
{
    internal override string Suffix => "Time";
    internal override TextKind Kind => TextKind.Time;
}

/// <summary>FHIR integer in a choice.</summary>
public sealed class FhirInteger : FhirWholePrimitive
{
    /// <summary>Without a value.</summary>
    public FhirInteger() { }

    /// <summary>With a value.</summary>
    public FhirInteger(int? value) => Value = value;

    internal override string Suffix => "Integer";
    internal override int Least => int.MinValue;
}

/// <summary>FHIR positiveInt in a choice.</summary>
public sealed class FhirPositiveInt : FhirWholePrimitive
{
    internal override string Suffix => "PositiveInt";
    internal override int Least => 1;
}

/// <summary>FHIR unsignedInt in a choice.</summary>
public sealed class FhirUnsignedInt : FhirWholePrimitive
{
    internal override string Suffix => "UnsignedInt";
    internal override int Least => 0;
}

/// <summary>FHIR boolean in a choice.</summary>
public sealed class FhirBoolean : FhirPrimitive
{
    /// <summary>Without a value.</summary>
    public FhirBoolean() { }

    /// <summary>With a value.</summary>
    public FhirBoolean(bool? value) => Value = value;

    /// <summary>The value. Null when the primitive has only extensions.</summary>
    public bool? Value { get; set; }

    /// <inheritdoc/>
    public override string? Text =>
        Value switch
        {
            true => "true",
            false => "false",
            null => null,
        };

    internal override string Suffix => "Boolean";

    internal override void ReadValue(ref JsonIn json) => Value = json.Boolean();

    internal override void WriteValue(JsonOut json) => json.Value(Value!.Value);
}

/// <summary>FHIR decimal in a choice.</summary>
public sealed class FhirDecimalElement : FhirPrimitive
{
    /// <summary>Without a value.</summary>
    public FhirDecimalElement() { }

    /// <summary>With a value.</summary>
    public FhirDecimalElement(Rms.Fhir.FhirDecimal? value) => Value = value;

    /// <summary>The number with its precision. Null when the primitive has only extensions.</summary>
    public Rms.Fhir.FhirDecimal? Value { get; set; }

    /// <inheritdoc/>
    public override string? Text => Value?.ToString();

    internal override string Suffix => "Decimal";

    internal override void ReadValue(ref JsonIn json) => Value = json.Decimal();

    internal override void WriteValue(JsonOut json) => json.Value(Value!.Value);
}

/// <summary>FHIR base64Binary in a choice.</summary>
public sealed class FhirBase64Binary : FhirPrimitive
{
    /// <summary>Without a value.</summary>
    public FhirBase64Binary() { }

    /// <summary>With a value.</summary>
    public FhirBase64Binary(Rms.Fhir.FhirBase64? value) => Value = value;

    /// <summary>The content. Null when the primitive has only extensions.</summary>
    public Rms.Fhir.FhirBase64? Value { get; set; }

    /// <inheritdoc/>
    public override string? Text => Value?.ToString();

    internal override string Suffix => "Base64Binary";

    internal override void ReadValue(ref JsonIn json) => Value = json.Base64();

    internal override void WriteValue(JsonOut json) => json.Value(Value!.Value);
}
