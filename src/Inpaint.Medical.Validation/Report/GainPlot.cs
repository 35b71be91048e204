namespace Inpaint.Medical.Validation.Report;

/// <summary>Drawings of gains and of values along the series, as SVG that follows the page's colours.</summary>
internal static class GainPlot
{
    private const int Left = 52;
    private const int Bottom = 40;

    /// <summary>One column a stratum, one dot a volume and method, a bar at the mean.</summary>
    public static HtmlText ByStratum(IReadOnlyList<GainPoint> gains, IReadOnlyList<string> methods)
    {
        string[] strata = [.. gains.Select(point => point.Stratum).Distinct()];
        return Columns(gains, strata, methods, point => point.Stratum, "Gain over the best interpolation by drop specification, dB", false);
    }

    /// <summary>One column a volume, one dot a stratum and method.</summary>
    public static HtmlText ByVolume(IReadOnlyList<GainPoint> gains, IReadOnlyList<string> methods)
    {
        string[] volumes = [.. gains.Select(point => point.Volume).Distinct()];
        return Columns(gains, volumes, methods, point => point.Volume, "Gain over the best interpolation by volume, dB", true);
    }

    /// <summary>PSNR of each rebuilt slice along the series.</summary>
    public static HtmlText Strip(IReadOnlyList<StripPoint> points, int sliceCount, IReadOnlyList<string> methods)
    {
        const int width = 1000;
        const int height = 190;
        double[] values = [.. points.Select(point => point.PsnrDb).Where(double.IsFinite)];
        if (values.Length == 0)
        {
            return new HtmlText();
        }

        var axis = new Axis(values.Min(), values.Max(), 12, height - Bottom);
        var svg = Open(width, height, "PSNR of each rebuilt slice along the series, dB", axis);
        foreach (StripPoint point in points.Where(point => double.IsFinite(point.PsnrDb)))
        {
            double x = Left + ((width - Left - 12) * (point.Slice + 0.5) / sliceCount);
            svg.Add($"<circle cx=\"{x:F1}\" cy=\"{axis.At(point.PsnrDb):F1}\" r=\"3\" fill=\"{Colour(methods, point.Method)}\"><title>slice {point.Slice}, {point.Method}: {point.PsnrDb:F2} dB</title></circle>");
        }

        svg.Add($"<text x=\"{Left}\" y=\"{height - 12}\" class=\"label\">slice 0</text>");
        svg.Add($"<text x=\"{width - 12}\" y=\"{height - 12}\" text-anchor=\"end\" class=\"label\">slice {sliceCount - 1}</text>");
        return svg.AddRaw("</svg></div>");
    }

    public static HtmlText Legend(IReadOnlyList<string> methods)
    {
        var legend = new HtmlText().AddRaw("<div class=\"legend\">");
        foreach (string method in methods)
        {
            legend.Add($"<span style=\"--c:{Colour(methods, method)}\">{method}</span>");
        }

        return legend.AddRaw("</div>");
    }

    private static HtmlText Columns(
        IReadOnlyList<GainPoint> gains, string[] columns, IReadOnlyList<string> methods, Func<GainPoint, string> column, string title, bool slanted)
    {
        if (gains.Count == 0)
        {
            return new HtmlText();
        }

        const int width = 1000;
        int foot = slanted ? 130 : Bottom;
        int height = 250 + foot;
        var axis = new Axis(Math.Min(0, gains.Min(point => point.GainDb)), Math.Max(0, gains.Max(point => point.GainDb)), 12, height - foot);
        var svg = Open(width, height, title, axis);
        double step = (width - Left - 12.0) / columns.Length;
        for (int i = 0; i < columns.Length; i++)
        {
            double centre = Left + (step * (i + 0.5));
            string name = columns[i];
            Label(svg, name, centre, height - foot + 18, slanted);
            for (int m = 0; m < methods.Count; m++)
            {
                GainPoint[] own = [.. gains.Where(point => column(point) == name && point.Method == methods[m])];
                if (own.Length == 0)
                {
                    continue;
                }

                double x = centre + (Math.Min(24, step / (methods.Count + 1)) * (m - ((methods.Count - 1) / 2.0)));
                string colour = Colour(methods, methods[m]);
                foreach (GainPoint point in own)
                {
                    svg.Add($"<circle cx=\"{x:F1}\" cy=\"{axis.At(point.GainDb):F1}\" r=\"3.5\" fill=\"{colour}\" fill-opacity=\".55\"><title>{point.Volume}, {point.Stratum}, {point.Method}: {point.GainDb:+0.00;-0.00} dB</title></circle>");
                }

                double mean = axis.At(own.Average(point => point.GainDb));
                svg.Add($"<line x1=\"{x - 8:F1}\" x2=\"{x + 8:F1}\" y1=\"{mean:F1}\" y2=\"{mean:F1}\" stroke=\"{colour}\" stroke-width=\"3\"/>");
            }
        }

        return svg.AddRaw("</svg></div>");
    }

    private static void Label(HtmlText svg, string name, double x, double y, bool slanted)
    {
        if (slanted)
        {
            string cut = name.Length <= 24 ? name : name[..23] + "…";
            svg.Add($"<text x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"end\" transform=\"rotate(-35 {x:F1} {y:F1})\">{cut}<title>{name}</title></text>");
        }
        else
        {
            svg.Add($"<text x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"middle\">{name}</text>");
        }
    }

    private static HtmlText Open(int width, int height, string title, Axis axis)
    {
        var svg = new HtmlText();
        svg.Add($"<div class=\"plot\"><svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{title}\">");
        foreach (double tick in axis.Ticks())
        {
            string kind = tick == 0 ? "zero" : "axis";
            svg.Add($"<line class=\"{kind}\" x1=\"{Left}\" x2=\"{width - 12}\" y1=\"{axis.At(tick):F1}\" y2=\"{axis.At(tick):F1}\"/>");
            svg.Add($"<text x=\"{Left - 8}\" y=\"{axis.At(tick) + 4:F1}\" text-anchor=\"end\" class=\"label\">{tick:0.##}</text>");
        }

        return svg;
    }

    private static string Colour(IReadOnlyList<string> methods, string method)
    {
        int index = 0;
        while (index < methods.Count && methods[index] != method)
        {
            index++;
        }

        return $"var(--m{index % 7})";
    }

    /// <summary>A vertical axis with round ticks.</summary>
    private sealed class Axis
    {
        private static readonly double[] RoundSteps = [1, 2, 5, 10];

        private readonly double _low;
        private readonly double _high;
        private readonly double _step;
        private readonly double _top;
        private readonly double _bottom;

        public Axis(double low, double high, double top, double bottom)
        {
            double span = Math.Max(high - low, 1e-3);
            double raw = span / 5;
            double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
            _step = RoundSteps.Select(factor => factor * power).First(step => step >= raw * 0.999);
            _low = Math.Floor(low / _step) * _step;
            _high = Math.Ceiling((low + span) / _step) * _step;
            _top = top;
            _bottom = bottom;
        }

        public double At(double value) => _bottom - ((_bottom - _top) * (value - _low) / (_high - _low));

        public IEnumerable<double> Ticks()
        {
            int count = (int)Math.Round((_high - _low) / _step);
            for (int i = 0; i <= count; i++)
            {
                yield return Math.Round(_low + (i * _step), 9);
            }
        }
    }
}
