using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.House;

/// <summary>
/// What each module shows to others is written down in approved/, so that widening it is a line in the diff.
/// </summary>
public sealed class PublicSurfaceTests
{
    public static TheoryData<string> Modules() =>
        ["Rms.Directories", "Rms.Intake", "Rms.Triage", "Rms.Scheduling", "Rms.Notifications", "Rms.Revocation"];

    public static TheoryData<string> Approved() => [.. Modules().Select(m => m.Data), "Rms.Core"];

    [Theory]
    [MemberData(nameof(Approved))]
    public void The_public_surface_is_the_approved_one(string assembly)
    {
        var file = Path.Combine(Checkout.Root, "tests/Rms.UnitTests/House/approved", $"{assembly}.txt");
        var now = Surface(Assembly.Load(assembly)).ToList();
        if (Environment.GetEnvironmentVariable("RMS_APPROVE") == "1")
            File.WriteAllLines(file, now);
        var approved = File.Exists(file) ? File.ReadAllLines(file) : [];

        var difference = approved.Except(now).Select(l => $"- {l}").Concat(now.Except(approved).Select(l => $"+ {l}"));
        difference.ShouldBeEmpty(
            $"The public surface of {assembly} changed. If it should: RMS_APPROVE=1 ./rms test unit -class '*PublicSurfaceTests', and commit approved/{assembly}.txt."
        );
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void A_module_shows_only_records_enums_and_its_registration(string assembly) =>
        Assembly
            .Load(assembly)
            .GetExportedTypes()
            .Where(t => !t.IsNested && !IsRecord(t) && !t.IsEnum && !IsStatic(t))
            .Select(t => t.FullName)
            .ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Modules))]
    public void A_module_has_one_registration_named_after_it(string assembly)
    {
        var name = assembly == "Rms.Directories" ? "DirectoryModule" : $"{assembly["Rms.".Length..]}Module";
        Assembly
            .Load(assembly)
            .GetExportedTypes()
            .Select(t => t.Name)
            .Where(n => n.EndsWith("Module", StringComparison.Ordinal))
            .ShouldBe([name]);
    }

    /// <summary>One line a type: its kind and name; for a record also what it holds, for an enum its values.</summary>
    private static IEnumerable<string> Surface(Assembly assembly) =>
        assembly.GetExportedTypes().Select(Describe).Order(StringComparer.Ordinal);

    private static string Describe(Type type)
    {
        var name = Name(type, full: true);
        if (type.IsEnum)
            return $"enum {name}: {string.Join(", ", Enum.GetNames(type))}";
        if (IsRecord(type))
            return $"record {name}({string.Join(", ", Members(type))})";
        return $"{Kind(type)} {name}";
    }

    private static IEnumerable<string> Members(Type record) =>
        record
            .GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(p => p.Name != "EqualityContract")
            .Select(p => $"{Name(p.PropertyType, full: false)}{Mark(p)} {p.Name}");

    private static string Mark(PropertyInfo property) =>
        !property.PropertyType.IsValueType
        && new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable
            ? "?"
            : "";

    private static string Kind(Type type) =>
        type.IsInterface ? "interface"
        : typeof(Delegate).IsAssignableFrom(type) ? "delegate"
        : type.IsValueType ? "struct"
        : IsStatic(type) ? "static class"
        : "class";

    // The compiler gives every record class this method, under a name that no one can write.
    private static bool IsRecord(Type type) =>
        type.GetMethod("<Clone>$") is not null
        || (
            type.IsValueType
            && type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null
        );

    private static bool IsStatic(Type type) => type is { IsAbstract: true, IsSealed: true };

    private static string Name(Type type, bool full)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
            return $"{Name(value, full)}?";
        if (type.IsArray)
            return $"{Name(type.GetElementType()!, full)}[]";
        if (type.IsGenericParameter)
            return type.Name;
        var name = new StringBuilder();
        if (full)
            name.Append(type.Namespace).Append('.');
        if (type.DeclaringType is { } outer)
            name.Append(Name(outer, full: false)).Append('.');
        name.Append(type.Name.Split('`')[0]);
        if (type.IsGenericType)
            name.Append('<').AppendJoin(", ", type.GetGenericArguments().Select(a => Name(a, full: false))).Append('>');
        return name.ToString();
    }
}
