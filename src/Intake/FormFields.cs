using Rms.Core;
using Rms.Intake.FromFhir;

namespace Rms.Intake;

/// <summary>
/// Fills fields of ours from the form's answers, as the listing maps them. What the message itself says is never
/// changed, and what came from the form is marked as such.
/// </summary>
internal static class FormFields
{
    /// <summary>The content with its empty fields filled.</summary>
    /// <param name="mapping">By linkId the code of a fillable <see cref="ContentField"/>; others are passed over.</param>
    public static ReferralContent Fill(ReferralContent content, IReadOnlyDictionary<string, string> mapping)
    {
        if (mapping.Count == 0 || content.Form is null)
            return content;
        foreach (var item in All(content.Form.Items))
        {
            if (
                mapping.TryGetValue(item.LinkId, out var field)
                && item.Answers.FirstOrDefault(a => !string.IsNullOrWhiteSpace(a)) is { } answer
            )
                content = Fill(content, field, answer.Trim());
        }
        return content;
    }

    /// <summary>All items, those inside others after them.</summary>
    public static IEnumerable<FormItem> All(IReadOnlyList<FormItem> items) =>
        items.SelectMany(i => All(i.Items).Prepend(i));

    private static ReferralContent Fill(ReferralContent content, string field, string answer)
    {
        var patient = content.Patient;
        var filled = field switch
        {
            ContentField.Language when patient.Language is null => patient with { Language = Language(answer) },
            ContentField.Interpreter when patient.Interpreter is null => patient with
            {
                Interpreter = ConsentReader.YesOrNo(answer) switch
                {
                    true => "true",
                    false => "false",
                    null => answer,
                },
            },
            ContentField.EmailConsent
                when patient.EmailConsent is null && ConsentReader.YesOrNo(answer) is { } consent => patient with
            {
                EmailConsent = consent,
            },
            ContentField.Email when !Has(patient, "email") => With(patient, new ContactPoint("email", null, answer)),
            ContentField.Phone when !Has(patient, "phone") => With(patient, new ContactPoint("phone", null, answer)),
            ContentField.Mobile when !patient.Telecoms.Any(t => t is { System: "phone", Use: "mobile" }) => With(
                patient,
                new ContactPoint("phone", "mobile", answer)
            ),
            _ => null,
        };
        if (filled is not null)
            return content with { Patient = filled with { FromForm = [.. patient.FromForm, field] } };

        var request = content.Request;
        var asked = field switch
        {
            ContentField.Reason when request.Reasons.Count == 0 => request with { Reasons = [answer] },
            ContentField.PriorityNote when request.PriorityNote is null => request with { PriorityNote = answer },
            _ => null,
        };
        return asked is null
            ? content
            : content with
            {
                Request = asked with { FromForm = [.. request.FromForm, field] },
            };
    }

    private static bool Has(PatientDetails patient, string system) => patient.Telecoms.Any(t => t.System == system);

    private static PatientDetails With(PatientDetails patient, ContactPoint point) =>
        patient with
        {
            Telecoms = [.. patient.Telecoms, point with { FromForm = true }],
        };

    /// <summary>The code of the two official languages, whichever way people write them; else the answer.</summary>
    private static string Language(string answer) =>
        answer.ToLowerInvariant() switch
        {
            "english" or "anglais" or "eng" => "en",
            "french" or "français" or "francais" or "fra" or "fre" => "fr",
            _ => answer,
        };
}
