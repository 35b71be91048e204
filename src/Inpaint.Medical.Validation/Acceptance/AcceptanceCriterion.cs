using System.Globalization;
using System.Text.RegularExpressions;
using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Validation.Acceptance;

/// <summary>One line of an acceptance file, such as "gap1.psnr.gain_over_best >= 0.5".</summary>
/// <param name="Text">As written.</param>
/// <param name="Stratum">Name of a stratum: all, gap1, region, thin, MR, …</param>
/// <param name="Metric">Name of a metric.</param>
/// <param name="Statistic">mean, low95, high95, median, least, greatest; gain_over_X, gain_over_X_low95, win_rate_over_X, worst_gain_over_X
/// or p_over_X, where X is best or a baseline.</param>
/// <param name="Operator">One of >=, >, &lt;=, &lt;.</param>
public sealed partial record AcceptanceCriterion(string Text, string Stratum, string Metric, string Statistic, string Operator, double Limit)
{
    /// <exception cref="InpaintException"><see cref="ErrorCode.UsageInvalid"/>.</exception>
    public static AcceptanceCriterion Parse(string text)
    {
        Match match = Grammar().Match(text ?? "");
        if (!match.Success || !double.TryParse(match.Groups["limit"].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double limit))
        {
            throw new InpaintException(ErrorCode.UsageInvalid, $"'{text}' is no acceptance line; write for example gap1.psnr.gain_over_best >= 0.5.");
        }

        return new AcceptanceCriterion(
            text!.Trim(), match.Groups["stratum"].Value, match.Groups["metric"].Value, match.Groups["statistic"].Value, match.Groups["operator"].Value, limit);
    }

    /// <summary>Whether a value meets the limit.</summary>
    public bool IsMetBy(double value) => Operator switch
    {
        ">=" => value >= Limit,
        ">" => value > Limit,
        "<=" => value <= Limit,
        _ => value < Limit,
    };

    // The stratum may hold dots and colons (a drop such as random:0.2), so it takes all before the last two names.
    [GeneratedRegex(@"^\s*(?<stratum>\S+)\.(?<metric>[a-z0-9_]+)\.(?<statistic>[a-z0-9_]+)\s*(?<operator>>=|>|<=|<)\s*(?<limit>[-+0-9.eE]+)\s*$")]
    private static partial Regex Grammar();
}
