using System.Globalization;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>Numbers as DS: at most 16 characters, as exact as these allow (PS3.5 6.2).</summary>
internal static class DecimalString
{
    private const int MostCharacters = 16;

    /// <exception cref="ArgumentOutOfRangeException">The number is not finite.</exception>
    public static string Of(double number)
    {
        if (!double.IsFinite(number))
        {
            throw new ArgumentOutOfRangeException(nameof(number), "DS has no NaN or infinity.");
        }

        // Minus zero is legal, and puzzles readers.
        number += 0.0;
        string text = number.ToString("R", CultureInfo.InvariantCulture);
        for (int digits = 16; text.Length > MostCharacters; digits--)
        {
            text = number.ToString("G" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        }

        return text;
    }

    public static string[] Of(Vector3 vector) => [Of(vector.X), Of(vector.Y), Of(vector.Z)];
}
