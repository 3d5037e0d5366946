using Rms.Fhir.Model;

namespace Rms.Fhir.Invariants;

/// <summary>The rules of datatypes, wherever they stand.</summary>
internal static class DatatypeRules
{
    private const string Ucum = "http://unitsofmeasure.org";

    private static readonly string[] MealTimes = ["C", "CM", "CD", "CV"];

    public static void Check(FhirNode node, InvariantWalk walk)
    {
        switch (node)
        {
            case Extension x:
                walk.Hold(x.HasExtensions != x.Value is not null, "ext-1", "An extension has a value or extensions.");
                break;
            case Reference x:
                walk.Hold(walk.Resolves(x.ReferenceValue ?? ""), "ref-1", "No contained resource has this id.");
                break;
            case Period x:
                walk.Hold(Ordered(x.Start, x.End), "per-1", "A period must not end before it starts.");
                break;
            case ContactPoint x:
                walk.Hold(x.Value is null || x.System is not null, "cpt-2", "A contact's value needs its system.");
                break;
            case Attachment x:
                walk.Hold(x.Data is null || x.ContentType is not null, "att-1", "Data needs its content type.");
                break;
            case Narrative x:
                Text(x, walk);
                break;
            case Quantity x:
                Amount(x, walk);
                break;
            case Model.Range x:
                var ordered = x.Low?.Value is not { } low || x.High?.Value is not { } high || low.Value <= high.Value;
                walk.Hold(ordered, "rng-2", "A range's low must not be above its high.");
                break;
            case Ratio x:
                walk.Hold(
                    x.Numerator is null == x.Denominator is null && (x.Numerator is not null || x.HasExtensions),
                    "rat-1",
                    "A ratio has numerator and denominator, or neither and an extension."
                );
                break;
            case Expression x:
                walk.Hold(
                    x.ExpressionValue is not null || x.Reference is not null,
                    "exp-1",
                    "An expression has its text or a reference to it."
                );
                break;
            case TimingRepeat x:
                Repeat(x, walk);
                break;
            case DataRequirementCodeFilter x:
                walk.Hold(
                    x.Path is null != x.SearchParam is null,
                    "drq-1",
                    "A filter has a path or a search parameter."
                );
                break;
            case DataRequirementDateFilter x:
                walk.Hold(
                    x.Path is null != x.SearchParam is null,
                    "drq-2",
                    "A filter has a path or a search parameter."
                );
                break;
            case TriggerDefinition x:
                Trigger(x, walk);
                break;
        }
    }

    /// <summary>True unless both are known and the second lies wholly before the first.</summary>
    public static bool Ordered(string? start, string? end)
    {
        if (!FhirDate.TryParse(start, out var first) || !FhirDate.TryParse(end, out var last))
        {
            return true;
        }

        return first.Moment is { } from && last.Moment is { } to ? from <= to : first.FirstDay <= last.LastDay;
    }

    private static void Text(Narrative narrative, InvariantWalk walk)
    {
        if (narrative.Div is { } div && Xhtml.Fault(div) is { } fault)
        {
            walk.Break(fault.Key, fault.Text, "div");
        }
    }

    private static void Amount(Quantity x, InvariantWalk walk)
    {
        walk.Hold(x.Code is null || x.System is not null, "qty-3", "The code of a unit needs its system.");
        var isUcum = x.System is null or Ucum;
        var codeWithValue = x.Code is not null || x.Value is null;
        var holds = x switch
        {
            Age => codeWithValue && isUcum && x.Value is null or { Value: > 0 },
            Count => codeWithValue && isUcum && x.Code is null or "1" && x.Value?.ToString().Contains('.') is not true,
            Distance => codeWithValue && isUcum,
            Duration => x.Code is null || (x.System == Ucum && x.Value is not null),
            _ => true,
        };
        var key = x switch
        {
            Age => "age-1",
            Count => "cnt-3",
            Distance => "dis-1",
            _ => "drt-1",
        };
        walk.Hold(holds, key, $"This {x.Shape.TypeName} breaks its rule about value, UCUM system and code.");
    }

    private static void Repeat(TimingRepeat x, InvariantWalk walk)
    {
        walk.Hold(x.Duration is null || x.DurationUnit is not null, "tim-1", "A duration needs its unit.");
        walk.Hold(x.Period is null || x.PeriodUnit is not null, "tim-2", "A period needs its unit.");
        walk.Hold(x.Duration is not { Value: < 0 }, "tim-4", "A duration must not be negative.");
        walk.Hold(x.Period is not { Value: < 0 }, "tim-5", "A period must not be negative.");
        walk.Hold(x.PeriodMax is null || x.Period is not null, "tim-6", "A longest period needs a period.");
        walk.Hold(x.DurationMax is null || x.Duration is not null, "tim-7", "A longest duration needs a duration.");
        walk.Hold(x.CountMax is null || x.Count is not null, "tim-8", "A largest count needs a count.");
        walk.Hold(
            x.Offset is null || (x.When.Count > 0 && !x.When.Exists(when => MealTimes.Contains(when))),
            "tim-9",
            "An offset needs an event other than a meal itself."
        );
        walk.Hold(x.TimeOfDay.Count == 0 || x.When.Count == 0, "tim-10", "Either times of day or events, not both.");
    }

    private static void Trigger(TriggerDefinition x, InvariantWalk walk)
    {
        walk.Hold(x.Data.Count == 0 || x.Timing is null, "trd-1", "A trigger has data or timing, not both.");
        walk.Hold(x.Condition is null || x.Data.Count > 0, "trd-2", "A trigger's condition needs data.");
        var complete = x.Type switch
        {
            TriggerTypeCodes.NamedEvent => x.Name is not null,
            TriggerTypeCodes.Periodic => x.Timing is not null,
            { } type when type.StartsWith("data-", StringComparison.Ordinal) => x.Data.Count > 0,
            _ => true,
        };
        walk.Hold(complete, "trd-3", "A trigger needs the name, timing or data that its type speaks of.");
    }
}
