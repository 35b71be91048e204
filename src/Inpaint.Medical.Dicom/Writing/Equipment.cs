using FellowOakDicom;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Series;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>
/// Ours in the General Equipment module, the scanner's in Contributing Equipment Sequence: so PS3.3 C.12.1.1.5 wants it of software
/// that makes derived images from acquired ones.
/// </summary>
internal static class Equipment
{
    private static readonly DicomTag[] ScannerTags =
    [
        DicomTag.InstitutionName, DicomTag.StationName, DicomTag.InstitutionalDepartmentName, DicomTag.ManufacturerModelName,
        DicomTag.DeviceSerialNumber, DicomTag.SoftwareVersions,
    ];

    /// <summary>Manufacturer, model, serial number and version of this software.</summary>
    public static void Add(DerivedSeriesSettings settings, DicomDataset target)
    {
        target.AddOrUpdate(DicomTag.Manufacturer, DicomNames.Manufacturer);
        target.AddOrUpdate(DicomTag.ManufacturerModelName, "Slice repair");
        target.AddOrUpdate(DicomTag.DeviceSerialNumber, settings.InstallationId);
        target.AddOrUpdate(DicomTag.SoftwareVersions, settings.Version);
    }

    /// <summary>The source's items, the scanner, and this software; without the time of the run, which the record holds.</summary>
    public static DicomSequence Contributing(DerivedSlice slice, DicomDataset reference, DerivedSeriesSettings settings, IUidFactory uids)
    {
        List<DicomDataset> items = reference.TryGetSequence(DicomTag.ContributingEquipmentSequence, out DicomSequence before) ? [.. before.Items] : [];
        items.Add(Scanner(reference));
        items.Add(Ours(slice, settings, uids));
        return new DicomSequence(DicomTag.ContributingEquipmentSequence, [.. items]);
    }

    private static DicomDataset Scanner(DicomDataset reference)
    {
        DicomDataset item = Codes.Empty();
        item.Add(new DicomSequence(DicomTag.PurposeOfReferenceCodeSequence, Codes.AcquisitionEquipment));
        bool isNamed = reference.TryGetString(DicomTag.Manufacturer, out string manufacturer) && manufacturer.Trim().Length > 0;
        item.Add(isNamed ? reference.GetDicomItem<DicomItem>(DicomTag.Manufacturer) : new DicomLongString(DicomTag.Manufacturer, "UNKNOWN"));
        foreach (DicomTag tag in ScannerTags)
        {
            if (reference.GetDicomItem<DicomElement>(tag) is { Length: > 0 } element)
            {
                item.Add(element);
            }
        }

        return item;
    }

    private static DicomDataset Ours(DerivedSlice slice, DerivedSeriesSettings settings, IUidFactory uids)
    {
        DicomDataset item = Codes.Empty();
        Add(settings, item);
        bool isCopy = slice.Kind == SliceKind.Copy;
        item.Add(new DicomSequence(DicomTag.PurposeOfReferenceCodeSequence, isCopy ? Codes.ProcessingEquipment : Codes.SynthesizingEquipment));
        if (!isCopy)
        {
            item.Add(DicomTag.DeviceUID, uids.Create("device", settings.InstallationId));
            item.Add(DicomTag.ContributionDescription, "Slice repair: " + DerivationAttributes.MethodText(slice.Method));
        }

        return item;
    }
}
