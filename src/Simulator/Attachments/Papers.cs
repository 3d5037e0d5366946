using System.Text;
using Rms.Simulator.Content;

namespace Rms.Simulator.Attachments;

/// <summary>The letter and the documents of a referral. The same referral always gives the same bytes.</summary>
internal static class Papers
{
    /// <summary>The referral letter, PDF.</summary>
    public static byte[] Letter(string referral, Listing listing, Draft draft)
    {
        var patient = draft.Patient;
        var lines = new List<string>
        {
            "REFERRAL",
            "",
            $"To: {Listing.SiteName}, {listing.Name}",
            $"From: {draft.Requester?.Called ?? "the patient (self-referral)"}",
            $"Clinic: {draft.Requester?.Clinic.Name ?? "-"}",
            $"Signed: {draft.AuthoredOn:yyyy-MM-dd}",
            $"Reference: {referral}",
            "",
            $"Patient: {patient.FullName}",
            $"Born: {patient.BirthDate ?? "-"}   Gender: {patient.Gender}   Health number: {patient.HealthNumber ?? "-"}",
            $"Phone: {patient.MobilePhone ?? patient.HomePhone ?? "-"}",
            $"Priority: {draft.Priority}",
            "",
        };
        foreach (var item in draft.Form.Where(item => !item.Hidden && item.Answers.Count > 0))
        {
            lines.Add(item.Text ?? item.LinkId);
            lines.AddRange(item.Answers.SelectMany(answer => answer.Split('\n')).Select(answer => $"    {answer}"));
        }

        if (draft.TestData)
        {
            lines.Insert(0, "*** TEST REFERRAL: NOT A PATIENT ***");
        }

        return Pdf.Write($"Referral of {patient.FullName}", lines);
    }

    /// <summary>A document beside the letter: PDF, PNG or plain text.</summary>
    public static byte[] Document(Document document, string referral, Draft draft) =>
        document.Kind switch
        {
            "pdf" => Pdf.Write(
                $"{document.Title} of {draft.Patient.FullName}",
                [
                    document.Title,
                    $"Patient: {draft.Patient.FullName}",
                    $"Reference: {referral}",
                    "",
                    "Seen for follow-up. Well between visits; no hospital stays since.",
                    "Examination unremarkable but for the complaint in the referral.",
                    "Plan: as in the referral.",
                ]
            ),
            "png" => Png.HeartTrace(beat: 60 + document.Id[0] % 80),
            _ => Encoding.UTF8.GetBytes(
                $"""
                Laboratory report for {draft.Patient.FullName}
                Reference {referral}

                Hemoglobin      138 g/L       (120-160)
                Creatinine       82 µmol/L    (50-100)
                eGFR             78 mL/min
                HbA1c           5.8 %         (< 6.0)
                TSH             2.1 mU/L      (0.3-4.5)

                """
            ),
        };
}
