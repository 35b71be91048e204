namespace Inpaint.Medical.Dicom;

/// <summary>What <see cref="Part10PreScan"/> saw in a file that may be parsed.</summary>
/// <param name="TransferSyntaxUid">From the file meta information; empty where there is none.</param>
/// <param name="ElementCount">Elements, items and fragments together.</param>
/// <param name="DeepestNesting">0 when there is no sequence.</param>
/// <param name="Truncation">Where and how the file ends too early; null when it is whole.</param>
public sealed record Part10ScanReport(string TransferSyntaxUid, int ElementCount, int DeepestNesting, Part10ScanException? Truncation);
