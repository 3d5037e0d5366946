using System.Text;

namespace Rms.Fhir.Generator;

/// <summary>The text of one file while it is being written.</summary>
internal sealed class Code
{
    private readonly StringBuilder _text = new();

    public Code Text(string text)
    {
        _text.Append(text);
        return this;
    }

    public override string ToString() => _text.ToString();
}
