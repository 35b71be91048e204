using System.Globalization;
using System.Runtime.InteropServices;
using FellowOakDicom;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Volumes;

namespace Inpaint.Medical.Dicom.Writing;

/// <summary>What an exported series says of itself.</summary>
public sealed record DicomExportSettings
{
    /// <summary>MR or CT.</summary>
    public required string Modality { get; init; }

    /// <summary>Everything that must make the UIDs differ: name of the volume, seed of the phantom.</summary>
    public required string Key { get; init; }

    /// <summary>Study, series and acquisition time.</summary>
    public required DateTimeOffset AcquiredAt { get; init; }

    public string PatientId { get; init; } = "ANON";

    public string PatientName { get; init; } = "ANON^SAMPLE";

    public string StudyDescription { get; init; } = "Sample";

    public string SeriesDescription { get; init; } = "Sample volume";

    public string BodyPartExamined { get; init; } = "HEAD";

    public int SeriesNumber { get; init; } = 1;

    /// <summary>Quality Control Image (0028,0300): YES for a phantom.</summary>
    public bool IsPhantom { get; init; }
}

/// <summary>
/// Writes a volume (of a NIfTI file, a phantom) as the classic MR or CT series that a scanner would have made of it: one file a
/// slice. Slices without data are left out. The same volume and settings give the same bytes.
/// </summary>
public static class DicomSeriesExporter
{
    private const int MostRows = ushort.MaxValue;

    /// <param name="volume">Real units, [slices, rows, columns].</param>
    /// <param name="folder">Absent or empty; it is complete or absent afterwards.</param>
    /// <exception cref="InpaintException">
    /// <see cref="ErrorCode.OutputExists"/>, <see cref="ErrorCode.OutputNotWritable"/>, <see cref="ErrorCode.AttributesRefused"/>.
    /// </exception>
    public static async Task<Delivery> WriteAsync(Volume volume, string folder, DicomExportSettings settings, IUidFactory uids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(uids);
        Require(settings.Modality is "MR" or "CT", $"series of modality '{settings.Modality}' are not made, only MR and CT");
        Require(volume.Geometry.Rows <= MostRows && volume.Geometry.Columns <= MostRows, "DICOM images have at most 65535 rows and columns");

        var export = new Export(volume, settings, uids, StoredScale.Of(volume, settings.Modality));
        StagedFolder staged = StagedFolder.Create(folder);
        await using (staged)
        {
            for (int slice = 0; slice < volume.SliceCount; slice++)
            {
                if (volume.IsPresent(slice))
                {
                    DicomDataset dataset = export.Slice(slice);
                    string uid = dataset.GetSingleValue<string>(DicomTag.SOPInstanceUID);
                    await staged.AddInstanceAsync(uid, DerivedSeriesWriter.FileName(slice + 1), Part10File.Bytes(dataset), cancellationToken);
                }
            }

            await staged.CommitAsync(cancellationToken);
            return staged.Delivery;
        }
    }

    private static void Require(bool condition, string why)
    {
        if (!condition)
        {
            throw new InpaintException(ErrorCode.AttributesRefused, $"No series is written: {why}.");
        }
    }

    private sealed class Export(Volume volume, DicomExportSettings settings, IUidFactory uids, StoredScale scale)
    {
        private readonly DicomDataset _common = Common(volume.Geometry, settings, uids, scale);

        public DicomDataset Slice(int slice)
        {
            DicomDataset target = Codes.Empty();
            foreach (DicomItem item in _common)
            {
                target.Add(item);
            }

            target.Add(DicomTag.SOPInstanceUID, uids.Create("export-image", settings.Key, slice.ToString(CultureInfo.InvariantCulture)));
            target.Add(DicomTag.InstanceNumber, (slice + 1).ToString(CultureInfo.InvariantCulture));
            Vector3 origin = volume.Geometry.SliceOrigins[slice];
            target.Add(new DicomDecimalString(DicomTag.ImagePositionPatient, DecimalString.Of(origin)));
            target.Add(new DicomDecimalString(DicomTag.SliceLocation, DecimalString.Of(Math.Round(origin.Dot(volume.Geometry.Normal), 6))));
            PixelAttributes.AddPixels(volume.Geometry.Rows, volume.Geometry.Columns, scale.Format, scale.Store(volume.Slice(slice)), target);
            return target;
        }

