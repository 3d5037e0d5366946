using System.Globalization;
using System.Text.Json.Nodes;
using Rms.Simulator.State;
using static Rms.Simulator.Receiving.BundleView;

namespace Rms.Simulator.Receiving;

/// <summary>What an accepted message does to the referral that the sender sees.</summary>
internal static class Applying
{
    public static Referral Apply(Referral referral, BundleView view, DateTimeOffset now)
    {
        var changed = view.Event is "notify-add-process-request"
            ? referral with
            {
                ProcessRequestAdded = true,
            }
            : referral;
        var focus = view.Header!["focus"].Items().Select(view.Resolve).OfType<BundleView.Entry>().ToList();
        var booking = focus.Find(e => e.Type == "Appointment");
        foreach (var entry in focus)
        {
            changed = entry.Type switch
            {
                "Task" => Task(changed, entry.Resource!, booking is not null, now),
                "Appointment" => Appointment(changed, entry.Resource!, view, now),
                "Communication" => Communication(changed, entry.Resource!, now),
                "ServiceRequest" => Correction(changed, view, now),
                _ => changed,
            };
        }

        return changed;
    }

    private static Referral Task(Referral referral, JsonObject task, bool withAppointment, DateTimeOffset now)
    {
        var status = Text(task, "status");
        var folder = Folder.For(status)!;
        var reason = Text(task["businessStatus"], "text") ?? Text(task["statusReason"], "text");
        var changed = referral with
        {
            TaskStatus = status,
            TaskReason = reason,
            // Beside an Appointment the Task tells nothing new, unless it ends the matter.
            Shows = withAppointment && folder is Folder.PendingBooking or Folder.Sent ? referral.Shows : folder,
            ShowedBefore = null,
        };
        return changed.With(
            now,
            reason is null ? $"The target says: {status}." : $"The target says: {status}: {reason}"
        );
    }

    private static Referral Appointment(Referral referral, JsonObject appointment, BundleView view, DateTimeOffset now)
    {
        var status = Text(appointment, "status");
        var start = Text(appointment, "start");
        if (status is "cancelled" or "noshow" or "entered-in-error")
        {
            return (referral with { Shows = Folder.PendingBooking, Appointment = null, ShowedBefore = null }).With(
                now,
                $"Appointment {status}."
            );
        }

        var patient = appointment["participant"]
            .Items()
            .FirstOrDefault(p => view.Resolve(p.At("actor"))?.Type == "Patient" || IsPatient(p));
        var confirmed = Text(patient, "status") == "accepted";
        var kind = Text(appointment["appointmentType"], "text") ?? Text(appointment, "description") ?? "Appointment";
        var shown = start is null ? $"{kind}: {Text(appointment, "patientInstruction")}" : $"{kind}: {Readable(start)}";
        var folder =
            start is null ? referral.Shows
            : confirmed ? Folder.Confirmed
            : Folder.Unconfirmed;
        return (referral with { Shows = folder, Appointment = shown, ShowedBefore = null }).With(
            now,
            $"{shown} ({status})."
        );
    }

    private static Referral Communication(Referral referral, JsonObject communication, DateTimeOffset now)
    {
        var text = string.Join(
            ' ',
            communication["payload"].Items().Select(p => Text(p, "contentString") ?? "[attachment]")
        );
        return (
            referral with
            {
                ShowedBefore = referral.ShowedBefore ?? referral.Shows,
                Shows = Folder.AwaitingResponse,
            }
        ).With(now, $"The target writes: {text}");
    }

    /// <summary>Corrected demographics: what is empty in the message is left as it was.</summary>
    private static Referral Correction(Referral referral, BundleView view, DateTimeOffset now)
    {
        var patient = view.Entries.FirstOrDefault(e => e.Type == "Patient")?.Resource;
        var known = referral.Draft.Patient;
        var corrected = known with
        {
            Family = Text(patient?["name"].Items().FirstOrDefault(), "family") ?? known.Family,
            BirthDate = Text(patient, "birthDate") ?? known.BirthDate,
            Gender = Text(patient, "gender") ?? known.Gender,
            MobilePhone = Telecom(patient, "phone", "mobile") ?? known.MobilePhone,
            HomePhone = Telecom(patient, "phone", "home") ?? known.HomePhone,
            Email = Telecom(patient, "email", use: null) ?? known.Email,
        };
        return (referral with { Draft = referral.Draft with { Patient = corrected } }).With(
            now,
            corrected == known
                ? $"{view.Event}: nothing that this source keeps has changed."
                : $"{view.Event}: patient corrected."
        );
    }

    private static string? Telecom(JsonObject? patient, string system, string? use) =>
        patient
            ?["telecom"].Items()
            .Where(t => Text(t, "system") == system && (use is null || Text(t, "use") == use))
            .Select(t => Text(t, "value"))
            .FirstOrDefault(value => value is not null);

    private static bool IsPatient(JsonNode? participant) =>
        Text(participant.At("actor"), "reference")?.StartsWith("Patient/", StringComparison.Ordinal) == true;

    private static string Readable(string instant) =>
        DateTimeOffset.TryParse(instant, CultureInfo.InvariantCulture, out var at)
            ? OntarioTime.Local(at).ToString("d MMM yyyy, HH:mm", CultureInfo.InvariantCulture)
            : instant;
}
