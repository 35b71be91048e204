using System.Collections.Immutable;
using System.Globalization;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.Core.Series;

namespace Inpaint.Medical.Cli.Output;

/// <summary>What a person reads on stdout.</summary>
internal static class TextReports
{
    public static void Inspection(PipelineResult result)
    {
        foreach (SeriesResult series in result.Series)
        {
            Series(series);
            Holes(series);
            foreach (Finding finding in series.Findings)
            {
                Line($"  {finding.Severity.ToString().ToLowerInvariant()} {(int)finding.Code} {finding.Code}: {finding.Message}");
                Detail("cause", finding.LikelyCause);
                Detail("hint", finding.Hint);
            }

            if (series.Record.Error != ErrorCode.None)
            {
                Line($"  would be refused: {(int)series.Record.Error} {series.Record.Error}: {series.ErrorMessage}");
            }
        }

        foreach (IGrouping<(ErrorCode Code, string Message), SetAside> group in result.SetAside.GroupBy(image => (image.Reason.Code, image.Reason.Message)))
        {
            Line($"set aside: {group.Count()} image(s), {(int)group.Key.Code} {group.Key.Code}: {group.Key.Message}");
        }
    }

    public static void Reconstruction(SeriesResult series, string? folder)
    {
        Series(series);
        Line($"  outcome {series.Record.Outcome}");
        foreach (MethodChoice choice in series.Record.Choices)
        {
            Line($"  slices {Ranges(choice.Targets)}: {choice.Method.Name}; {choice.Reason}");
        }

        if (folder is not null)
        {
            Line($"  series {folder}");
            Line($"  record {Path.Combine(folder, DeliverStage.RecordFileName)}");
            if (series.Record.Uncertainty is { } uncertainty)
            {
                Line($"  uncertainty {Path.Combine(folder, uncertainty.Location)}");
            }
        }
    }

    /// <summary>Numbers as an operator writes them: 3,7-9.</summary>
    public static string Ranges(ImmutableArray<int> slices)
    {
        var parts = new List<string>();
        for (int index = 0; index < slices.Length; index++)
        {
            int first = index;
            while (index + 1 < slices.Length && slices[index + 1] == slices[index] + 1)
            {
                index++;
            }

            parts.Add(first == index ? $"{slices[first]}" : $"{slices[first]}-{slices[index]}");
        }

        return string.Join(',', parts);
    }

    private static void Series(SeriesResult series)
    {
        InstanceHeader first = series.Series.Instances[0];
        string part = series.Series.Part.Length == 0 ? string.Empty : $", {series.Series.Part}";
        Line($"series {first.SeriesNumber} {first.Modality}{part}: {series.Series.Instances.Length} images, protocol {series.Record.ProtocolName ?? "none"}");
        if (series.Geometry is { } geometry)
        {
            Line(string.Create(
                CultureInfo.InvariantCulture,
                $"  grid {geometry.SliceCount} x {geometry.Rows} x {geometry.Columns}, spacing {geometry.SliceSpacingMm:0.###} x {geometry.RowSpacingMm:0.###} x {geometry.ColumnSpacingMm:0.###} mm"));
        }
    }

    private static void Holes(SeriesResult series)
    {
        ImmutableArray<int> missing = [.. Enumerable.Range(0, series.Slots.Length).Where(slice => series.Slots[slice] is null)];
        if (!missing.IsEmpty)
        {
            Line($"  missing slices {Ranges(missing)} ({missing.Length} of {series.Slots.Length})");
        }

        if (series.Mask is { IsEmpty: false } mask)
        {
            Line($"  to be rebuilt {Ranges([.. mask.Decisions.Select(decision => decision.Slice)])}");
        }
    }

    private static void Detail(string name, string? text)
    {
        if (text is not null)
        {
            Line($"    {name}: {text}");
        }
    }

    private static void Line(string text) => Console.Out.WriteLine(text);
}
