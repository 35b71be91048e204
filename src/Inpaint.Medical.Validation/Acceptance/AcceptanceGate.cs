using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Inpaint.Medical.Validation.Acceptance;

/// <summary>A criterion that was not met.</summary>
/// <param name="Found">The value, or null where the summary has none.</param>
public sealed record FailedCriterion(AcceptanceCriterion Criterion, double? Found)
{
    /// <summary>One line: the criterion and what was found.</summary>
    public override string ToString() => Found is { } found
        ? FormattableString.Invariant($"FAILED {Criterion.Text} (found {found:G6})")
        : $"FAILED {Criterion.Text} (the results hold no such value)";
}

/// <summary>What a site demands of a method before it is used.</summary>
/// <remarks>YAML: <c>method: NAME</c> and <c>accept:</c>, a list of lines as in <see cref="AcceptanceCriterion"/>.</remarks>
public sealed record AcceptanceGate(string Method, ImmutableArray<AcceptanceCriterion> Criteria)
{
    /// <summary>Exit code of a validation whose gate is not met.</summary>
    public const int ExitCode = 4;

    /// <exception cref="InpaintException"><see cref="ErrorCode.UsageInvalid"/>, <see cref="ErrorCode.PathNotFound"/>.</exception>
    public static AcceptanceGate Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new InpaintException(ErrorCode.PathNotFound, $"{path}: cannot be read ({cause.GetType().Name}).", cause);
        }
    }

    /// <exception cref="InpaintException"><see cref="ErrorCode.UsageInvalid"/>.</exception>
    public static AcceptanceGate Parse(string yaml)
    {
        GateFile? file;
        try
        {
            file = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).Build().Deserialize<GateFile>(yaml);
        }
        catch (YamlException cause)
        {
            throw new InpaintException(ErrorCode.UsageInvalid, $"The acceptance file is wrong at line {cause.Start.Line}: expected 'method' and the list 'accept'.", cause);
        }

        if (string.IsNullOrWhiteSpace(file?.Method) || file.Accept is not { Count: > 0 })
        {
            throw new InpaintException(ErrorCode.UsageInvalid, "The acceptance file needs 'method: NAME' and 'accept:' with at least one line.");
        }

        return new AcceptanceGate(file.Method, [.. file.Accept.Select(AcceptanceCriterion.Parse)]);
    }

    /// <summary>The criteria that a summary does not meet; a value that is not there meets nothing.</summary>
    public ImmutableArray<FailedCriterion> Judge(ValidationSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return
        [
            .. Criteria
                .Select(criterion => new FailedCriterion(criterion, Find(summary, criterion)))
                .Where(failed => failed.Found is not { } found || !failed.Criterion.IsMetBy(found)),
        ];
    }

    private double? Find(ValidationSummary summary, AcceptanceCriterion criterion)
    {
        Aggregate? aggregate = summary.Aggregates.FirstOrDefault(row =>
            row.Stratum.Name == criterion.Stratum && row.Method == Method && row.Metric == criterion.Metric);
        Comparison? Over(string prefix, string suffix = "") => summary.Comparisons.FirstOrDefault(row =>
            row.Stratum.Name == criterion.Stratum && row.Method == Method && row.Metric == criterion.Metric
            && criterion.Statistic == prefix + row.Baseline + suffix);
        return criterion.Statistic switch
        {
            "mean" => aggregate?.Mean,
            "low95" => aggregate?.Low95,
            "high95" => aggregate?.High95,
            "median" => aggregate?.Median,
            "least" => aggregate?.Least,
            "greatest" => aggregate?.Greatest,
            _ => Over("gain_over_")?.MeanGain
                ?? Over("gain_over_", "_low95")?.Low95
                ?? Over("win_rate_over_")?.WinRate
                ?? Over("worst_gain_over_")?.WorstGain
                ?? Over("p_over_")?.WilcoxonP,
        };
    }

    private sealed record GateFile
    {
        public string? Method { get; init; }

        public List<string>? Accept { get; init; }
    }
}
