namespace Rms.Fhir.Model;

/// <summary>Goes through every object of a resource in the model, and knows the FHIRPath of each.</summary>
internal abstract class Walk
{
    private readonly List<(string Name, int Index)> _path = [];

    /// <summary>Called for each object, before its children.</summary>
    protected abstract void Enter(FhirNode node);

    /// <summary>Called for each object, after its children.</summary>
    protected virtual void Leave(FhirNode node) { }

    public void Start(Resource root)
    {
        _path.Add((root.ResourceType, -1));
        Enter(root);
        root.Visit(this);
        Leave(root);
    }

    public void One(string name, FhirNode? node)
    {
        if (node is not null)
        {
            Step(name, -1, node);
        }
    }

    /// <summary>An element whose C# type allows datatypes that FHIR does not allow there.</summary>
    public virtual void Choice(FhirNode owner, string name, Element? element) => One(name, element);

    public void Many<T>(string name, List<T>? list)
        where T : FhirNode
    {
        if (list is not null)
        {
            for (var i = 0; i < list.Count; i++)
            {
                Step(name, i, list[i]);
            }
        }
    }

    public void Step(string name, int index, FhirNode node)
    {
        _path.Add((name, index));
        Enter(node);
        node.Visit(this);
        Leave(node);
        _path.RemoveAt(_path.Count - 1);
    }

    /// <summary>The element under which the object entered stands; the type's name for the root.</summary>
    protected string ElementName => _path[^1].Name;

    /// <summary>Where the walk stands.</summary>
    protected string Path() =>
        string.Join('.', _path.Select(step => step.Index < 0 ? step.Name : $"{step.Name}[{step.Index}]"));
}