        private static DicomDataset Common(VolumeGeometry geometry, DicomExportSettings settings, IUidFactory uids, StoredScale scale)
        {
            bool isCt = settings.Modality == "CT";
            string date = settings.AcquiredAt.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
            string time = settings.AcquiredAt.ToString("HHmmss", CultureInfo.InvariantCulture);
            DicomDataset common = Codes.Empty();
            common.Add(DicomTag.SpecificCharacterSet, "ISO_IR 192");
            common.Add(new DicomCodeString(DicomTag.ImageType, "ORIGINAL", "PRIMARY", isCt ? "AXIAL" : "OTHER"));
            common.Add(DicomTag.SOPClassUID, (isCt ? DicomUID.CTImageStorage : DicomUID.MRImageStorage).UID);
            AddDates(common, date, time);
            AddPatientAndStudy(common, settings, uids);
            common.Add(DicomTag.Modality, settings.Modality);
            common.Add(DicomTag.SeriesInstanceUID, uids.Create("export-series", settings.Key));
            common.Add(DicomTag.SeriesNumber, settings.SeriesNumber.ToString(CultureInfo.InvariantCulture));
            common.Add(DicomTag.SeriesDescription, settings.SeriesDescription);
            common.Add(DicomTag.BodyPartExamined, settings.BodyPartExamined);
            common.Add(DicomTag.PatientPosition, "HFS");
            common.Add(DicomTag.FrameOfReferenceUID, uids.Create("export-frame-of-reference", settings.Key));
            common.Add(DicomTag.PositionReferenceIndicator, string.Empty);
            common.Add(DicomTag.Manufacturer, "Inpaint.Medical sample");
            common.Add(DicomTag.ManufacturerModelName, "Volume export");
            if (settings.IsPhantom)
            {
                common.Add(DicomTag.QualityControlImage, "YES");
            }

            AddAcquisition(common, isCt);
            AddGeometry(common, geometry, isCt);
            AddValues(common, scale, isCt);
            return common;
        }

        private static void AddDates(DicomDataset common, string date, string time)
        {
            foreach (DicomTag tag in new[] { DicomTag.StudyDate, DicomTag.SeriesDate, DicomTag.AcquisitionDate, DicomTag.ContentDate })
            {
                common.Add(tag, date);
            }

            foreach (DicomTag tag in new[] { DicomTag.StudyTime, DicomTag.SeriesTime, DicomTag.AcquisitionTime, DicomTag.ContentTime })
            {
                common.Add(tag, time);
            }
        }

        private static void AddPatientAndStudy(DicomDataset common, DicomExportSettings settings, IUidFactory uids)
        {
            common.Add(DicomTag.PatientName, settings.PatientName);
            common.Add(DicomTag.PatientID, settings.PatientId);
            common.Add(DicomTag.PatientBirthDate, string.Empty);
            common.Add(DicomTag.PatientSex, "O");
            common.Add(DicomTag.StudyInstanceUID, uids.Create("export-study", settings.Key));
            common.Add(DicomTag.StudyID, "1");
            common.Add(DicomTag.StudyDescription, settings.StudyDescription);
            common.Add(DicomTag.AccessionNumber, string.Empty);
            common.Add(DicomTag.ReferringPhysicianName, string.Empty);
        }

        /// <summary>The IODs' mandatory acquisition attributes; those that a volume does not know stay empty where that is allowed.</summary>
        private static void AddAcquisition(DicomDataset common, bool isCt)
        {
            common.Add(DicomTag.AcquisitionNumber, "1");
            if (isCt)
            {
                common.Add(DicomTag.KVP, string.Empty);
                return;
            }

            common.Add(DicomTag.ScanningSequence, "RM");
            common.Add(DicomTag.SequenceVariant, "NONE");
            common.Add(DicomTag.ScanOptions, string.Empty);
            common.Add(DicomTag.MRAcquisitionType, "3D");
            common.Add(DicomTag.RepetitionTime, string.Empty);
            common.Add(DicomTag.EchoTime, string.Empty);
            common.Add(DicomTag.EchoTrainLength, string.Empty);
        }

        private static void AddGeometry(DicomDataset common, VolumeGeometry geometry, bool isCt)
        {
            common.Add(new DicomDecimalString(DicomTag.ImageOrientationPatient, [.. DecimalString.Of(geometry.RowDirection), .. DecimalString.Of(geometry.ColumnDirection)]));
            common.Add(new DicomDecimalString(DicomTag.PixelSpacing, DecimalString.Of(geometry.RowSpacingMm), DecimalString.Of(geometry.ColumnSpacingMm)));
            string spacing = DecimalString.Of(geometry.SliceSpacingMm);
            common.Add(new DicomDecimalString(DicomTag.SliceThickness, spacing));
            if (!isCt)
            {
                common.Add(new DicomDecimalString(DicomTag.SpacingBetweenSlices, spacing));
            }
        }

