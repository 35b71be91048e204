using System.Reflection;

namespace Inpaint.Medical.Validation.Report;

/// <summary>
/// Writes the report as one self-contained HTML file: verdict first, then tables, plots, pictures and provenance; no script is
/// needed to read it, and nothing is loaded from elsewhere.
/// </summary>
public static class ReportWriter
{
    /// <summary>Writes the page part by part; with its pictures it is many times a volume's slice.</summary>
    public static void Write(ReportModel model, TextWriter page)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(page);
        Head(model).CopyTo(page);
        Cohort(model.Volumes).CopyTo(page);
        page.Write(Tools);
        string[] methods = Methods(model);
        for (int i = 0; i < model.Volumes.Count; i++)
        {
            VolumeSection(model.Volumes[i], i, methods).CopyTo(page);
        }

        Foot(model).CopyTo(page);
    }

    private static string[] Methods(ReportModel model) => [.. model.Results.Select(row => row.Method).Distinct()];

    private static HtmlText Head(ReportModel model)
    {
        string[] methods = Methods(model);
        var page = new HtmlText();
        page.Add($"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{model.Title}</title>\n");
        page.AddRaw("<link rel=\"icon\" href=\"data:,\">\n<style>\n").AddRaw(Resource("report.css")).AddRaw("</style>\n</head>\n<body>\n").AddRaw(WindowFilter);
        page.Add($"<main>\n<h1>{model.Title}</h1>\n<p class=\"verdict {VerdictClass(model.IsGood)}\">{model.Verdict}</p>\n");
        page.Add($"<h2>Question and data</h2>\n<p>{model.Question}</p>\n<p>{model.Data}</p>\n");
        page.Add($"<h2>Results</h2>\n<p class=\"small muted\">Rebuilt voxels only, mean over volumes; below each number its 95 % bootstrap interval over volumes. The column in italics counts copied slices too, as some papers do: it is higher by construction.</p>\n{Table(model.Results)}");
        if (model.Gains.Count > 0)
        {
            string[] shown = [.. methods.Where(method => model.Gains.Any(point => point.Method == method))];
            page.Add($"<h2>Gain over the best interpolation</h2>\n<p class=\"small muted\">Each dot is one volume; zero is the best of the interpolation methods on that volume and drop specification.</p>\n{GainPlot.Legend(shown)}{GainPlot.ByStratum(model.Gains, shown)}{GainPlot.ByVolume(model.Gains, shown)}");
        }

        return page.AddRaw("<h2 id=\"volumes\">Volumes</h2>\n");
    }

    private static HtmlText Foot(ReportModel model)
    {
        var page = new HtmlText();
        page.Add($"<h2>What the numbers mean</h2>\n{Definitions(model.Metrics)}");
        page.Add($"<h2>Provenance</h2>\n{Provenance(model.Provenance)}<pre>{model.CommandLine}</pre>\n</main>\n");
        return page.AddRaw("<script>\n").AddRaw(Resource("report.js")).AddRaw("</script>\n</body>\n</html>\n");
    }

    private const string WindowFilter =
        "<svg class=\"filters\" aria-hidden=\"true\"><filter id=\"window\" color-interpolation-filters=\"sRGB\"><feComponentTransfer>"
        + "<feFuncR type=\"linear\" slope=\"1\" intercept=\"0\"/><feFuncG type=\"linear\" slope=\"1\" intercept=\"0\"/>"
        + "<feFuncB type=\"linear\" slope=\"1\" intercept=\"0\"/></feComponentTransfer></filter></svg>\n";

    private const string Tools =
        "<div class=\"tools\" role=\"toolbar\" aria-label=\"Picture controls\"><label>Level <input id=\"level\" type=\"range\" min=\"0\" max=\"100\" value=\"50\"></label>"
        + "<label>Width <input id=\"width\" type=\"range\" min=\"5\" max=\"200\" value=\"100\"></label><button id=\"reset\" type=\"button\">Reset window</button>"
        + "<button id=\"blink\" type=\"button\" aria-pressed=\"false\">Blink rebuilt / truth</button><a href=\"#volumes\">All volumes</a></div>\n";

    private static string VerdictClass(bool? isGood) => isGood switch { true => "good", false => "bad", null => "" };

    private static HtmlText Table(IReadOnlyList<ResultRow> rows)
    {
        bool coverage = rows.Any(row => row.Coverage is not null);
        bool gains = rows.Any(row => row.GainOverBest is not null);
        var table = new HtmlText().AddRaw("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Results\"><table>\n<thead><tr><th scope=\"col\">Method</th><th scope=\"col\">PSNR, dB</th><th scope=\"col\">Foreground, dB</th>");
        table.AddRaw(gains ? "<th scope=\"col\">Gain over best, dB</th><th scope=\"col\">Wins</th><th scope=\"col\">p</th><th scope=\"col\">Worst volume, dB</th>" : "");
        table.AddRaw("<th scope=\"col\">SSIM 11</th><th scope=\"col\">SSIM 7</th><th scope=\"col\">MAE</th><th scope=\"col\">RMSE</th><th scope=\"col\">HFEN</th><th scope=\"col\">Noise ratio</th><th scope=\"col\">Worst 1 %</th>");
        table.AddRaw(coverage ? "<th scope=\"col\">Coverage</th>" : "").AddRaw("<th scope=\"col\"><em>PSNR with copies</em></th></tr></thead>\n<tbody>\n");
        int columns = 10 + (gains ? 4 : 0) + (coverage ? 1 : 0);
        foreach (IGrouping<string, ResultRow> stratum in rows.GroupBy(row => row.Stratum))
        {
            ResultRow first = stratum.First();
            table.Add($"<tr class=\"stratum\"><td colspan=\"{columns}\">{stratum.Key} <span class=\"muted\">({HtmlText.Counted(first.Volumes, "volume")}, {HtmlText.Counted(first.Slices, "slice")})</span></td></tr>\n");
            foreach (ResultRow row in stratum)
            {
                table.Add($"{TableRow(row, gains, coverage)}");
            }
        }

        return table.AddRaw("</tbody></table></div>\n");
    }

    private static HtmlText TableRow(ResultRow row, bool gains, bool coverage)
    {
        var cells = new HtmlText();
        cells.Add($"<tr><td>{row.Method}</td>{Cell(row.Psnr, "F2")}{Cell(row.PsnrForeground, "F2")}");
        if (gains)
        {
            string direction = row.GainOverBest switch { { Low: > 0 } => "up", { High: < 0 } => "down", _ => "" };
            cells.Add($"{Cell(row.GainOverBest, "+0.00;-0.00", direction)}");
            cells.Add($"<td>{Text(row.WinRate, "P0")}</td><td>{Text(row.WilcoxonP, "0.000")}</td>");
            cells.Add($"<td title=\"{row.WorstVolume ?? ""}\">{Text(row.WorstVolumeGain, "+0.00;-0.00")}</td>");
        }

        cells.Add($"{Cell(row.Ssim11, "F4")}{Cell(row.Ssim7, "F4")}{Cell(row.Mae, "G4")}{Cell(row.Rmse, "G4")}{Cell(row.Hfen, "F3")}{Cell(row.NoiseConsistency, "F2")}{Cell(row.WorstOnePercent, "G4")}");
        if (coverage)
        {
            cells.Add($"<td>{Text(row.Coverage, "P1")}</td>");
        }

        return cells.Add($"<td><em>{row.PsnrCopiesIncluded:F2}</em></td></tr>\n");
    }

    private static HtmlText Cell(Interval? interval, string format, string cssClass = "")
    {
        var cell = new HtmlText();
        if (interval is null)
        {
            return cell.AddRaw("<td>–</td>");
        }

        if (double.IsNaN(interval.Low))
        {
            return cell.Add($"<td class=\"{cssClass}\">{Text(interval.Mean, format)}</td>");
        }

        return cell.Add($"<td class=\"{cssClass}\">{Text(interval.Mean, format)}<span class=\"ci\">{Text(interval.Low, format)} … {Text(interval.High, format)}</span></td>");
    }

    private static string Text(double? value, string format) =>
        value is { } number && !double.IsNaN(number) ? number.ToString(format, System.Globalization.CultureInfo.InvariantCulture) : "–";

    private static HtmlText Cohort(IReadOnlyList<VolumeReport> volumes)
    {
        var cohort = new HtmlText().AddRaw("<nav class=\"volumes\" aria-label=\"Volumes\">\n");
        for (int i = 0; i < volumes.Count; i++)
        {
            VolumeReport volume = volumes[i];
            cohort.Add($"<a href=\"#volume-{i}\">");
            if (volume.Slices.Count > 0)
            {
                cohort.Add($"<img loading=\"lazy\" alt=\"A true slice of {volume.Name}\" src=\"{PngDataUri.Encode(volume.Slices[0].Truth)}\">");
            }

            cohort.Add($"<div><strong>{volume.Name}</strong><br><span class=\"muted\">{volume.Description}</span></div></a>\n");
        }

        return cohort.AddRaw("</nav>\n");
    }

    private static HtmlText VolumeSection(VolumeReport volume, int index, IReadOnlyList<string> methods)
    {
        var section = new HtmlText();
        section.Add($"<section class=\"volume\" id=\"volume-{index}\">\n<h2>{volume.Name}</h2>\n<p class=\"muted\">{volume.Description}</p>\n{Table(volume.Results)}");
        foreach (IGrouping<string, StripPoint> stratum in volume.Strip.GroupBy(point => point.Stratum))
        {
            string[] shown = [.. methods.Where(method => stratum.Any(point => point.Method == method))];
            section.Add($"<h3>Along the series: {stratum.Key}</h3>\n{GainPlot.Legend(shown)}{GainPlot.Strip([.. stratum], volume.SliceCount, shown)}");
        }

        foreach (SliceView view in volume.Slices)
        {
            section.Add($"<h3>{Capital(view.Rank)} slice: {view.Slice}, {view.Stratum}, {view.Method}, {view.PsnrDb:F2} dB</h3>\n{Montage(view)}");
        }

        foreach (ReformatView view in volume.Reformats)
        {
            section.Add($"<h3>{Capital(view.Plane)} cut through the gap: {view.Stratum}, {view.Method}</h3>\n<div class=\"montage\">{Picture(view.Damaged, "damaged")}{Pair(view.Rebuilt, view.Truth)}{Picture(view.Truth, "truth")}</div>\n");
        }

        return section.AddRaw("</section>\n");
    }

    private static HtmlText Montage(SliceView view)
    {
        var montage = new HtmlText().AddRaw("<div class=\"montage\">");
        montage.Add($"{Picture(view.Before, "visible slice before")}{Picture(view.After, "visible slice after")}{Pair(view.Rebuilt, view.Truth)}{Picture(view.Truth, "truth")}");
        montage.Add($"{Picture(view.Error, $"absolute error, white = {view.ErrorScale}", false)}{Picture(view.Uncertainty, "stated standard deviation, same scale as the error", false)}");
        return montage.AddRaw("</div>\n");
    }

    private static HtmlText Picture(GreyPicture? picture, string caption, bool windowed = true)
    {
        var figure = new HtmlText();
        return picture is null
            ? figure
            : figure.Add($"<figure><img class=\"{(windowed ? "grey" : "")}\" loading=\"lazy\" alt=\"{caption}\" src=\"{PngDataUri.Encode(picture)}\"><figcaption>{caption}</figcaption></figure>");
    }

    private static HtmlText Pair(GreyPicture rebuilt, GreyPicture truth) => new HtmlText().Add(
        $"<figure><button type=\"button\" class=\"blink\" data-first=\"rebuilt (press for truth)\" data-second=\"truth (press for rebuilt)\" aria-label=\"Switch between rebuilt and truth\"><img class=\"grey\" loading=\"lazy\" alt=\"rebuilt\" src=\"{PngDataUri.Encode(rebuilt)}\"><img class=\"grey\" loading=\"lazy\" alt=\"truth\" src=\"{PngDataUri.Encode(truth)}\"></button><figcaption>rebuilt (press for truth)</figcaption></figure>");

    private static HtmlText Definitions(IReadOnlyList<PrintedMetric> metrics)
    {
        var list = new HtmlText().AddRaw("<dl>\n");
        foreach (PrintedMetric metric in metrics)
        {
            list.Add($"<dt>{metric.Name}{(metric.Unit.Length > 0 ? ", " + metric.Unit : "")}</dt><dd>{metric.Definition}</dd>\n");
        }

        return list.AddRaw("</dl>\n");
    }

    private static HtmlText Provenance(IReadOnlyList<KeyValuePair<string, string>> provenance)
    {
        var list = new HtmlText().AddRaw("<dl>\n");
        foreach ((string key, string value) in provenance)
        {
            list.Add($"<dt>{key}</dt><dd>{value}</dd>\n");
        }

        return list.AddRaw("</dl>\n");
    }

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private static string Resource(string name)
    {
        Assembly assembly = typeof(ReportWriter).Assembly;
        using Stream stream = assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
