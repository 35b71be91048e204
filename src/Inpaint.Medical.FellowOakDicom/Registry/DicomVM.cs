using System.Collections.Concurrent;
using System.Globalization;

namespace FellowOakDicom;

/// <summary>How many values an attribute may have (PS3.5 §6.4): from minimum to maximum in steps of the multiplicity.</summary>
public sealed class DicomVM
{
    public static readonly DicomVM VM_0 = new(0, 0, 1);
    public static readonly DicomVM VM_1 = new(1, 1, 1);
    public static readonly DicomVM VM_1_2 = new(1, 2, 1);
    public static readonly DicomVM VM_1_3 = new(1, 3, 1);
    public static readonly DicomVM VM_1_8 = new(1, 8, 1);
    public static readonly DicomVM VM_1_32 = new(1, 32, 1);
    public static readonly DicomVM VM_1_99 = new(1, 99, 1);
    public static readonly DicomVM VM_1_n = new(1, int.MaxValue, 1);
    public static readonly DicomVM VM_2 = new(2, 2, 1);
    public static readonly DicomVM VM_2_n = new(2, int.MaxValue, 1);
    public static readonly DicomVM VM_2_2n = new(2, int.MaxValue, 2);
    public static readonly DicomVM VM_3 = new(3, 3, 1);
    public static readonly DicomVM VM_3_n = new(3, int.MaxValue, 1);
    public static readonly DicomVM VM_3_3n = new(3, int.MaxValue, 3);
    public static readonly DicomVM VM_4 = new(4, 4, 1);
    public static readonly DicomVM VM_6 = new(6, 6, 1);
    public static readonly DicomVM VM_16 = new(16, 16, 1);

    private static readonly ConcurrentDictionary<string, DicomVM> Parsed = new(StringComparer.Ordinal) { ["1"] = VM_1, ["1-n"] = VM_1_n };

    public DicomVM(int minimum, int maximum, int multiplicity)
    {
        Minimum = minimum;
        Maximum = maximum;
        Multiplicity = multiplicity;
    }

    public int Minimum { get; }

    public int Maximum { get; }

    public int Multiplicity { get; }

    /// <summary>Reads <c>1</c>, <c>1-3</c>, <c>1-n</c>, <c>2-2n</c>.</summary>
    /// <exception cref="DicomDataException">The text is none of these.</exception>
    public static DicomVM Parse(string s) => Parsed.GetOrAdd(s ?? "", Read);

    public override string ToString() =>
        Minimum == Maximum ? Minimum.ToString(CultureInfo.InvariantCulture)
        : Maximum != int.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"{Minimum}-{Maximum}")
        : Multiplicity > 1 ? string.Create(CultureInfo.InvariantCulture, $"{Minimum}-{Multiplicity}n")
        : string.Create(CultureInfo.InvariantCulture, $"{Minimum}-n");

    private static DicomVM Read(string s)
    {
        string[] parts = s.Split('-', ' ');
        parts = [.. parts.Where(part => part.Length > 0 && part != "or")];
        if (parts.Length is 1 or 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int minimum))
        {
            string last = parts[^1];
            bool open = last.EndsWith('n');
            int multiplicity = 1;
            if (!open && int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out int maximum))
            {
                return new DicomVM(minimum, maximum, 1);
            }

            if (open && (last == "n" || int.TryParse(last[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out multiplicity)))
            {
                return new DicomVM(minimum, int.MaxValue, multiplicity);
            }
        }

        throw new DicomDataException($"Expected a value multiplicity like 1, 1-3 or 2-2n, found \"{s}\".");
    }
}