        private static void AddValues(DicomDataset common, StoredScale scale, bool isCt)
        {
            common.Add(DicomTag.PhotometricInterpretation, "MONOCHROME2");
            if (isCt || scale.Rescale != Rescale.Identity)
            {
                common.Add(new DicomDecimalString(DicomTag.RescaleIntercept, DecimalString.Of(scale.Rescale.Intercept)));
                common.Add(new DicomDecimalString(DicomTag.RescaleSlope, DecimalString.Of(scale.Rescale.Slope)));
                common.Add(DicomTag.RescaleType, isCt ? "HU" : "US");
            }

            common.Add(new DicomDecimalString(DicomTag.WindowCenter, DecimalString.Of(Math.Round(scale.WindowCenter, 3))));
            common.Add(new DicomDecimalString(DicomTag.WindowWidth, DecimalString.Of(Math.Round(Math.Max(1, scale.WindowWidth), 3))));
        }
    }
}

/// <summary>How real values become stored samples of 16 bits.</summary>
/// <param name="Format">Unsigned 12 bits where these suffice, else 16.</param>
/// <param name="Rescale">Identity for MR whose values are whole numbers.</param>
/// <param name="WindowCenter">Real units.</param>
/// <param name="WindowWidth">Real units.</param>
internal sealed record StoredScale(PixelFormat Format, Rescale Rescale, double WindowCenter, double WindowWidth)
{
    // The offset that CT scanners use: air, and what lies outside the field of view, stay positive.
    private const double CtIntercept = -1024;

    public static StoredScale Of(Volume volume, string modality)
    {
        (float lowest, float highest, bool isWhole) = Survey(volume);
        double center = (lowest + (double)highest) / 2, width = (double)highest - lowest;
        Rescale rescale = modality == "CT" ? new Rescale(1, Math.Min(CtIntercept, lowest)) : new Rescale(1, 0);
        double smallest = lowest - rescale.Intercept, largest = highest - rescale.Intercept;
        if (isWhole && smallest >= 0 && largest <= ushort.MaxValue)
        {
            int bits = largest < 4096 ? 12 : 16;
            return new StoredScale(new PixelFormat(SampleType.UInt16, bits, bits - 1), rescale, center, width);
        }

        if (isWhole && modality == "MR" && lowest >= short.MinValue && highest <= short.MaxValue)
        {
            return new StoredScale(new PixelFormat(SampleType.Int16, 16, 15), Rescale.Identity, center, width);
        }

        double slope = width > 0 ? width / ushort.MaxValue : 1;
        return new StoredScale(new PixelFormat(SampleType.UInt16, 16, 15), Written(slope, lowest), center, width);
    }

    /// <summary>Stored samples, little endian.</summary>
    public byte[] Store(ReadOnlySpan<float> voxels)
    {
        var samples = new byte[voxels.Length * 2];
        Span<short> words = MemoryMarshal.Cast<byte, short>(samples.AsSpan());
        int lowest = Format.IsSigned ? short.MinValue : 0, highest = Format.IsSigned ? short.MaxValue : (1 << Format.BitsStored) - 1;
        for (int i = 0; i < voxels.Length; i++)
        {
            double value = float.IsFinite(voxels[i]) ? voxels[i] : 0;
            words[i] = unchecked((short)Math.Clamp(Math.Round((value - Rescale.Intercept) / Rescale.Slope), lowest, highest));
        }

        return samples;
    }

    /// <summary>The numbers as DS can say them, so that readers multiply with what was divided by.</summary>
    private static Rescale Written(double slope, double intercept) => new(
        double.Parse(DecimalString.Of(slope), CultureInfo.InvariantCulture), double.Parse(DecimalString.Of(intercept), CultureInfo.InvariantCulture));

    private static (float Lowest, float Highest, bool IsWhole) Survey(Volume volume)
    {
        float lowest = float.MaxValue, highest = float.MinValue;
        bool isWhole = true;
        for (int slice = 0; slice < volume.SliceCount; slice++)
        {
            if (!volume.IsPresent(slice))
            {
                continue;
            }

            foreach (float voxel in volume.Slice(slice))
            {
                if (float.IsFinite(voxel))
                {
                    lowest = Math.Min(lowest, voxel);
                    highest = Math.Max(highest, voxel);
                    isWhole &= voxel == MathF.Round(voxel);
                }
            }
        }

        return lowest <= highest ? (lowest, highest, isWhole) : (0, 0, true);
    }
}
