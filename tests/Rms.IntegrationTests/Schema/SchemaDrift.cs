using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Rms.IntegrationTests.Fixtures;

namespace Rms.IntegrationTests.Schema;

/// <summary>Compares the shape that EF Core believes in with the one that the migrations made.</summary>
internal static class SchemaDrift
{
    /// <summary>Tables that no entity maps, each for a reason.</summary>
    private static readonly Dictionary<string, string> NotMapped = new()
    {
        ["public.migration"] = "the migration runner's own",
        ["core.lifecycle_step"] = "the lifecycle's mirror, read by foreign keys only",
        ["core.inbox"] = "written by the Inbox's own SQL: on conflict do nothing",
        ["core.audit_link"] = "written by the audit sealer's own SQL",
        ["keys.master_key"] = "read by the key ring's own SQL before anything else",
    };

    /// <summary>Schemas whose tables belong to a library.</summary>
    private static readonly string[] NotOurs = ["quartz"];

    /// <summary>Every difference, one sentence each.</summary>
    public static async Task<IReadOnlyList<string>> Find(DbContext context, Database database)
    {
        var expected = Expected(context.Model.GetRelationalModel());
        var actual = await Actual(database);
        var differences = new List<string>();
        foreach (var table in expected.Keys.Except(actual.Keys).Order(StringComparer.Ordinal))
            differences.Add($"Table {table} is mapped, but no migration makes it.");
        foreach (var table in actual.Keys.Except(expected.Keys).Except(NotMapped.Keys).Order(StringComparer.Ordinal))
            differences.Add($"Table {table} is made by a migration, but not mapped.");
        foreach (var (name, table) in expected.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            if (actual.TryGetValue(name, out var made))
                differences.AddRange(Compare(name, table, made));
        }
        return differences;
    }

    private static IEnumerable<string> Compare(string name, Table mapped, Table made)
    {
        foreach (var column in mapped.Columns.Keys.Except(made.Columns.Keys))
            yield return $"Column {name}.{column} is mapped, but no migration makes it.";
        foreach (var column in made.Columns.Keys.Except(mapped.Columns.Keys))
            yield return $"Column {name}.{column} is made by a migration, but not mapped.";
        foreach (var (column, here) in mapped.Columns)
        {
            if (!made.Columns.TryGetValue(column, out var there))
                continue;
            if (here.Type != there.Type)
                yield return $"Column {name}.{column} is mapped as {here.Type}, but made as {there.Type}.";
            if (here.Nullable != there.Nullable)
                yield return $"Column {name}.{column} is mapped as {Words(here)}, but made as {Words(there)}.";
        }
        if (!mapped.Key.SequenceEqual(made.Key, StringComparer.Ordinal))
            yield return $"Table {name} is mapped with the key ({string.Join(", ", mapped.Key)}), but made with ({string.Join(", ", made.Key)}).";
    }

    private static string Words(Column column) => column.Nullable ? "nullable" : "not null";

    private static Dictionary<string, Table> Expected(IRelationalModel model) =>
        model.Tables.ToDictionary(
            t => $"{t.Schema ?? "public"}.{t.Name}",
            t => new Table(
                t.Columns.ToDictionary(c => c.Name, c => new Column(c.StoreType, c.IsNullable)),
                [.. t.PrimaryKey?.Columns.Select(c => c.Name) ?? []]
            )
        );

    private static async Task<Dictionary<string, Table>> Actual(Database database)
    {
        var columns = await database.Query(
            $"""
            select n.nspname || '.' || c.relname, a.attname, format_type(a.atttypid, a.atttypmod), not a.attnotnull
            from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
            where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p') and not c.relispartition
              and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
              and n.nspname not in ('{string.Join("', '", NotOurs)}')
            """
        );
        var keys = await database.Query(
            """
            select n.nspname || '.' || c.relname, a.attname
            from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
              cross join unnest(i.indkey) with ordinality as k (attnum, place)
              join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
            where i.indisprimary
            order by 1, k.place
            """
        );
        var keyOf = keys.ToLookup(r => (string)r[0]!, r => (string)r[1]!);
        return columns
            .GroupBy(r => (string)r[0]!)
            .ToDictionary(
                t => t.Key,
                t => new Table(
                    t.ToDictionary(r => (string)r[1]!, r => new Column((string)r[2]!, (bool)r[3]!)),
                    [.. keyOf[t.Key]]
                )
            );
    }

    private sealed record Column(string Type, bool Nullable);

    private sealed record Table(Dictionary<string, Column> Columns, IReadOnlyList<string> Key);
}
