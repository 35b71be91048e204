namespace Inpaint.Medical.Nifti;

/// <summary>Axis of the stored array whose planes are taken as slices.</summary>
public enum SliceAxis
{
    X = 0,
    Y = 1,
    Z = 2,
}

/// <summary>Choice of the slice axis.</summary>
public static class SliceAxes
{
    /// <summary>Largest over smallest spacing above which a volume counts as made of thick slices.</summary>
    public const double AnisotropyLimit = 1.2;

    /// <summary>The axis of the largest spacing where that is more than 1.2 times the smallest, else the last axis.</summary>
    public static SliceAxis Resolve(double spacingX, double spacingY, double spacingZ)
    {
        double largest = Math.Max(spacingX, Math.Max(spacingY, spacingZ));
        double smallest = Math.Min(spacingX, Math.Min(spacingY, spacingZ));
        return largest <= AnisotropyLimit * smallest || spacingZ == largest ? SliceAxis.Z
            : spacingY == largest ? SliceAxis.Y
            : SliceAxis.X;
    }
}
