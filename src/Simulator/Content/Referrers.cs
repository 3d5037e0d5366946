namespace Rms.Simulator.Content;

/// <summary>Invented clinics and the people who refer from them.</summary>
internal static class Referrers
{
    private static readonly Clinic Harbourfront = new(
        "Harbourfront Family Health Team",
        new PostalAddress("18 Ferry Landing", "Suite 204", "Toronto", "M5J 0A1"),
        "416-555-0110",
        "416-555-0111",
        "referrals.harbourfront@example.org"
    );

    private static readonly Clinic Champlain = new(
        "Centre de santé du Vieux-Moulin",
        new PostalAddress("402 rue du Vieux-Moulin", null, "Orléans", "K4A 0A2"),
        "416-555-0112",
        "416-555-0113",
        "aiguillage.vieuxmoulin@example.org"
    );

    private static readonly Clinic Nickel = new(
        "Granite Ridge Nurse Practitioner-Led Clinic",
        new PostalAddress("77 Smelter Road", "Unit 3", "Sudbury", "P3C 0A3"),
        "416-555-0114",
        "416-555-0115",
        "intake.graniteridge@example.org"
    );

    private static readonly Clinic Superior = new(
        "Loon Lake Walk-in and Urgent Care",
        new PostalAddress("5 Signal Hill Drive", null, "Thunder Bay", "P7B 0A4"),
        "416-555-0116",
        "416-555-0117",
        null
    );

    private static readonly Clinic Manitoulin = new(
        "Manitou Shores Health Access Centre",
        new PostalAddress("1 Sweetgrass Road", null, "Manitowaning", "P0P 0A5"),
        "416-555-0118",
        "416-555-0119",
        "referrals.manitoushores@example.org"
    );

    private static readonly Clinic Credit = new(
        "Credit Bend Medical",
        new PostalAddress("2300 Old Mill Line", "2nd Floor", "Mississauga", "L5B 0A6"),
        "416-555-0120",
        "416-555-0121",
        "frontdesk.creditbend@example.org"
    );

    public static IReadOnlyList<Referrer> All { get; } =
    [
        Physician("Adaeze", "Okafor-Lindqvist", "a.okafor", "900101", Harbourfront),
        Physician("Benoît", "Larocque-Simard", "b.larocque", "900102", Champlain),
        Physician("Chantale", "Desormeaux", "c.desormeaux", "900103", Champlain),
        Physician("Hardeep", "Gillmore", "h.gillmore", "900104", Credit),
        Physician("Isaac", "Thornbury", "i.thornbury", "900105", Harbourfront),
        Physician("Mei", "Castellan", "m.castellan", "900106", Credit),
        Physician("Nadia", "El-Rashidi", "n.elrashidi", "900107", Superior),
        Physician("Oleh", "Kravets-Boyd", "o.kravets", "900108", Superior),
        Nurse("Paula", "Whiteduck-Moore", "p.whiteduck", Manitoulin),
        Nurse("Rowan", "Achterberg", "r.achterberg", Nickel),
        Nurse("Sunita", "Parmeshwar", "s.parmeshwar", Nickel),
        Physician("Theodore", "Vanier-Oke", "t.vanier", "900109", Manitoulin),
    ];

    /// <summary>People who send for a requester.</summary>
    public static IReadOnlyList<Referrer> Clerks { get; } =
    [
        Clerk("Brenda", "Fallowfield", "b.fallowfield", Harbourfront),
        Clerk("Martin", "Quesnel-Hebert", "m.quesnel", Champlain),
        Clerk("Aisha", "Dromgoole", "a.dromgoole", Credit),
    ];

    private static Referrer Physician(string given, string family, string username, string licence, Clinic clinic) =>
        new(given, family, "Dr.", licence, licence, username, "59058001", "Family Physician", clinic);

    private static Referrer Nurse(string given, string family, string username, Clinic clinic) =>
        new(given, family, "NP", null, null, username, "224571005", "Nurse Practitioner", clinic);

    private static Referrer Clerk(string given, string family, string username, Clinic clinic) =>
        new(given, family, "", null, null, username, "224608005", "Administrative healthcare staff", clinic);
}
