using System.Globalization;
using System.Text;

namespace Rms.Simulator.Content;

/// <summary>Makes up a referral for a listing and a scenario. The same random source gives the same referral.</summary>
internal static class Drafting
{
    /// <param name="authoredOn">When the referrer signed, with the offset of Ontario.</param>
    /// <param name="priority">routine, urgent, asap or stat; null leaves it to the scenario.</param>
    public static Draft Draft(
        Listing listing,
        Scenario scenario,
        Random random,
        DateTimeOffset authoredOn,
        string? priority = null
    )
    {
        var reason = Pick(random, Reasons.For(listing));
        var rich = scenario == Scenario.RichForm;
        var requester = Pick(random, Referrers.All);
        var patient = Patient(scenario, random, authoredOn);
        var urgent = scenario == Scenario.Urgent;
        return new Draft
        {
            Patient = patient,
            Requester =
                scenario == Scenario.SelfReferral ? null
                : scenario == Scenario.ThreeRoles ? Bare(requester)
                : requester,
            Submitter = scenario == Scenario.ThreeRoles ? Pick(random, Referrers.Clerks) : null,
            Priority = priority ?? (urgent ? "urgent" : "routine"),
            Reason = rich || urgent ? reason : null,
            Note = Note(scenario, reason, random),
            Form = rich ? Forms.Rich(listing, reason, random) : Forms.For(listing, reason, random),
            Documents = Documents(scenario, rich, random),
            TestData = listing.TestMode || scenario == Scenario.TestData,
            AuthoredOn = authoredOn,
        };
    }

    private static PatientFacts Patient(Scenario scenario, Random random, DateTimeOffset authoredOn)
    {
        var name = Pick(random, scenario == Scenario.UnusualNames ? Names.Unusual : Names.Ordinary);
        var health = HealthNumber(random);
        if (scenario == Scenario.MissingDemographics)
        {
            return new PatientFacts
            {
                Family = name.Family,
                Given = null,
                Gender = "unknown",
                BirthDate = null,
                HealthNumber = null,
            };
        }

        var birth = DateOnly
            .FromDateTime(authoredOn.Date)
            .AddYears(-random.Next(19, 93))
            .AddDays(-random.Next(365))
            .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var (city, area) = Pick(random, Names.Cities);
        var odd = scenario == Scenario.OddIdentifiers;
        return new PatientFacts
        {
            Family = name.Family,
            Given = name.Given,
            Gender = name.Gender,
            BirthDate = birth,
            HealthNumber = odd ? null : health,
            HealthNumberVersion = odd ? null : $"{Letter(random)}{Letter(random)}",
            OtherNumber = odd ? $"K{random.Next(10, 99)} {random.Next(100, 999)} {random.Next(100, 999)}" : null,
            OtherNumberKind = odd ? "Military ID" : null,
            RecordNumber = random.Next(3) == 0 ? null : $"{random.Next(10000, 99999)}",
            HomePhone = random.Next(2) == 0 ? Phone(random) : null,
            MobilePhone = Phone(random),
            WorkPhone = random.Next(4) == 0 ? Phone(random) : null,
            Email = random.Next(5) == 0 ? null : Email(name),
            Address = new PostalAddress(
                $"{random.Next(1, 1900)} {Pick(random, Names.Streets)}",
                random.Next(4) == 0 ? $"Apt {random.Next(1, 2400)}" : null,
                city,
                $"{area} {random.Next(1, 10)}{Letter(random)}{random.Next(1, 10)}"
            ),
        };
    }

    private static string? Note(Scenario scenario, string reason, Random random)
    {
        if (scenario == Scenario.MissingDemographics)
        {
            return null;
        }

        if (scenario == Scenario.RichForm)
        {
            return $"<u><b>Referral letter<br><br></b></u>{Encode(reason)}<br><b>Plan:</b> see form. "
                + "<font color=\"#008800\">Yes</font>&nbsp;to sharing with the care team.<br>"
                + "<ul><li>Bring the drug list</li><li>Daughter interprets</li></ul>"
                + "<img src=x onerror=\"alert('never run this')\"><a href=\"javascript:alert(1)\">portal</a>";
        }

        if (scenario == Scenario.SelfReferral)
        {
            return Encode(reason);
        }

        return random.Next(4) switch
        {
            0 => $"{Encode(reason)}&nbsp;",
            1 => $"<b>{Encode(reason)}</b><br>Thank you for seeing this patient.",
            2 => $"{Encode(reason)}<br><br>Best reached in the morning. Please copy the family doctor.",
            _ => null,
        };
    }

    private static Document[] Documents(Scenario scenario, bool rich, Random random)
    {
        if (scenario == Scenario.InlineAttachment)
        {
            return [Document("pdf", "Clinic note.pdf", inline: true), Document("text", "Bloodwork.txt", inline: true)];
        }

        if (scenario == Scenario.UrlAttachments)
        {
            return
            [
                Document("pdf", "Consult note from 2024.pdf", inline: false),
                Document("png", "ECG tracing.png", inline: false),
                Document("text", "Bloodwork.txt", inline: false),
            ];
        }

        return rich ? [Document("png", "ECG tracing.png", inline: false)] : [];

        Document Document(string kind, string title, bool inline) => new(RandomId(random), kind, title, inline);
    }

    /// <summary>An authorizer as sources send one when somebody else submitted: a user name and a clinic, no more.</summary>
    private static Referrer Bare(Referrer referrer) => referrer with { Licence = null, BillingNumber = null };

    /// <summary>Nine digits in a range that is left alone here, and the check digit that health numbers carry.</summary>
    private static string HealthNumber(Random random)
    {
        var digits = $"9000{random.Next(100_000):D5}";
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[i] - '0';
            var weighed = i % 2 == 0 ? digit * 2 : digit;
            sum += weighed > 9 ? weighed - 9 : weighed;
        }

        return digits + ((10 - sum % 10) % 10).ToString(CultureInfo.InvariantCulture);
    }

    internal static string Phone(Random random) => $"416-555-01{random.Next(100):D2}";

    private static string Email(Names.Name name)
    {
        var plain = new StringBuilder();
        foreach (var letter in $"{name.Given}.{name.Family}".Normalize(NormalizationForm.FormD).ToLowerInvariant())
        {
            if (char.IsAsciiLetterLower(letter) || letter == '.')
            {
                plain.Append(letter);
            }
        }

        var local = plain.ToString().Trim('.');
        return $"{(local.Length is > 3 and < 50 ? local.Replace("..", ".", StringComparison.Ordinal) : "patient")}@example.org";
    }

    private static char Letter(Random random) => "ABCEGHJKLMNPRSTVWXYZ"[random.Next(20)];

    internal static string RandomId(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return Ids.From(Convert.ToHexString(bytes));
    }

    private static string Encode(string text) => System.Net.WebUtility.HtmlEncode(text);

    private static T Pick<T>(Random random, IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];
}
