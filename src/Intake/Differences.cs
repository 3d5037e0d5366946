using System.Globalization;
using Rms.Core;

namespace Rms.Intake;

/// <summary>One thing that a source said differently.</summary>
/// <param name="Field">What: a code such as patient.phone, request.priority, form.</param>
/// <param name="Label">Which of several: the question's text, the kind of number; null where the field says it all.</param>
/// <param name="Before">What was kept until then; null: nothing.</param>
/// <param name="After">What it says now; null: nothing any more.</param>
public sealed record FieldChange(string Field, string? Label, string? Before, string? After);

/// <summary>
/// What differs in meaning between two contents: order, blank space and mark-up don't count, nor does what only our own
/// message made the source say.
/// </summary>
internal static class Differences
{
    /// <summary>The changes, in the order in which the page shows the fields.</summary>
    public static IReadOnlyList<FieldChange> Between(ReferralContent before, ReferralContent after)
    {
        var found = new Found();
        Patient(found, before.Patient, after.Patient);
        Request(found, before.Request, after.Request);
        found.Text("requester", Person(before.Requester), Person(after.Requester));
        found.Text("authorizer", Person(before.Authorizer), Person(after.Authorizer));
        found.Text("submitter", Person(before.Submitter), Person(after.Submitter));
        found.Set("copied-to", before.CopiedTo.Select(Person), after.CopiedTo.Select(Person));
        Form(found, before.Form, after.Form);
        Attachments(found, before.Attachments, after.Attachments);
        foreach (var kind in before.Supporting.Concat(after.Supporting).Select(s => s.Kind).Distinct().ToList())
            found.Set("supporting." + kind, Supporting(before, kind), Supporting(after, kind));
        return found.Changes;
    }

    private static void Patient(Found found, PatientDetails before, PatientDetails after)
    {
        found.Set("patient.name", before.Names.Select(n => n.Display), after.Names.Select(n => n.Display));
        found.Text("patient.gender", before.Gender, after.Gender);
        found.Text("patient.birthDate", before.BirthDate, after.BirthDate);
        foreach (
            var kind in before
                .Identifiers.Concat(after.Identifiers)
                .Select(i => (i.TypeCode, i.Use))
                .Distinct()
                .ToList()
        )
        {
            found.Set(
                kind is ("JHN", not "secondary") ? "patient.healthNumber" : "patient.identifier",
                Numbers(before, kind),
                Numbers(after, kind),
                kind is ("JHN", not "secondary") ? null : kind.TypeCode
            );
        }
        foreach (var system in before.Telecoms.Concat(after.Telecoms).Select(t => t.System).Distinct().ToList())
        {
            found.Set(
                system == "email" ? "patient.email" : "patient.phone",
                before.Telecoms.Where(t => t.System == system).Select(t => t.Value),
                after.Telecoms.Where(t => t.System == system).Select(t => t.Value)
            );
        }
        found.Set("patient.address", before.Addresses.Select(Address), after.Addresses.Select(Address));
        found.Text("patient.language", before.Language, after.Language);
        found.Text("patient.interpreter", before.Interpreter, after.Interpreter);
        found.Text("patient.emailConsent", Yes(before.EmailConsent), Yes(after.EmailConsent));
        found.Text("patient.deceased", Yes(before.Deceased), Yes(after.Deceased));
    }

    private static void Request(Found found, RequestDetails before, RequestDetails after)
    {
        // A request that ends at its source does so because we said so.
        if (after.Status is not ("active" or "completed"))
            found.Text("request.status", before.Status, after.Status);
        found.Text("request.priority", before.Priority, after.Priority);
        found.Set("request.category", before.Categories.Select(Code), after.Categories.Select(Code));
        found.Text("request.service", Code(before.Service), Code(after.Service));
        found.Set("request.detail", before.OrderDetails, after.OrderDetails);
        found.Set("request.reason", before.Reasons, after.Reasons);
        found.Set("request.readiness", before.Readiness.Select(Dates), after.Readiness.Select(Dates));
        found.Set("request.note", before.Notes.Select(n => n.Plain), after.Notes.Select(n => n.Plain));
    }

    private static void Form(Found found, FormAnswers? before, FormAnswers? after)
    {
        var (old, now) = (Answers(before), Answers(after));
        foreach (var key in old.Keys.Union(now.Keys))
        {
            var (label, was) = old.GetValueOrDefault(key);
            var (newLabel, says) = now.GetValueOrDefault(key);
            found.Text("form", was, says, newLabel ?? label ?? key);
        }
    }

