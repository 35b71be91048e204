using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Protocols;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Stacks;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Core.Pipeline;

/// <summary>Stage 3 of 9, BuildVolume: lays the slices of a series out on their grid and decodes them.</summary>
public static class BuildVolumeStage
{
    /// <summary>Orders the slices along their normal, finds the grid and what is irregular, and converts to real units.</summary>
    /// <param name="series">Images of one volume, in any order.</param>
    /// <param name="ends">
    /// Fill adds the slots that numbering or Images in Acquisition say are missing beyond the ends, at most as many as there are;
    /// otherwise the grid reaches from the first to the last slice.
    /// </param>
    /// <returns>Voxels in real units, [slices, rows, columns]. Slices that cannot be decoded are slots with a defect.</returns>
    /// <exception cref="InpaintException">
    /// <see cref="ErrorCode.TooFewSlices"/>, <see cref="ErrorCode.NotAVolume"/>; where no slice at all can be decoded, the code of the first.
    /// </exception>
    public static BuiltVolume Run(
        ImageSeries series, IInstanceSource source, CancellationToken cancellationToken, EndPolicy ends = EndPolicy.Refuse)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(source);
        Vector3 normal = NormalOf(series);
        double[] positions = [.. series.Instances.Select(instance => instance.Position!.Value.Dot(normal))];
        int[] places = SlicePositions.Places(positions);
        CheckIsVolume(series, places);

        DecodedImage[] decoded = DecodedImage.DecodeAll(series.Instances, positions, source, cancellationToken);
        (DecodedImage[] chosen, ImmutableArray<Finding> duplicates) = Duplicates.Resolve(decoded, places);
        SliceGrid grid = SliceGrid.Fit(
            [.. chosen.Select(image => image.PositionMm)], [.. chosen.Select(image => image.Number)], NominalSpacings(series));
        bool isAmbiguous = grid.Regularity == GridRegularity.Uneven || duplicates.Any(finding => finding.Code == ErrorCode.ConflictingDuplicate);
        EndEvidence beyond = isAmbiguous ? EndEvidence.None : EndEvidence.Of(chosen, grid.Slots[^1] + 1, series.Part.Length == 0);
        bool addsEnds = ends == EndPolicy.Fill && beyond.Before + beyond.After <= chosen.Length;
        SliceStack stack = SliceStack.Lay([.. chosen], grid, addsEnds ? beyond.Before : 0, addsEnds ? beyond.After : 0);

        var findings = ImmutableArray.CreateBuilder<Finding>();
        findings.AddRange(duplicates);
        findings.AddRange(StackFindings.Spacing(stack));
        findings.AddRange(StackFindings.MissingInside(stack));
        findings.AddRange(StackFindings.MissingAtEnds(stack, beyond));
        Finding?[] others =
        [
            StackFindings.Shear(stack, out bool isShiftedUnevenly),
            isAmbiguous ? StackFindings.OverlappingStacks(decoded) : null,
            series.Part.Length == 0 ? StackFindings.NumbersJump(stack) : null,
            StackFindings.Overlap(stack),
        ];
        findings.AddRange(others.OfType<Finding>());
        findings.AddRange(StackFindings.Pixels(stack));

        return Assemble(stack, findings.ToImmutable(), isFillable: !isAmbiguous && !isShiftedUnevenly, cancellationToken);
    }

    private static Vector3 NormalOf(ImageSeries series)
    {
        InstanceHeader first = series.Instances[0];
        return first.RowDirection!.Value.Cross(first.ColumnDirection!.Value);
    }

    private static void CheckIsVolume(ImageSeries series, int[] places)
    {
        if (series.Instances.Length < 2)
        {
            throw new InpaintException(
                ErrorCode.TooFewSlices, $"The series has one slice, {series.Instances[0].Source}; a volume needs two or more. Give the whole series.");
        }

        if (places.Max() == 0)
        {
            throw new InpaintException(ErrorCode.NotAVolume, string.Create(
                CultureInfo.InvariantCulture,
                $"All {series.Instances.Length} images of the series lie at one place; a volume needs two or more. It may be a series over time (monitoring, perfusion)."));
        }
    }

    // The thickness says something of the spacing only where the spacing itself is not stated.
    private static double[] NominalSpacings(ImageSeries series) =>
        [.. series.Instances.Select(instance => instance.SpacingBetweenSlicesMm ?? instance.SliceThicknessMm).OfType<double>().Distinct()];

    private static BuiltVolume Assemble(
        SliceStack stack, ImmutableArray<Finding> findings, bool isFillable, CancellationToken cancellationToken)
    {
        InstanceHeader first = stack.Images[0].Header;
        var slots = new SliceSlot[stack.SlotCount];
        for (int slot = 0; slot < slots.Length; slot++)
        {
            slots[slot] = new SliceSlot { Slice = slot };
        }

        var voxels = new float[]?[stack.SlotCount];
        ParallelSlices.For(stack.Images.Length, Place, cancellationToken);
        return new BuiltVolume
        {
            Volume = new Volume(GeometryOf(stack, first), voxels),
            Slots = [.. slots],
            Format = CommonFormat(stack),
            Modality = first.Modality,
            Findings = findings,
            IsFillable = isFillable,
        };

        void Place(int i)
        {
            DecodedImage image = stack.Images[i];
            int slot = stack.Slots[i];
            slots[slot] = new SliceSlot
            {
                Slice = slot,
                Source = image.Header,
                Stored = image.Stored,
                StoredSha256 = image.Stored is null ? null : Convert.ToHexStringLower(SHA256.HashData(image.Stored)),
                Rescale = image.Header.Rescale,
                Defect = image.Defect,
                DefectDetail = image.Detail,
            };
            if (image.Stored is not null)
            {
                voxels[slot] = GC.AllocateUninitializedArray<float>(first.Rows * first.Columns);
                StoredSamples.ToReal(image.Stored, image.Header.Format, image.Header.Rescale, voxels[slot]);
            }
        }
    }

    private static VolumeGeometry GeometryOf(SliceStack stack, InstanceHeader first) => new()
    {
        Rows = first.Rows,
        Columns = first.Columns,
        RowSpacingMm = first.RowSpacingMm!.Value,
        ColumnSpacingMm = first.ColumnSpacingMm!.Value,
        RowDirection = first.RowDirection!.Value,
        ColumnDirection = first.ColumnDirection!.Value,
        SliceOrigins = stack.Origins,
        SlicePositionsMm = stack.Positions,
        SliceSpacingMm = stack.Grid.SpacingMm,
    };

    // The widest value of all slices; padding only where all agree on it.
    private static PixelFormat CommonFormat(SliceStack stack)
    {
        PixelFormat widest = stack.Images.Select(image => image.Header.Format).MaxBy(format => format.BitsStored)!;
        bool agreesOnPadding = stack.Images.Select(image => image.Header.Format.PaddingValue).Distinct().Count() == 1;
        return agreesOnPadding ? widest : widest with { PaddingValue = null };
    }
}
