using System.Globalization;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Stacks;

/// <summary>Puts what is irregular about the places of a stack into words.</summary>
internal static class StackFindings
{
    // Less than this is the rounding of positions and directions.
    private const double LeastTiltDegrees = 0.3;
    private const double LeastDriftPixels = 0.25;

    public static IEnumerable<Finding> MissingInside(SliceStack stack)
    {
        for (int i = 1; i < stack.Images.Length; i++)
        {
            int missing = stack.Slots[i] - stack.Slots[i - 1] - 1;
            if (missing > 0)
            {
                yield return Missing(stack, i, missing);
            }
        }
    }

    private static Finding Missing(SliceStack stack, int after, int missing)
    {
        DecodedImage a = stack.Images[after - 1], b = stack.Images[after];
        return About([a, b], ErrorCode.SlicesMissing, FindingSeverity.Warning) with
        {
            Message = Text($"{missing} slice(s) missing between {a.Name} and {b.Name}."),
            PositionsMm = [.. Enumerable.Range(stack.Slots[after - 1] + 1, missing).Select(slot => stack.Positions[slot])],
            Expected = Text($"a step of {stack.Grid.SpacingMm:0.###} mm"),
            Found = Text($"a step of {b.PositionMm - a.PositionMm:0.###} mm, from {a.PositionMm:0.###} to {b.PositionMm:0.###} mm"),
            LikelyCause = CauseOfGap(a, b, missing),
            Hint = "Send the missing images again if they exist; otherwise they can be filled within the protocol's limits.",
        };
    }

    /// <summary>Numbers that jump from every slice to the next although the positions are even.</summary>
    public static Finding? NumbersJump(SliceStack stack) => stack.Grid.NumberStride == 1 || !IsNumberedAlong(stack) ? null :
        About([stack.Images[0], stack.Images[1]], ErrorCode.SlicesMissing, FindingSeverity.Info) with
        {
            Message = Text($"The instance numbers jump by {stack.Grid.NumberStride} from slice to slice while the positions are even; images between them may be missing."),
            Expected = "instance numbers that run on",
            Found = Text($"{stack.Images[0].Number}, {stack.Images[1].Number}, and so on"),
            LikelyCause = "Only every so many images were sent, or the others belong to another echo or time point.",
            Hint = "No header states a closer spacing, so nothing is filled between them; send the other images if they belong to this volume.",
        };

    private static bool IsNumberedAlong(SliceStack stack) =>
        stack.Images.Skip(1).Zip(stack.Images, (next, previous) => Math.Sign((next.Number - previous.Number) ?? 0)).Distinct().ToArray() is [1 or -1];

    private static string CauseOfGap(DecodedImage a, DecodedImage b, int missing) => (a.Number, b.Number) switch
    {
        ({ } from, { } to) when Math.Abs(to - from) == 1 =>
            Text($"The instance numbers run on ({from}, {to}): the images were numbered after the loss, or the gap was left at the scanner."),
        ({ } from, { } to) when Math.Abs(to - from) >= missing + 1 =>
            Text($"The instance numbers jump from {from} to {to}: images were lost in transfer or deleted."),
        ({ } from, { } to) => Text($"Instance numbers {from} and {to} do not say; images were probably lost in transfer or deleted."),
        _ => "The images carry no instance numbers; images were probably lost in transfer or deleted.",
    };

    /// <summary>Slices missing beyond the first or last one, as far as numbering and Images in Acquisition tell.</summary>
    public static IEnumerable<Finding> MissingAtEnds(SliceStack stack, EndEvidence ends)
    {
        if (ends.Before > 0)
        {
            yield return MissingEnd(stack.Images[0], ends.Before, "before the first", ends.Why);
        }

        if (ends.After > 0)
        {
            yield return MissingEnd(stack.Images[^1], ends.After, "after the last", ends.Why);
        }
    }

    private static Finding MissingEnd(DecodedImage end, int count, string where, string why) =>
        About([end], ErrorCode.EndMissing, FindingSeverity.Warning) with
        {
            Message = Text($"{count} slice(s) may be missing {where} slice, {end.Name}."),
            PositionsMm = [end.PositionMm],
            Expected = why,
            Found = Text($"the stack ends at {end.PositionMm:0.###} mm with instance number {end.Header.InstanceNumber}"),
            LikelyCause = "Only a part of the series was sent, or its first or last images were lost.",
            Hint = "Send the whole series; slices beyond an end are not predicted unless the protocol says so.",
        };

