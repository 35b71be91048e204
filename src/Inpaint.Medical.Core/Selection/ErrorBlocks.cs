using System.Runtime.Intrinsics;

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
    /// <param name="predicted">[rows × columns].</param>
    /// <param name="truth">[rows × columns].</param>
    /// <param name="masked">Voxels that count, [rows × columns]; empty for all.</param>
    /// <param name="padding">Real value outside the field of view, which is not predicted; null if there is none.</param>
    public void Add(ReadOnlySpan<float> predicted, ReadOnlySpan<float> truth, ReadOnlySpan<bool> masked, float? padding)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(predicted.Length, truth.Length);
        bool isAll = masked.IsEmpty && padding is null;
        for (int start = 0, row = 0; start < truth.Length; start += _columns, row++)
        {
            int block = row / _edge * _blocksInRow;
            for (int column = 0; column < _columns; column += _edge, block++)
            {
                int first = start + column, length = Math.Min(_edge, _columns - column);
                ReadOnlySpan<float> there = truth.Slice(first, length), found = predicted.Slice(first, length);
                if (isAll)
                {
                    _sums[block] += SumOfSquares(found, there);
                    Count += length;
                }
                else
                {
                    AddSelected(block, found, there, masked.IsEmpty ? default : masked.Slice(first, length), padding);
                }
            }
        }

        MeanSquaredError = Count == 0 ? double.NaN : _sums.Sum() / Count;
    }

    /// <summary>Adds what another found on other slices of the same size.</summary>
    public void Add(ErrorBlocks other)
    {
        ArgumentNullException.ThrowIfNull(other);
        ArgumentOutOfRangeException.ThrowIfNotEqual(other._sums.Length, _sums.Length);
        for (int block = 0; block < _sums.Length; block++)
        {
            _sums[block] += other._sums[block];
        }

        Count += other.Count;
        MeanSquaredError = Count == 0 ? double.NaN : _sums.Sum() / Count;
    }

    private void AddSelected(int block, ReadOnlySpan<float> predicted, ReadOnlySpan<float> truth, ReadOnlySpan<bool> masked, float? padding)
    {
        for (int i = 0; i < truth.Length; i++)
        {
            if ((masked.IsEmpty || masked[i]) && truth[i] != padding)
            {
                double error = predicted[i] - truth[i];
                _sums[block] += error * error;
                Count++;
            }
        }
    }

    // 256 bits on every machine, so that the order of summing and with it every bit of a decision is the same.
    private static double SumOfSquares(ReadOnlySpan<float> predicted, ReadOnlySpan<float> truth)
    {
        Vector256<float> sums = Vector256<float>.Zero;
        int i = 0;
        for (; i + Vector256<float>.Count <= truth.Length; i += Vector256<float>.Count)
        {
            Vector256<float> error = Vector256.Create(predicted[i..]) - Vector256.Create(truth[i..]);
            sums += error * error;
        }

        double sum = 0;
        for (int lane = 0; lane < Vector256<float>.Count; lane++)
        {
            sum += sums[lane];
        }

        for (; i < truth.Length; i++)
        {
            double error = predicted[i] - truth[i];
            sum += error * error;
        }

        return sum;
    }
}
