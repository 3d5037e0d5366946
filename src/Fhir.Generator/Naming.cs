using System.Text;

namespace Rms.Fhir.Generator;

/// <summary>From FHIR's names to C#'s.</summary>
public static class Naming
{
    /// <summary>C# names of the primitives where they stand in a choice.</summary>
    public static readonly IReadOnlyDictionary<string, string> PrimitiveClasses = new Dictionary<string, string>
    {
        ["base64Binary"] = "FhirBase64Binary",
        ["boolean"] = "FhirBoolean",
        ["canonical"] = "FhirCanonical",
        ["code"] = "FhirCode",
        ["date"] = "FhirDateElement",
        ["dateTime"] = "FhirDateTime",
        ["decimal"] = "FhirDecimalElement",
        ["id"] = "FhirId",
        ["instant"] = "FhirInstant",
        ["integer"] = "FhirInteger",
        ["markdown"] = "FhirMarkdown",
        ["oid"] = "FhirOid",
        ["positiveInt"] = "FhirPositiveInt",
        ["string"] = "FhirString",
        ["time"] = "FhirTime",
        ["unsignedInt"] = "FhirUnsignedInt",
        ["uri"] = "FhirUri",
        ["url"] = "FhirUrl",
        ["uuid"] = "FhirUuid",
    };

    /// <summary>The first letter large: <c>birthDate</c> is <c>BirthDate</c>.</summary>
    public static string Pascal(string name) => char.ToUpperInvariant(name[0]) + name[1..];

    /// <summary>The class of a path: <c>Task</c> is FhirTask, <c>Task.input</c> is TaskInput.</summary>
    public static string ClassOf(string path) =>
        path == "Task" ? "FhirTask" : string.Concat(path.Split('.').Select(Pascal));

    /// <summary>The class of codes of a value set: <c>TaskStatus</c> is TaskStatusCodes.</summary>
    public static string CodesOf(string valueSet)
    {
        var name = string.Concat(valueSet.Split(' ').Select(Pascal));
        return name.EndsWith("Codes", StringComparison.Ordinal) ? name : name + "Codes";
    }

    /// <summary>The constant of a code: <c>entered-in-error</c> is EnteredInError.</summary>
    public static string Constant(string code)
    {
        var symbol = code switch
        {
            "<" => "LessThan",
            "<=" => "LessOrEqual",
            ">=" => "GreaterOrEqual",
            ">" => "GreaterThan",
            _ => null,
        };
        if (symbol is not null)
        {
            return symbol;
        }

        var name = new StringBuilder();
        var capital = true;
        foreach (var c in code)
        {
            if (!char.IsAsciiLetterOrDigit(c))
            {
                // A dot between digits tells versions apart: 1.0.0 is V1_0_0.
                if (c == '.' && name.Length > 0 && char.IsAsciiDigit(name[^1]))
                {
                    name.Append('_');
                }

                capital = true;
                continue;
            }

            name.Append(capital ? char.ToUpperInvariant(c) : c);
            capital = false;
        }

        return char.IsAsciiDigit(name[0]) ? "V" + name : name.ToString();
    }
}
