using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;

namespace Inpaint.Medical.Core.Ports;

/// <summary>What became of fitting a method to one series, for the record.</summary>
/// <param name="Seconds">What was asked.</param>
/// <param name="Steps">Optimiser steps, which follow from the seconds alone: the result does not depend on the machine's speed.</param>
/// <param name="Seed">Of the choice of slices and crops.</param>
/// <param name="LearnedFrom">Visible slices that were hidden and predicted to learn from.</param>
/// <param name="JudgedBy">Other visible slices, hidden and predicted to judge by.</param>
/// <param name="ErrorBefore">Mean squared error on the judging slices before, real units squared.</param>
/// <param name="ErrorAfter">The same after.</param>
/// <param name="IsKept">Whether the fitted method is used: only where the error became smaller.</param>
public sealed record Adaptation(
    int Seconds, int Steps, int Seed, ImmutableArray<int> LearnedFrom, ImmutableArray<int> JudgedBy, double ErrorBefore, double ErrorAfter, bool IsKept);

/// <summary>A method that can be fitted to a series before it predicts.</summary>
public interface IAdaptableReconstructor : IVolumeReconstructor
{
    /// <summary>Fits a copy to the visible slices of the request; it is this method itself where nothing was won.</summary>
    /// <param name="seconds">About how long it may take on a small machine.</param>
    /// <exception cref="InpaintException"><see cref="ErrorCode.TooFewSlices"/>.</exception>
    (IVolumeReconstructor Method, Adaptation Report) Adapt(ReconstructionRequest request, int seconds, CancellationToken cancellationToken);
}
