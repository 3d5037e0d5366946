namespace Rms.UnitTests;

/// <summary>The message vectors of tests/vectors, as they stand beside the tests that run.</summary>
public static class Vectors
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "vectors");

    /// <summary>The bytes of one vector: <c>v0.11.1/add-service-request</c>.</summary>
    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".json"));

    /// <summary>The names of all vectors of a folder (<c>v0.10.0</c>, <c>v0.11.1</c>, <c>faults</c>), in order.</summary>
    public static IEnumerable<string> In(string folder) =>
        Directory
            .EnumerateFiles(Path.Combine(Folder, folder), "*.json")
            .Select(file => $"{folder}/{Path.GetFileNameWithoutExtension(file)}")
            .Order(StringComparer.Ordinal);

    /// <summary>The names of the messages of both guide versions.</summary>
    public static IEnumerable<string> Messages() => In("v0.10.0").Concat(In("v0.11.1"));
}
