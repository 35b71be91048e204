using System.Collections.Immutable;
using System.Globalization;
using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Core.Stacks;

/// <summary>Chooses one image for every place of a stack.</summary>
internal static class Duplicates
{
    /// <summary>One image a place, in the order of places; findings for places with several.</summary>
    /// <param name="images">In any order.</param>
    /// <param name="places">Place of each image, numbered from 0.</param>
    public static (DecodedImage[] Stack, ImmutableArray<Finding> Findings) Resolve(DecodedImage[] images, int[] places)
    {
        var findings = ImmutableArray.CreateBuilder<Finding>();
        DecodedImage[] stack =
        [
            .. images.Zip(places)
                .GroupBy(pair => pair.Second, pair => pair.First)
                .OrderBy(group => group.Key)
                .Select(group => Choose([.. group.OrderBy(image => image.Number).ThenBy(image => image.Header.Source, StringComparer.Ordinal)], findings)),
        ];
        return (stack, findings.ToImmutable());
    }

    private static DecodedImage Choose(DecodedImage[] atPlace, ImmutableArray<Finding>.Builder findings)
    {
        if (atPlace.Length == 1)
        {
            return atPlace[0];
        }

        DecodedImage[] readable = [.. atPlace.Where(image => image.Stored is not null)];
        DecodedImage[] withContent = [.. readable.Where(image => !IsConstant(image.Stored!))];
        DecodedImage chosen = withContent.Concat(readable).Concat(atPlace).First();
        bool isConflict = withContent.Any(image => !HasSamePixels(image, chosen));
        findings.Add(isConflict ? Conflict(atPlace) : Duplicate(atPlace, chosen));
        return chosen;
    }

    private static bool HasSamePixels(DecodedImage a, DecodedImage b) =>
        a.Stored.AsSpan().SequenceEqual(b.Stored) && a.Header.Rescale == b.Header.Rescale;

    private static bool IsConstant(byte[] stored) => !stored.AsSpan(1).ContainsAnyExcept(stored[0]);

    private static Finding Duplicate(DecodedImage[] atPlace, DecodedImage chosen) => About(atPlace) with
    {
        Code = ErrorCode.DuplicateSlice,
        Severity = FindingSeverity.Info,
        Message = Text($"The slice at {chosen.PositionMm:0.###} mm is there {atPlace.Length} times; {chosen.Name} is used."),
        LikelyCause = "The file was copied or sent twice.",
        Hint = "Nothing to do.",
    };

    private static Finding Conflict(DecodedImage[] atPlace) => About(atPlace) with
    {
        Code = ErrorCode.ConflictingDuplicate,
        Severity = FindingSeverity.Error,
        Message = Text($"{atPlace.Length} different images lie at {atPlace[0].PositionMm:0.###} mm."),
        LikelyCause = "Two scans or reconstructions were stored in one series, or a slice was scanned again.",
        Hint = "Leave only the images that belong together in the input; which one is right cannot be told from here.",
    };

    private static Finding About(DecodedImage[] atPlace) => new()
    {
        Code = ErrorCode.DuplicateSlice,
        Severity = FindingSeverity.Info,
        Message = string.Empty,
        SopInstanceUids = [.. atPlace.Select(image => image.Header.SopInstanceUid)],
        Sources = [.. atPlace.Select(image => image.Header.Source)],
        PositionsMm = [.. atPlace.Select(image => image.PositionMm)],
        Expected = "one image at each place",
        Found = Text($"{atPlace.Length} images"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
