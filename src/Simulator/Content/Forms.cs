using System.Globalization;

namespace Rms.Simulator.Content;

/// <summary>
/// Answers to the listings' forms: flat lists with clinic-made keys, headings without text, questions without an
/// answer, hidden items and HTML in the texts, as the sources' form tools produce them.
/// </summary>
internal static class Forms
{
    /// <summary>The listing's own form, 9 to 13 items.</summary>
    public static IReadOnlyList<FormItem> For(Listing listing, string reason, Random random) =>
        [
            FormItem.Heading("__section"),
            FormItem.Answered("rfr", "Reason for referral:", reason),
            .. listing.Reference switch
            {
                "demo-cardiology" or "demo-cardiac-rehab" => Cardiology(random),
                "demo-imaging" => Imaging(random),
                "demo-physio" => Physiotherapy(random),
                _ => [FormItem.Answered("item10000001", "Who runs this test?", "Integration desk")],
            },
            FormItem.Heading("item50000099"),
        ];

    /// <summary>A form of 60 items, with all that a form tool can leave in it.</summary>
    public static IReadOnlyList<FormItem> Rich(Listing listing, string reason, Random random)
    {
        var items = new List<FormItem>(For(listing, reason, random))
        {
            FormItem.Heading("section20000001", "<u><b>Part 2. History<br></b></u>"),
            FormItem.Answered(
                "history",
                "<b>Relevant history</b> (most recent first)",
                "2024: hospital stay of two days.\n2021: gallbladder removed.\n2009: fracture of the left wrist; plate still in place."
            ),
            FormItem.Answered(
                "medications",
                "Current medications",
                "apixaban 5 mg BID",
                "ramipril 10 mg daily",
                "atorvastatin 40 mg at night",
                "vitamin D 1000 IU"
            ),
            FormItem.Answered(
                "allergies",
                "Allergies <i>(reaction)</i>:",
                "Penicillin: hives; \"shellfish\" & <latex>"
            ),
            new FormItem("ereferral_internal_score", "Internal score", ["17"], Hidden: true),
            FormItem.Answered(
                "item20000004",
                "Link to the regional pathway: <a href=\"https://pathway.example.org/a?b=1&amp;c=2\">open</a>",
                "Followed"
            ),
            FormItem.Answered(
                "item20000005",
                "<script>alert('a form tool let this through')</script>Consent discussed?",
                "Yes"
            ),
            FormItem.Answered(
                "item20000006",
                "Remarques du patient (in the patient's own words)",
                "J'ai peur de l'hôpital, mais ma fille viendra avec moi. — « Merci! » ❤"
            ),
            FormItem.Heading("section20000002", "Part 3. Check list: tick <b>all</b> that apply"),
        };

        string[] checks =
        [
            "Chest pain at rest",
            "Breathlessness",
            "Swelling of the ankles",
            "Fainting",
            "Weight loss of more than 5&nbsp;kg",
            "Night sweats",
            "Fever of unknown cause",
            "Pain that wakes at night",
            "Numbness or weakness of a limb",
            "Loss of bladder control",
            "Recent fall",
            "Diabetes (HbA1c &ge; 7 %)",
            "Kidney disease (eGFR &lt; 60)",
            "Anticoagulant",
            "Pacemaker or other implant",
            "Pregnancy",
            "Needs an interpreter",
            "Needs wheelchair access",
            "Lives alone",
            "No family doctor",
        ];
        for (var i = 0; items.Count < 59; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"item{30000000 + i * 1117}");
            var text = i < checks.Length ? checks[i] : $"{checks[i % checks.Length]} (in the family)";
            items.Add(random.Next(4) == 0 ? FormItem.Answered(id, text, "Y") : FormItem.Heading(id, text));
        }

        items.Add(
            FormItem.Answered(
                "closing_remarks",
                "Closing remarks",
                string.Join(' ', Enumerable.Repeat("Patient was seen together with the team; plan agreed.", 24))
            )
        );
        return items;
    }

    private static FormItem[] Cardiology(Random random) =>
        [
            FormItem.Answered("nyha", "NYHA class", Pick(random, "I", "II", "II", "III")),
            FormItem.Answered("bp", "Blood pressure today", $"{random.Next(108, 172)}/{random.Next(62, 102)}"),
            FormItem.Answered("ecg_done", "ECG in the last six months?", Pick(random, "Yes, attached", "Yes", "No")),
            FormItem.Answered("smoker", "Smoking", Pick(random, "Never", "Ex-smoker", "Current")),
            FormItem.Answered(
                "meds",
                "Medications",
                Pick(random, "ramipril, atorvastatin", "apixaban, bisoprolol", "none")
            ),
            FormItem.Heading("item40000011", "Previous cardiologist:"),
            new FormItem("routing_hint", null, ["cardio-general"], Hidden: true),
        ];

    private static FormItem[] Imaging(Random random) =>
        [
            FormItem.Answered("modality", "Modality", Pick(random, "MRI", "CT", "Ultrasound", "X-ray")),
            FormItem.Answered(
                "contrast_allergy",
                "Allergy to contrast?",
                Pick(random, "No", "No", "Yes: rash in 2018")
            ),
            FormItem.Answered("egfr", "eGFR (mL/min/1.73 m²)", $"{random.Next(34, 95)}"),
            FormItem.Answered(
                "implants",
                "Implants or metal",
                Pick(random, "None", "Hip prosthesis 2016", "Pacemaker")
            ),
            FormItem.Answered("weight", "Weight (kg)", $"{random.Next(48, 128)}"),
            FormItem.Heading("pregnant", "Could the patient be pregnant?"),
            FormItem.Answered("claustrophobia", "Claustrophobia", Pick(random, "No", "Mild", "Needs sedation")),
        ];

    private static FormItem[] Physiotherapy(Random random) =>
        [
            FormItem.Answered("pain", "Pain now, 0 to 10", $"{random.Next(2, 9)}"),
            FormItem.Answered("since", "Since when?", Pick(random, "2 weeks", "6 weeks", "3 months", "over a year")),
            FormItem.Answered("coverage", "Coverage", Pick(random, "WSIB", "Private", "None", "Motor vehicle insurer")),
            FormItem.Answered(
                "goal",
                "The patient's own goal",
                Pick(random, "Back to work", "Play with grandchildren", "Sleep")
            ),
            FormItem.Heading("red_flags", "Red flags"),
            FormItem.Answered("mobility", "Walks with", Pick(random, "No aid", "Cane", "Walker")),
        ];

    private static string Pick(Random random, params string[] choices) => choices[random.Next(choices.Length)];
}
