using Rms.Core;
using F = Rms.Fhir.Model;

namespace Rms.Intake.FromFhir;

/// <summary>Reads the form's answers, in the order in which they were sent. Several responses follow each other.</summary>
internal static class FormReader
{
    public static FormAnswers? Read(Incoming message)
    {
        var responses = message.All<F.QuestionnaireResponse>().ToList();
        if (responses.Count == 0)
            return null;
        return new FormAnswers(
            responses[0].Identifier?.Value ?? responses[0].Questionnaire,
            PlainText.Of(responses[0].Identifier?.Type?.Text),
            [.. responses.SelectMany(r => r.Item).Select(Item)]
        );
    }

    private static FormItem Item(F.QuestionnaireResponseItem item) =>
        new(
            item.LinkId ?? "",
            PlainText.Of(item.Text),
            [.. item.Answer.Select(a => Words(a.Value)).OfType<string>()],
            item.Extension.Any(e =>
                Incoming.Ends(e.Url, "eform-item-visibility") && (e.Value as F.FhirPrimitive)?.Text == "hidden"
            ),
            [.. item.Item.Concat(item.Answer.SelectMany(a => a.Item)).Select(Item)]
        );

    /// <summary>A value in words; null when it says nothing.</summary>
    public static string? Words(F.Element? value)
    {
        var words = value switch
        {
            F.FhirString text => PlainText.Of(text.Value),
            F.FhirMarkdown text => PlainText.Of(text.Text),
            F.FhirBase64Binary => null,
            F.FhirPrimitive primitive => primitive.Text,
            F.Coding coding => PlainText.Of(coding.Display ?? coding.Code),
            F.CodeableConcept concept => Codes.Text(concept),
            F.Quantity quantity => Amount(quantity),
            F.Attachment attachment => attachment.Title ?? attachment.Url ?? attachment.ContentType,
            F.Reference reference => reference.Display ?? reference.Identifier?.Value ?? reference.ReferenceValue,
            F.Period period => Span(period.Start, period.End),
            F.Range range => Span(
                Amount(range.Low, range.Low?.Unit == range.High?.Unit ? null : range.Low?.Unit),
                Amount(range.High)
            ),
            F.Ratio ratio => $"{Amount(ratio.Numerator)} : {Amount(ratio.Denominator)}",
            _ => null,
        };
        return string.IsNullOrWhiteSpace(words) ? null : words;
    }

    /// <summary>A number with its unit.</summary>
    public static string? Amount(F.Quantity? quantity) => Amount(quantity, quantity?.Unit ?? quantity?.Code);

    /// <summary>From – to; one of them with its sign when the other is open.</summary>
    public static string? Span(string? from, string? to) =>
        (string.IsNullOrWhiteSpace(from), string.IsNullOrWhiteSpace(to)) switch
        {
            (true, true) => null,
            (false, true) => $"{from} –",
            (true, false) => $"– {to}",
            _ => $"{from} – {to}",
        };

    private static string? Amount(F.Quantity? quantity, string? unit) =>
        quantity is null ? null : $"{quantity.Comparator}{quantity.Value} {unit}".Trim();
}