    /// <summary>Spacing that is not regular.</summary>
    public static IEnumerable<Finding> Spacing(SliceStack stack)
    {
        if (stack.Grid.Regularity == GridRegularity.SlightlyUneven)
        {
            yield return Uneven(stack, FindingSeverity.Info) with
            {
                Message = Text($"The steps differ by up to {stack.Grid.LargestDeviationMm:0.###} mm from {stack.Grid.SpacingMm:0.###} mm; the true positions are used."),
                LikelyCause = "The positions were rounded when they were written.",
                Hint = "Nothing to do.",
            };
        }
        else if (stack.Grid.Regularity == GridRegularity.Uneven)
        {
            yield return Uneven(stack, FindingSeverity.Warning) with
            {
                Message = "The steps between slices have no common spacing, so holes cannot be told from steps that were meant; nothing is filled.",
                LikelyCause = "The scan was planned with several spacings, or several scans were stored as one series.",
                Hint = "If images are missing, send them; if the stack has several parts, give each part by itself.",
            };
        }
    }

    private static Finding Uneven(SliceStack stack, FindingSeverity severity) =>
        About([stack.Images[0], stack.Images[^1]], ErrorCode.SpacingUneven, severity) with
        {
            PositionsMm = [.. stack.Images.Select(image => image.PositionMm)],
            Expected = Text($"steps of {stack.Grid.SpacingMm:0.###} mm or multiples"),
            Found = StepsInWords(stack),
        };

    private static string StepsInWords(SliceStack stack)
    {
        double[] steps = [.. stack.Images.Skip(1).Zip(stack.Images, (next, previous) => next.PositionMm - previous.PositionMm)];
        if (stack.Grid.Regularity == GridRegularity.SlightlyUneven)
        {
            return Text($"steps of {steps.Min():0.###} to {steps.Max():0.###} mm");
        }

        var blocks = new List<(double Step, int Count)>();
        foreach (double step in steps)
        {
            if (blocks.Count > 0 && Math.Abs(blocks[^1].Step - step) <= SlicePositions.ToleranceMm(step))
            {
                blocks[^1] = (blocks[^1].Step, blocks[^1].Count + 1);
            }
            else
            {
                blocks.Add((step, 1));
            }
        }

        return string.Join(", then ", blocks.Take(6).Select(block => Text($"{block.Count} step(s) of {block.Step:0.###} mm")))
            + (blocks.Count > 6 ? ", and so on" : string.Empty);
    }

    /// <summary>Stacks that go over the same places again, told by the instance numbers.</summary>
    /// <param name="all">Every image, duplicates included.</param>
    public static Finding? OverlappingStacks(DecodedImage[] all)
    {
        DecodedImage[] numbered = [.. all.Where(image => image.Number is not null).OrderBy(image => image.Number)];
        if (numbered.Length < 4)
        {
            return null;
        }

        int sign = Math.Sign(numbered.Skip(1).Zip(numbered, (next, previous) => Math.Sign(next.PositionMm - previous.PositionMm)).Sum());
        var stacks = new List<List<DecodedImage>> { new() { numbered[0] } };
        foreach (DecodedImage image in numbered.Skip(1))
        {
            if (sign * (image.PositionMm - stacks[^1][^1].PositionMm) <= 0)
            {
                stacks.Add([]);
            }

            stacks[^1].Add(image);
        }

        if (stacks.Count < 2 || stacks.Any(stack => stack.Count < 2))
        {
            return null;
        }

        return About([.. stacks.Select(stack => stack[0])], ErrorCode.OverlappingStacks, FindingSeverity.Error) with
        {
            Message = Text($"The series holds {stacks.Count} stacks that overlap; nothing is filled."),
            PositionsMm = [.. stacks.Select(stack => stack[0].PositionMm)],
            Expected = "one stack",
            Found = string.Join("; ", stacks.Take(6).Select(stack =>
                Text($"{stack.Count} slices from {stack[0].PositionMm:0.###} to {stack[^1].PositionMm:0.###} mm"))),
            LikelyCause = "Two or more scans of neighbouring regions were stored as one series.",
            Hint = "Give each stack by itself.",
        };
    }

