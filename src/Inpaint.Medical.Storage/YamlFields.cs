using System.Collections.Immutable;
using System.Globalization;
using Inpaint.Medical.Core.Errors;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Inpaint.Medical.Storage;

/// <summary>
/// A YAML mapping read strictly: every key must be known, every value of its type and in its range. Errors name file and line.
/// </summary>
internal sealed class YamlFields
{
    private readonly string _file;
    private readonly YamlMappingNode _mapping;
    private readonly Dictionary<string, YamlNode> _values = new(StringComparer.Ordinal);

    public YamlFields(string file, YamlNode node, string what, IReadOnlyCollection<string> known)
    {
        _file = file;
        _mapping = node as YamlMappingNode ?? throw Error(file, node, $"{what} must be a mapping of keys to values");
        foreach ((YamlNode keyNode, YamlNode value) in _mapping.Children)
        {
            string key = (keyNode as YamlScalarNode)?.Value ?? throw Error(file, keyNode, "a key must be a word");
            if (!known.Contains(key))
            {
                throw Error(file, keyNode, $"unknown key '{key}' in {what}; known are: {string.Join(", ", known)}");
            }

            _values.Add(key, value);
        }
    }

    public IReadOnlyCollection<string> Keys => _values.Keys;

    public YamlNode Node(string key) =>
        _values.TryGetValue(key, out YamlNode? value) ? value : throw Error(_file, _mapping, $"'{key}' is missing");

    public bool Has(string key) => _values.ContainsKey(key);

    public string Text(string key)
    {
        string text = Scalar(key).Value ?? string.Empty;
        return text.Length > 0 ? text : throw Error(_file, Node(key), $"'{key}' must not be empty");
    }

    /// <summary>May be empty.</summary>
    public string TextOrEmpty(string key) => Scalar(key).Value ?? string.Empty;

    public bool Flag(string key) => Scalar(key).Value switch
    {
        "true" => true,
        "false" => false,
        string found => throw Error(_file, Node(key), $"'{key}' must be true or false; found '{found}'"),
        null => throw Error(_file, Node(key), $"'{key}' must be true or false; found nothing"),
    };

    public int Whole(string key, int minimum, int maximum) =>
        int.TryParse(Scalar(key).Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
        && value >= minimum && value <= maximum
            ? value
            : throw Error(_file, Node(key), $"'{key}' must be a whole number from {minimum} to {maximum}; found '{Scalar(key).Value}'");

    public double Number(string key, double minimum, double maximum) =>
        double.TryParse(Scalar(key).Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
        && value >= minimum && value <= maximum
            ? value
            : throw Error(_file, Node(key), FormattableString.Invariant(
                $"'{key}' must be a number from {minimum} to {maximum}; found '{Scalar(key).Value}'"));

    public T Word<T>(string key, IReadOnlyDictionary<string, T> words) =>
        words.TryGetValue(Scalar(key).Value ?? string.Empty, out T? value)
            ? value
            : throw Error(_file, Node(key), $"'{key}' must be one of {string.Join(", ", words.Keys)}; found '{Scalar(key).Value}'");

    /// <summary>A list of words, or one word.</summary>
    public ImmutableArray<string> Words(string key)
    {
        YamlNode node = Node(key);
        IEnumerable<YamlNode> items = node is YamlSequenceNode sequence ? sequence.Children : [node];
        return
        [
            .. items.Select(item => item is YamlScalarNode { Value: { Length: > 0 } word }
                ? word
                : throw Error(_file, item, $"'{key}' must be a list of words")),
        ];
    }

    public InpaintException Error(string key, string problem) => Error(_file, Node(key), problem);

    public static InpaintException Error(string file, YamlNode node, string problem) => Error(file, node.Start, problem);

    public static InpaintException Error(string file, Mark mark, string problem) =>
        new(ErrorCode.ProtocolInvalid, FormattableString.Invariant($"{file}:{Math.Max(1, mark.Line)}: {problem}."));

    private YamlScalarNode Scalar(string key) =>
        Node(key) as YamlScalarNode ?? throw Error(_file, Node(key), $"'{key}' must be a single value");
}
