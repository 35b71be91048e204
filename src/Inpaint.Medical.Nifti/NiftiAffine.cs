using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Nifti;

/// <summary>Where a NIfTI file's voxels lie: spacing and affine in RAS+ millimetres (DICOM's patient space is LPS+).</summary>
public static class NiftiAffine
{
    // b, c, d are stored in single precision: their squares may add up to a little more than 1.
    private const double QuaternionTolerance = 1e-5;

    /// <summary>Spacing of x, y and z in mm: |pixdim|, or the lengths of the sform's columns where pixdim is not usable.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.NiftiAffineInvalid"/>.</exception>
    public static double[] SpacingMm(NiftiHeader header, string name)
    {
        var spacing = new double[3];
        for (int axis = 0; axis < 3; axis++)
        {
            double stored = Math.Abs(header.PixDim[axis + 1]);
            if (!IsUsable(stored) && header.SformCode > 0)
            {
                ReadOnlySpan<double> s = header.Sform.AsSpan();
                stored = Math.Sqrt((s[axis] * s[axis]) + (s[4 + axis] * s[4 + axis]) + (s[8 + axis] * s[8 + axis]));
            }

            if (!IsUsable(stored))
            {
                throw new InpaintException(ErrorCode.NiftiAffineInvalid, FormattableString.Invariant(
                    $"{name}: pixdim[{axis + 1}] is {header.PixDim[axis + 1]}; expected a spacing above 0."));
            }

            spacing[axis] = stored * header.MillimetresPerUnit;
        }

        return spacing;
    }

    /// <summary>Voxel index (x, y, z) to RAS+ position in mm: the sform, else the qform, else spacing alone with the origin at the centre.</summary>
    /// <returns>[4, 4].</returns>
    /// <exception cref="InpaintException"><see cref="ErrorCode.NiftiAffineInvalid"/>: not finite or singular.</exception>
    public static double[,] ToRasMm(NiftiHeader header, string name)
    {
        double[,] affine = header.SformCode > 0 ? FromSform(header)
            : header.QformCode > 0 ? FromQform(header, name)
            : FromSpacing(header, name);
        double scale = header.SformCode > 0 || header.QformCode > 0 ? header.MillimetresPerUnit : 1;
        for (int row = 0; row < 3; row++)
        {
            for (int column = 0; column < 4; column++)
            {
                affine[row, column] *= scale;
                if (!double.IsFinite(affine[row, column]))
                {
                    throw new InpaintException(ErrorCode.NiftiAffineInvalid, $"{name}: the affine ({Source(header)}) holds a value that is not finite.");
                }
            }
        }

        if (Math.Abs(Determinant(affine)) < 1e-12)
        {
            throw new InpaintException(ErrorCode.NiftiAffineInvalid, $"{name}: the affine ({Source(header)}) is singular.");
        }

        return affine;
    }

    /// <summary>Where the affine comes from: sform, qform or pixdim.</summary>
    public static string Source(NiftiHeader header) => header.SformCode > 0 ? "sform" : header.QformCode > 0 ? "qform" : "pixdim";

    private static bool IsUsable(double spacing) => double.IsFinite(spacing) && spacing > 0;

    private static double[,] FromSform(NiftiHeader header)
    {
        var affine = new double[4, 4];
        for (int i = 0; i < 12; i++)
        {
            affine[i / 4, i % 4] = header.Sform[i];
        }

        affine[3, 3] = 1;
        return affine;
    }

    // nifti1.h, METHOD 2: rotation from the unit quaternion (a, b, c, d), third column times qfac.
    private static double[,] FromQform(NiftiHeader header, string name)
    {
        double b = header.Qform[0], c = header.Qform[1], d = header.Qform[2];
        double rest = 1 - ((b * b) + (c * c) + (d * d));
        if (!(rest > -QuaternionTolerance))
        {
            throw new InpaintException(ErrorCode.NiftiAffineInvalid, FormattableString.Invariant($"{name}: quaternion ({b}, {c}, {d}) is longer than 1."));
        }

        double a = Math.Sqrt(Math.Max(0, rest));
        double norm = Math.Sqrt((a * a) + (b * b) + (c * c) + (d * d));
        a /= norm;
        b /= norm;
        c /= norm;
        d /= norm;
        double qfac = header.PixDim[0] < 0 ? -1 : 1;
        double[] zoom = [Math.Abs(header.PixDim[1]), Math.Abs(header.PixDim[2]), Math.Abs(header.PixDim[3]) * qfac];
        double[,] affine =
        {
            { (a * a) + (b * b) - (c * c) - (d * d), 2 * ((b * c) - (a * d)), 2 * ((b * d) + (a * c)), header.Qform[3] },
            { 2 * ((b * c) + (a * d)), (a * a) + (c * c) - (b * b) - (d * d), 2 * ((c * d) - (a * b)), header.Qform[4] },
            { 2 * ((b * d) - (a * c)), 2 * ((c * d) + (a * b)), (a * a) + (d * d) - (b * b) - (c * c), header.Qform[5] },
            { 0, 0, 0, 1 },
        };
        for (int row = 0; row < 3; row++)
        {
            for (int column = 0; column < 3; column++)
            {
                affine[row, column] *= zoom[column];
            }
        }

        return affine;
    }

    // As nibabel's base affine: x runs to the left, the origin is the centre of the array.
    private static double[,] FromSpacing(NiftiHeader header, string name)
    {
        double[] spacing = SpacingMm(header, name);
        spacing[0] = -spacing[0];
        var affine = new double[4, 4];
        for (int axis = 0; axis < 3; axis++)
        {
            affine[axis, axis] = spacing[axis];
            affine[axis, 3] = -spacing[axis] * (header.Dim[axis + 1] - 1) / 2;
        }

        affine[3, 3] = 1;
        return affine;
    }

    private static double Determinant(double[,] m) =>
        (m[0, 0] * ((m[1, 1] * m[2, 2]) - (m[1, 2] * m[2, 1])))
        - (m[0, 1] * ((m[1, 0] * m[2, 2]) - (m[1, 2] * m[2, 0])))
        + (m[0, 2] * ((m[1, 0] * m[2, 1]) - (m[1, 1] * m[2, 0])));
}
