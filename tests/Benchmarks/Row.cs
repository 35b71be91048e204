using System.Globalization;

namespace Inpaint.Medical.Benchmarks;

/// <summary>One line of the table: what was measured, ours, the peer's, and whether it reaches what was asked.</summary>
internal sealed record Row(string What, string Ours, string Peer, string Asked, bool? IsReached)
{
    public string ToMarkdown() => $"| {What} | {Ours} | {Peer} | {Asked} | {(IsReached switch { true => "yes", false => "**no**", null => "–" })} |";

    public static string Seconds(double seconds) => seconds.ToString("0.000", CultureInfo.InvariantCulture) + " s";
}
