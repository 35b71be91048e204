using Inpaint.Medical.Core.Ports;

namespace Inpaint.Medical.Core.Selection;

/// <summary>
/// Squared errors of a method over left-out voxels, summed by square blocks of the slice plane; the same place in all left-out slices is
/// one block, because it holds the same structure.
/// </summary>
public sealed class ErrorBlocks
{
    private const int BlocksAcross = 16;
    private const int SmallestEdge = 8;

    private readonly double[] _sums;
    private readonly int _columns;
    private readonly int _edge;
    private readonly int _blocksInRow;

    public ErrorBlocks(int rows, int columns)
    {
        _columns = columns;
        _edge = Math.Max(SmallestEdge, Math.Min(rows, columns) / BlocksAcross);
        _blocksInRow = (columns + _edge - 1) / _edge;
        _sums = new double[_blocksInRow * ((rows + _edge - 1) / _edge)];
    }

    /// <summary>Voxels counted.</summary>
    public long Count { get; private set; }

    /// <summary>Sum of squared errors of each block, real units squared.</summary>
    public ReadOnlySpan<double> Sums => _sums;

    /// <summary>Real units squared; NaN where nothing was counted or a prediction was not finite.</summary>
    public double MeanSquaredError { get; private set; } = double.NaN;

    /// <summary>Adds a predicted slice.</summary>
    /// <param name="truth">[rows × columns].</param>
    /// <param name="masked">Voxels that count; empty for all.</param>
    /// <param name="padding">Real value outside the field of view, which is not predicted; null if there is none.</param>
    public void Add(SlicePrediction prediction, ReadOnlySpan<float> truth, ReadOnlySpan<bool> masked, float? padding)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ReadOnlySpan<float> predicted = prediction.Voxels.Span;
        for (int start = 0, row = 0; start < truth.Length; start += _columns, row++)
        {
            int firstBlock = row / _edge * _blocksInRow;
            for (int column = 0; column < _columns; column++)
            {
                int voxel = start + column;
                if ((!masked.IsEmpty && !masked[voxel]) || truth[voxel] == padding)
                {
                    continue;
                }

                double error = predicted[voxel] - truth[voxel];
                _sums[firstBlock + (column / _edge)] += error * error;
                Count++;
            }
        }

        MeanSquaredError = Count == 0 ? double.NaN : _sums.Sum() / Count;
    }
}