    /// <summary>The answers by question; sources do not keep the order of a form.</summary>
    private static Dictionary<string, (string? Label, string? Answer)> Answers(FormAnswers? form)
    {
        Dictionary<string, (string? Label, string? Answer)> answers = [];
        var items = new Stack<FormItem>(form?.Items.Reverse() ?? []);
        while (items.TryPop(out var item))
        {
            if (item.Answers.Count > 0)
            {
                var answer = string.Join("; ", item.Answers);
                answers[item.LinkId] = answers.TryGetValue(item.LinkId, out var other)
                    ? (other.Label, other.Answer + "; " + answer)
                    : (item.Text, answer);
            }
            foreach (var child in item.Items.Reverse())
                items.Push(child);
        }
        return answers;
    }

    private static void Attachments(
        Found found,
        IReadOnlyList<AttachmentDetails> before,
        IReadOnlyList<AttachmentDetails> after
    )
    {
        // The letter is made anew for every message; that it changed is what the other changes say.
        var old = before.Where(a => !a.IsLetter).DistinctBy(Key).ToDictionary(Key);
        var now = after.Where(a => !a.IsLetter).DistinctBy(Key).ToDictionary(Key);
        foreach (var (key, attachment) in old)
        {
            if (!now.ContainsKey(key))
                found.Add("attachment", null, attachment.Title ?? "", null);
        }
        foreach (var (key, attachment) in now)
        {
            if (!old.ContainsKey(key))
                found.Add("attachment", null, null, attachment.Title ?? "");
        }

        static string Key(AttachmentDetails a) =>
            a.Id ?? a.Url ?? string.Create(CultureInfo.InvariantCulture, $"{a.Title} {a.Size}");
    }

    private static IEnumerable<string?> Supporting(ReferralContent content, string kind) =>
        content
            .Supporting.Where(s => s.Kind == kind)
            .Select(s =>
                Join([
                    s.Text,
                    s.Detail,
                    s.Result?.Value,
                    .. s.Parts.Select(p => $"{p.Name} {p.Result.Value}"),
                    s.Date,
                    .. s.Status,
                ])
            );

    private static IEnumerable<string?> Numbers(PatientDetails patient, (string? Type, string? Use) kind) =>
        patient
            .Identifiers.Where(i => (i.TypeCode, i.Use) == kind && i.Value is not null)
            .Select(i => Join(i.Province, i.Value, i.VersionCode));

    private static string? Person(Clinician? person) =>
        person is null
            ? null
            : Join([
                person.Name,
                person.RoleText,
                .. person.Identifiers.Select(i => i.Value),
                .. person.Telecoms.Select(t => t.Value),
            ]);

    private static string? Address(PostalAddress address) =>
        Join([.. address.Lines, address.City, address.Province, address.PostalCode, address.Country, address.Text]);

    private static string? Dates(ReadinessDates dates) =>
        Join([dates.Kind, dates.Start, dates.End, .. dates.Reasons.Select(Code)]);

    private static string? Code(Code? code) => code?.Display ?? code?.Value;

    private static string? Yes(bool? value) =>
        value switch
        {
            true => "true",
            false => "false",
            null => null,
        };

    private static string? Join(params IReadOnlyList<string?> parts)
    {
        var said = string.Join(", ", parts.Where(p => !string.IsNullOrWhiteSpace(p)));
        return said.Length == 0 ? null : said;
    }

    private sealed class Found
    {
        public List<FieldChange> Changes { get; } = [];

        public void Add(string field, string? label, string? before, string? after) =>
            Changes.Add(new FieldChange(field, label, before, after));

        public void Text(string field, string? before, string? after, string? label = null)
        {
            var (old, now) = (Plain(before), Plain(after));
            if (old != now)
                Add(field, label, old, now);
        }

        /// <summary>Several values without an order: what fell away beside what came.</summary>
        public void Set(string field, IEnumerable<string?> before, IEnumerable<string?> after, string? label = null)
        {
            var (old, now) = (Plain(before), Plain(after));
            var gone = old.Except(now).ToList();
            var came = now.Except(old).ToList();
            for (var i = 0; i < Math.Max(gone.Count, came.Count); i++)
                Add(field, label, gone.ElementAtOrDefault(i), came.ElementAtOrDefault(i));
        }

        private static List<string> Plain(IEnumerable<string?> values) => [.. values.Select(Plain).OfType<string>()];

        private static string? Plain(string? text) =>
            string.IsNullOrWhiteSpace(text)
                ? null
                : string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
