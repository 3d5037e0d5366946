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
            responses[0].Identifier?.Type?.Text,
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

    /// <summary>An answer in words; what has none (an empty answer) is left out.</summary>
    public static string? Words(F.Element? value) =>
        value switch
        {
            F.FhirString text => PlainText.Of(text.Value),
            F.FhirPrimitive primitive => primitive.Text,
            F.Coding coding => coding.Display ?? coding.Code,
            F.CodeableConcept concept => Codes.Text(concept),
            F.Quantity quantity => $"{quantity.Comparator}{quantity.Value} {quantity.Unit ?? quantity.Code}".Trim(),
            F.Attachment attachment => attachment.Title ?? attachment.Url ?? attachment.ContentType,
            F.Reference reference => reference.Display ?? reference.ReferenceValue,
            F.Period period => $"{period.Start} – {period.End}",
            F.Range range => $"{range.Low?.Value} – {range.High?.Value} {range.High?.Unit}".Trim(),
            F.Ratio ratio => $"{ratio.Numerator?.Value} : {ratio.Denominator?.Value}",
            _ => null,
        };
}
