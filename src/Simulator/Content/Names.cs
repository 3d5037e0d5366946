namespace Rms.Simulator.Content;

/// <summary>Invented patients' names, a mix such as an Ontario clinic sees, and streets and towns to live in.</summary>
internal static class Names
{
    internal sealed record Name(string Given, string Family, string Gender);

    public static IReadOnlyList<Name> Ordinary { get; } =
        Read(
            """
            Maëlle Tremblay-Roy f|Luc Bélanger m|Geneviève Charbonneau f|Étienne Lachapelle m|Solange Ouellette f
            Rhéal Desrochers m|Mireille Vaillancourt f|Yvon Lafrenière m|Josée Brisebois f|Normand Guérin m
            Harpreet Sandhu f|Gurdeep Dhaliwal m|Priya Raghunathan f|Arjun Venkataraman m|Nusrat Chowdhury f
            Imran Siddiqui m|Lakshmi Subramaniam f|Devinder Grewal m|Tharshini Sivakumar f|Bilal Qureshi m
            Mei-Ling Kwok f|Jianguo Xu m|Siu-Fong Tam f|Wen-Hao Hsieh m|Xiaoyan Deng f
            Kwok-Wai Yiu m|Li-Na Zhuang f|Thuy Quynh f|Quang Duong m|Ji-Woo Bae f
            Layla Haddad f|Youssef Mansour m|Rania Khoury f|Tariq Al-Sabbagh m|Noor Barzani f
            Hassan Jaber m|Zeinab Moussa f|Karim Boutros m|Shirin Farrokhzadeh f|Omid Tavakoli m
            Winona Keeshig f|Elijah Shawanda m|Autumn Nadjiwon f|Jesse Wabegijig m|Dawn Manitowabi f
            River Pegahmagabow m|Sage Toulouse-Beaver f|Aurora Etherington f|Thomas Sutherland-Moose m|Cedar Linklater f
            Oksana Hrynchuk f|Taras Bondarchuk m|Halyna Petryshyn f|Bohdan Melnychenko m|Larysa Kotsiubynska f
            Wojciech Jankowiak m|Bożena Grzelak f|Ilse Vandenbosch f|Gerrit Hoogland m|Annika Lindqvist f
            Chidinma Okonjo f|Emeka Nwachukwu m|Abena Ofori-Mensah f|Kwabena Asamoah m|Selamawit Gebreyes f
            Abdirahman Warsame m|Fadumo Hersi f|Thandiwe Mabuza f|Devon Braithwaite m|Marcia Pennycooke f
            Consuelo Arriaga f|Rodrigo Villaseñor m|Ximena Etcheverry f|João Figueiredo-Reis m|Conceição Medeiros f
            Salvatore Del Vecchio m|Carmela Iannucci f|Despina Papakostas f|Ruth Finkelberg f|Alasdair MacAskill m
            Maureen Fairweather f|Douglas Ramsbottom m|Shelagh Tunstall f|Corey Haverstock m|Robin Ashgrove o
            """
        );

    /// <summary>Names that break careless software: scripts, marks, apostrophes, one-word names, great length.</summary>
    public static IReadOnlyList<Name> Unusual { get; } =
    [
        new("Олександра", "Шевчук-Данилюк", "female"),
        new("秀英", "欧阳", "female"),
        new("فاطمة الزهراء", "بن عبد القادر", "female"),
        new("Siobhán", "O'Súilleabháin-D'Arcy", "female"),
        new(
            "Maria Aparecida da Conceição Fernanda Guilhermina",
            "Vasconcelos de Albuquerque e Castro-Montenegro Wolfeschlegelsteinhausenberger",
            "female"
        ),
        new("ᐊᓪᓚᒃᑲ", "ᐃᓄᒃᑎᑐᑦ", "male"),
        new("Nguyễn Thị", "Ánh Tuyết", "female"),
        new("ਗੁਰਪ੍ਰੀਤ", "ਸੰਧੂ", "male"),
        new("நிலா", "கந்தசாமி", "female"),
        new("X Æ", "Null", "other"),
        new("Zoë \"Zo\"", "de la Peña & Sons <b>", "other"),
        new("J.", "Ng", "male"),
    ];

    public static IReadOnlyList<string> Streets { get; } =
    [
        "Sugar Maple Crescent",
        "Old Mill Line",
        "rue des Érables",
        "Concession Road 7",
        "Harbour View Drive",
        "Trillium Court",
        "Station Street",
        "Kestrel Avenue",
        "chemin du Moulin",
        "Granite Ridge Road",
        "Loon Lake Trail",
        "Wellspring Boulevard",
        "Birchmount Lane",
        "Fox Hollow Way",
    ];

    /// <summary>Town and the first half of its postal codes.</summary>
    public static IReadOnlyList<(string City, string Area)> Cities { get; } =
    [
        ("Toronto", "M4K"),
        ("Scarborough", "M1P"),
        ("Mississauga", "L5B"),
        ("Brampton", "L6Y"),
        ("Ottawa", "K1N"),
        ("Orléans", "K4A"),
        ("Sudbury", "P3C"),
        ("Thunder Bay", "P7B"),
        ("Hamilton", "L8P"),
        ("Kingston", "K7L"),
        ("Hearst", "P0L"),
        ("Manitowaning", "P0P"),
        ("Windsor", "N9A"),
        ("Kitchener", "N2G"),
        ("Peterborough", "K9H"),
    ];

    private static Name[] Read(string table) =>
        table
            .Split(['|', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(entry =>
            {
                var gender = entry[^1] switch
                {
                    'f' => "female",
                    'm' => "male",
                    _ => "other",
                };
                var space = entry.IndexOf(' ', StringComparison.Ordinal);
                return new Name(entry[..space], entry[(space + 1)..^2], gender);
            })
            .ToArray();
}