    /// <summary>Slices that are shifted along their own plane: evenly (gantry tilt) or unevenly (no volume).</summary>
    public static Finding? Shear(SliceStack stack, out bool isShiftedUnevenly)
    {
        DecodedImage first = stack.Images[0], last = stack.Images[^1];
        double pixelMm = Math.Min(first.Header.RowSpacingMm!.Value, first.Header.ColumnSpacingMm!.Value);
        Vector3 origin = first.Header.Position!.Value;
        double length = last.PositionMm - first.PositionMm;
        Vector3 drift = InPlane(last.Header.Position!.Value - origin, stack.Normal);
        double largest = stack.Images.Max(image => (InPlane(image.Header.Position!.Value - origin, stack.Normal)
            - (drift * ((image.PositionMm - first.PositionMm) / length))).Length);
        isShiftedUnevenly = largest > pixelMm;
        if (isShiftedUnevenly)
        {
            return About([first, last], ErrorCode.NotAVolume, FindingSeverity.Error) with
            {
                Message = Text($"The slices are shifted against each other within their plane, by up to {largest:0.##} mm beyond a straight line; nothing is filled."),
                Expected = "slices one above the other",
                Found = Text($"shifts of up to {largest / pixelMm:0.#} pixels"),
                LikelyCause = "Images of several regions, or with several fields of view, were stored as one series.",
                Hint = "Give the images of each region by themselves.",
            };
        }

        double tilt = Math.Atan2(drift.Length, length) * 180 / Math.PI;
        if (tilt < LeastTiltDegrees || drift.Length < LeastDriftPixels * pixelMm)
        {
            return null;
        }

        string element = first.Header.GantryTiltDegrees is { } stated
            ? Text($"Gantry/Detector Tilt (0018,1120) says {stated:0.##} degrees")
            : "no Gantry/Detector Tilt (0018,1120) element";
        return About([first, last], ErrorCode.GantryTilt, FindingSeverity.Warning) with
        {
            Message = Text($"The stack is sheared by {tilt:0.#} degrees: the slices lie one above the other along a slanted line."),
            PositionsMm = [first.PositionMm, last.PositionMm],
            Expected = "positions that move along the slice normal",
            Found = Text($"a drift of {drift.Length:0.##} mm within the plane over {length:0.##} mm; {element}"),
            LikelyCause = "The gantry was tilted.",
            Hint = "Predicted slices follow the slant; the volume must not be shown as if it were a box.",
        };
    }

    private static Vector3 InPlane(Vector3 vector, Vector3 normal) => vector - (normal * vector.Dot(normal));

    /// <summary>Slices thicker than their distance.</summary>
    public static Finding? Overlap(SliceStack stack)
    {
        DecodedImage first = stack.Images[0];
        return first.Header.SliceThicknessMm is { } thickness && thickness > 1.02 * stack.Grid.SpacingMm
            ? About([first], ErrorCode.SlicesOverlap, FindingSeverity.Info) with
            {
                Message = Text($"The slices overlap: {thickness:0.###} mm thick every {stack.Grid.SpacingMm:0.###} mm."),
                Expected = Text($"a thickness of at most {stack.Grid.SpacingMm:0.###} mm"),
                Found = Text($"{thickness:0.###} mm"),
                Hint = "Nothing to do.",
            }
            : null;
    }

    /// <summary>Rescale and bits that differ from slice to slice.</summary>
    public static IEnumerable<Finding> Pixels(SliceStack stack)
    {
        DecodedImage[] rescales = [.. stack.Images.DistinctBy(image => image.Header.Rescale)];
        if (rescales.Length > 1)
        {
            yield return About(rescales.Take(2), ErrorCode.RescaleVaries, FindingSeverity.Info) with
            {
                Message = Text($"Rescale slope or intercept differ from slice to slice ({rescales.Length} pairs); each slice keeps its own."),
                Expected = "one pair",
                Found = string.Join("; ", rescales.Take(4).Select(image => Text($"{image.Header.Rescale.Slope} / {image.Header.Rescale.Intercept}"))),
                LikelyCause = "The scanner scaled every slice by itself.",
                Hint = "Nothing to do: predictions are made in real units.",
            };
        }

        DecodedImage[] bits = [.. stack.Images.DistinctBy(image => image.Header.Format.BitsStored)];
        if (bits.Length > 1)
        {
            yield return About(bits.Take(2), ErrorCode.BitsStoredVary, FindingSeverity.Info) with
            {
                Message = "Bits Stored differs from slice to slice; the largest is written.",
                Expected = "one value",
                Found = string.Join(", ", bits.Select(image => image.Header.Format.BitsStored).Order()),
                LikelyCause = "Some images were changed by other software.",
                Hint = "Nothing to do: the stored values stay as they are.",
            };
        }
    }

    private static Finding About(IEnumerable<DecodedImage> images, ErrorCode code, FindingSeverity severity)
    {
        DecodedImage[] shown = [.. images];
        return new Finding
        {
            Code = code,
            Severity = severity,
            Message = string.Empty,
            SopInstanceUids = [.. shown.Select(image => image.Header.SopInstanceUid)],
            Sources = [.. shown.Select(image => image.Header.Source)],
            PositionsMm = [.. shown.Select(image => image.PositionMm)],
        };
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
