using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Validation.Metrics;

namespace Inpaint.Medical.Validation.Running;

/// <summary>Hides, rebuilds and scores: every input under every drop by every method. Finished cases are kept in the output folder.</summary>
public static class ValidationRun
{
    /// <summary>Works through the inputs of the shard; what an earlier run finished is not done again.</summary>
    /// <param name="inputs">All inputs of the validation, those of other shards too.</param>
    /// <param name="folder">Receives results.jsonl.</param>
    /// <returns>The result of the shard's inputs.</returns>
    /// <exception cref="InpaintException"><see cref="ErrorCode.UsageInvalid"/>, <see cref="ErrorCode.OutputExists"/>,
    /// <see cref="ErrorCode.OutputNotWritable"/>; <see cref="ErrorCode.NothingVisible"/> where no case at all could be scored; what a method throws, and
    /// <see cref="ErrorCode.PredictionNotFinite"/>.</exception>
    public static ValidationResult Run(
        IReadOnlyList<IValidationInput> inputs,
        ValidationSettings settings,
        string folder,
        IProgress<ValidationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        IValidationInput[] ordered = [.. inputs.OrderBy(input => input.Name, StringComparer.Ordinal)];
        Check(ordered, settings);
        (ResultFile file, ImmutableArray<ResultLine> found) = ResultFile.Open(folder, PlanOf(ordered, settings), settings.Resume);
        using (file)
        {
            IValidationInput[] mine = [.. ordered.Where((_, number) => settings.Shard.Holds(number))];
            var state = new RunState(file, found, settings, mine.Length * settings.Drops.Length, progress);
            foreach (IValidationInput input in mine)
            {
                RunInput(input, state, cancellationToken);
            }
        }

        return ValidationMerge.Combine([folder], requireAll: settings.Shard == Shard.Whole);
    }

    private static void RunInput(IValidationInput input, RunState state, CancellationToken cancellationToken)
    {
        if (state.IsFinished(input.Name))
        {
            return;
        }

        BuiltVolume truth;
        string sha256;
        VolumeMemory.Reclaim();
        try
        {
            truth = input.Load();
            CheckFinite(input.Name, truth.Volume);
            sha256 = input.Sha256;
        }
        catch (InpaintException refusal)
        {
            state.Refuse(input.Name, refusal);
            return;
        }

        ValueRange range = ValueRange.Of(truth);
        state.Describe(Describe(input, sha256, truth, range));
        VolumeCases.Run(input.Name, truth, range, state, cancellationToken);
    }

    // A voxel without a value has no error either: a score over the rest would be of another image.
    private static void CheckFinite(string name, Volume volume)
    {
        for (int slice = 0; slice < volume.SliceCount; slice++)
        {
            if (volume.IsPresent(slice) && !volume.IsFinite(slice))
            {
                throw new InpaintException(ErrorCode.SliceNotFinite, $"{name}: slice {slice} holds NaN or infinite voxels; give them a value (background 0) before validating.");
            }
        }
    }

    private static VolumeSummary Describe(IValidationInput input, string sha256, BuiltVolume truth, ValueRange range)
    {
        VolumeGeometry geometry = truth.Volume.Geometry;
        return new VolumeSummary(
            input.Name,
            sha256,
            input.Split,
            truth.Modality,
            [geometry.SliceCount, geometry.Rows, geometry.Columns],
            [geometry.SliceSpacingMm, geometry.RowSpacingMm, geometry.ColumnSpacingMm],
            truth.Format.Sample.ToString(),
            range.Low,
            range.High);
    }

    private static ResultPlan PlanOf(IValidationInput[] inputs, ValidationSettings settings) => new(
        settings.Version,
        settings.Seed,
        settings.BootstrapDraws,
        [.. settings.Drops.Select(drop => drop.Text)],
        [.. settings.Methods.Select(method => new MethodSummary(
            method.Identity.Name, method.Identity.Version, method.Identity.WeightsSha256, settings.Baselines.Contains(method.Identity.Name)))],
        [.. inputs.Select(input => input.Name)]);

    private static void Check(IValidationInput[] inputs, ValidationSettings settings)
    {
        string? wrong = inputs.Length == 0 ? "There are no inputs; give files, folders or a list file."
            : settings.Drops.IsEmpty ? "There is nothing to hide; give at least one --drop."
            : settings.Methods.IsEmpty ? "There is no method; give at least one --method."
            : settings.Shard.Count < 1 || settings.Shard.Index < 1 || settings.Shard.Index > settings.Shard.Count
                ? $"Shard {settings.Shard.Index}/{settings.Shard.Count} does not exist; write I/N with I from 1 to N."
            : Repeated(inputs.Select(input => input.Name)) is { } input ? $"Two inputs have the name {input}."
            : Repeated(settings.Methods.Select(method => method.Identity.Name)) is { } method ? $"Method {method} is given twice."
            : Repeated(settings.Drops.Select(drop => drop.Text)) is { } drop ? $"Drop {drop} is given twice."
            : null;
        if (wrong is not null)
        {
            throw new InpaintException(ErrorCode.UsageInvalid, wrong);
        }
    }

    private static string? Repeated(IEnumerable<string> names) =>
        names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
}
