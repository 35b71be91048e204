using Inpaint.Medical.Dicom.Network;

namespace Inpaint.Medical.Worker;

/// <summary>The archive to ask; null when none is configured.</summary>
internal sealed record ArchiveOfChoice(IArchive? Archive);
