using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Rms.Web.Pages.Wording;

/// <summary>
/// &lt;icon name="inbox" /&gt;: an icon of the sprite, beside a word and therefore hidden from screen readers.
/// The names are those that web/icons.sh lists.
/// </summary>
[HtmlTargetElement("icon", TagStructure = TagStructure.WithoutEndTag)]
public sealed class IconTag(IFileVersionProvider versions) : TagHelper
{
    private const string Sprite = "/lib/tabler-icons/sprite.svg";

    /// <summary>The icon's name in the sprite.</summary>
    public string Name { get; set; } = "";

    /// <inheritdoc />
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "svg";
        output.TagMode = TagMode.StartTagAndEndTag;
        string extra = output.Attributes["class"]?.Value?.ToString() ?? "";
        output.Attributes.SetAttribute("class", ("icon " + extra).TrimEnd());
        output.Attributes.SetAttribute("aria-hidden", "true");
        output.Attributes.SetAttribute("focusable", "false");
        string sprite = versions.AddFileVersionToPath(PathString.Empty, Sprite);
        output.Content.SetHtmlContent($"<use href=\"{sprite}#{Name}\"></use>");
    }
}
