using System.Security.Cryptography;
using FellowOakDicom;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Series;
using Inpaint.Medical.Core.Volumes;
using Inpaint.Medical.Dicom.Reading;
using Inpaint.Medical.Dicom.Writing;
using Xunit;

namespace Inpaint.Medical.Dicom.Tests.Writing;

/// <summary>What no validator checks: the tests of our own output that the standard's wording asks for.</summary>
public class DerivedSeriesWriterTests
{
    private const string Gap = "mr-memprage-siemens-genuine-missing-slice", Chest = "ct-chest-small-one-slice-removed";

    [Theory]
    [InlineData(Gap)]
    [InlineData(Chest)]
    public async Task FileMetaAndDataSetNameTheSameInstance(string series)
    {
        using Written written = await Written.Of(series, DerivedPlan.Linear);

        foreach ((DerivedSlice slice, string path) in written.Files)
        {
            DicomFile file = DicomFile.Open(path);
            Assert.Equal(slice.SopInstanceUid, file.FileMetaInfo.MediaStorageSOPInstanceUID.UID);
            Assert.Equal(slice.SopInstanceUid, file.Dataset.GetString(DicomTag.SOPInstanceUID));
            Assert.Equal(file.Dataset.GetString(DicomTag.SOPClassUID), file.FileMetaInfo.MediaStorageSOPClassUID.UID);
            Assert.Equal("1.2.840.10008.1.2.1", file.FileMetaInfo.TransferSyntax.UID.UID);
        }
    }

    [Theory]
    [InlineData(Gap, 21)]
    [InlineData(Chest, 79)]
    public async Task TheSeriesIsOneStackInOrder(string series, int slices)
    {
        using Written written = await Written.Of(series, DerivedPlan.Linear);
        using var again = new DicomInstanceSource([written.Folder]);
        InstanceSet set = await again.ReadHeadersAsync(TestContext.Current.CancellationToken);

        Assert.Equal(slices, set.Instances.Length);
        Assert.Single(set.Instances.Select(image => (image.FrameOfReferenceUid, image.StudyInstanceUid, image.SeriesInstanceUid, image.RowDirection, image.ColumnDirection)).Distinct());
        InstanceHeader[] ordered = [.. set.Instances.OrderBy(image => image.InstanceNumber)];
        Assert.Equal(Enumerable.Range(1, slices), ordered.Select(image => image.InstanceNumber!.Value));
        double[] positions = [.. ordered.Select(image => image.Position!.Value.Dot(written.Series.Geometry.Normal))];
        for (int i = 1; i < slices; i++)
        {
            Assert.Equal(written.Series.Geometry.SliceSpacingMm, positions[i] - positions[i - 1], 0.01);
        }

        Assert.All(set.Instances, image => Assert.True(image.IsSynthetic));
    }

    [Theory]
    [InlineData(Gap)]
    [InlineData(Chest)]
    [InlineData("mr-hitachi-4-slices")]
    public async Task CopiesKeepPixelsAndPositionsOfTheirSourcesByteForByte(string series)
    {
        using Written written = await Written.Of(series, DerivedPlan.Linear);

        foreach ((DerivedSlice slice, string path) in written.Files.Where(file => file.Slice.Kind == SliceKind.Copy))
        {
            DicomDataset output = Written.Open(path), source = Written.Open(slice.Reference.Source);
            Assert.Equal(source.GetString(DicomTag.ImagePositionPatient), output.GetString(DicomTag.ImagePositionPatient));
            Assert.Equal(Bytes(source, DicomTag.PixelData), Bytes(output, DicomTag.PixelData));
        }
    }

    [Fact]
    public async Task EveryMarkOfASyntheticSliceAgrees()
    {
        using Written written = await Written.Of(Gap, DerivedPlan.Linear, repairedSlice: 4);

        Assert.Equal([18 + 1, 1, 1], new[] { SliceKind.Copy, SliceKind.Repaired, SliceKind.Synthetic }.Select(kind => written.Series.Slices.Count(slice => slice.Kind == kind)));
        foreach ((DerivedSlice slice, string path) in written.Files)
        {
            DicomDataset output = Written.Open(path);
            string word = output.GetString(DicomTag.ImageType).Split('\\')[3];
            string comment = output.GetSingleValueOrDefault(DicomTag.ImageComments, string.Empty);
            Assert.StartsWith("DERIVED\\SECONDARY\\", output.GetString(DicomTag.ImageType), StringComparison.Ordinal);
            (string, string, string) expected = slice.Kind switch
            {
                SliceKind.Copy => ("COPY", "NO", string.Empty),
                SliceKind.Repaired => ("REPAIRED", "YES", "PARTLY SYNTHETIC (18432 voxels, 50.0 %)"),
                _ => ("SYNTHETIC", "YES", "SYNTHETIC SLICE - not acquired"),
            };
            Assert.Equal(expected, (word, output.GetString(new DicomTag(0x0008, 0x001C)), comment));
            Assert.Equal("RESEARCH", output.GetString(DicomTag.ContentQualification));
            Assert.Equal(slice.Kind == SliceKind.Copy, !output.Contains(DicomTag.DerivationCodeSequence));
            Assert.Equal(slice.Kind == SliceKind.Copy, output.Contains(DicomTag.AcquisitionTime));
            Assert.Equal("Inpaint.Medical", output.GetString(DicomTag.Manufacturer));
            Assert.StartsWith("SYNTH-REPAIRED ", output.GetString(DicomTag.SeriesDescription), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task TheScannerMovesIntoContributingEquipment()
    {
        using Written written = await Written.Of(Gap, DerivedPlan.Learned);

        (DerivedSlice slice, string path) = written.Files.Single(file => file.Slice.Kind == SliceKind.Synthetic);
        DicomDataset output = Written.Open(path);
        DicomDataset[] equipment = [.. output.GetSequence(DicomTag.ContributingEquipmentSequence).Items];
        Assert.Equal(["109101", "109100"], equipment.Select(item => item.GetSequence(DicomTag.PurposeOfReferenceCodeSequence).Items[0].GetString(DicomTag.CodeValue)));
        Assert.Equal("SIEMENS", equipment[0].GetString(DicomTag.Manufacturer));
        Assert.Equal("TrioTim", equipment[0].GetString(DicomTag.ManufacturerModelName));
        Assert.Contains("sha256:aaaaaaaaaaaa", equipment[1].GetString(DicomTag.ContributionDescription), StringComparison.Ordinal);
        DicomDataset step = output.GetSequence(DicomTag.DerivationCodeSequence).Items.Single();
        Assert.Equal(("SLICESYN", "99INPAINT"), (step.GetString(DicomTag.CodeValue), step.GetString(DicomTag.CodingSchemeDesignator)));
        Assert.Equal("99INPAINT", output.GetSequence(DicomTag.CodingSchemeIdentificationSequence).Items.Single().GetString(DicomTag.CodingSchemeDesignator));
        Assert.Equal(2, slice.Sources.Length);
    }

    [Theory]
    [InlineData(Gap)]
    [InlineData(Chest)]
    public async Task EveryReferenceIsToASourceOfTheSameStudy(string series)
    {
        using Written written = await Written.Of(series, DerivedPlan.Linear, repairedSlice: 4);
        var known = written.Instances.Select(image => image.SopInstanceUid).ToHashSet();

        foreach ((DerivedSlice slice, string path) in written.Files)
        {
            DicomDataset output = Written.Open(path);
            string[] sources = [.. output.GetSequence(DicomTag.SourceImageSequence).Items.Select(item => item.GetString(DicomTag.ReferencedSOPInstanceUID))];
            Assert.Equal(slice.Sources.Select(source => source.SopInstanceUid), sources);
            Assert.Subset(known, sources.ToHashSet());
            string[] preserved = [.. output.GetSequence(DicomTag.SourceImageSequence).Items.Select(item => item.GetString(DicomTag.SpatialLocationsPreserved))];
            Assert.Equal(slice.Kind == SliceKind.Synthetic ? 0 : 1, preserved.Count(value => value == "YES"));
            DicomDataset reference = output.GetSequence(DicomTag.ReferencedSeriesSequence).Items.Single();
            Assert.Equal(written.Instances[0].SeriesInstanceUid, reference.GetString(DicomTag.SeriesInstanceUID));
            Assert.Equal(sources, reference.GetSequence(DicomTag.ReferencedInstanceSequence).Items.Select(item => item.GetString(DicomTag.ReferencedSOPInstanceUID)));
        }
    }

    [Theory]
    [InlineData(Gap)]
    [InlineData(Chest)]
    [InlineData("mr-hitachi-4-slices")]
    public async Task ExtremesAreTrueAndWindowsComplete(string series)
    {
        using Written written = await Written.Of(series, DerivedPlan.Linear);

        foreach ((_, string path) in written.Files)
        {
            DicomDataset output = Written.Open(path);
            bool isSigned = output.GetSingleValue<ushort>(DicomTag.PixelRepresentation) == 1;
            ushort[] samples = output.GetValues<ushort>(DicomTag.PixelData);
            int shift = 16 - output.GetSingleValue<ushort>(DicomTag.BitsStored);
            int[] values = [.. samples.Select(sample => isSigned ? (short)(sample << shift) >> shift : sample)];
            Assert.Equal(values.Min(), output.GetSingleValue<int>(DicomTag.SmallestImagePixelValue));
            Assert.Equal(values.Max(), output.GetSingleValue<int>(DicomTag.LargestImagePixelValue));
            Assert.Equal(output.Contains(DicomTag.WindowCenter), output.Contains(DicomTag.WindowWidth));
            if (output.Contains(DicomTag.WindowWidth))
            {
                Assert.All(output.GetValues<double>(DicomTag.WindowWidth), width => Assert.True(width >= 1));
            }
        }
    }

    [Fact]
    public async Task TheSamePlanGivesTheSameBytesAndAnotherModelOtherUids()
    {
        using Written written = await Written.Of(Gap, DerivedPlan.Linear);
        using Written other = await Written.Of(Gap, DerivedPlan.Learned);
        using var folder = new TemporaryFolder();

        Delivery again = await written.Write(folder["again"]);

        Assert.Equal(written.Delivery.Instances.AsEnumerable(), again.Instances);
        Assert.All(again.Instances, instance => Assert.Equal(instance.Sha256, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder["again"], instance.Location))))));
        Assert.Empty(written.Delivery.Instances.Select(instance => instance.SopInstanceUid).Intersect(other.Delivery.Instances.Select(instance => instance.SopInstanceUid)));
    }

    [Theory]
    [InlineData("20240131", "1200", "20240131", "120000.000000")]
    [InlineData("2024.01.31", "12:00:07.25", "20240131", "120007.250000")]
    [InlineData("20240131", "", "20200101", "100003.000000")]
    [InlineData("19990101", "1200", "20200101", "100003.000000")]
    [InlineData("20240131", "1200-1300", "20200101", "100003.000000")]
    public async Task TimesAreTheLatestThatASourceNames(string date, string time, string expectedDate, string expectedTime)
    {
        DicomDataset output = await WriteChanged((slice, number) =>
        {
            foreach (DicomTag tag in new[] { DicomTag.StudyDate, DicomTag.SeriesDate, DicomTag.AcquisitionDate, DicomTag.ContentDate })
            {
                slice.AddOrUpdate(tag, "20200101");
            }

            foreach (DicomTag tag in new[] { DicomTag.StudyTime, DicomTag.SeriesTime, DicomTag.AcquisitionTime, DicomTag.ContentTime })
            {
                slice.AddOrUpdate(tag, $"10000{number}");
            }

            slice.Remove(DicomTag.InstanceCreationDate, DicomTag.InstanceCreationTime);
            if (number == 1)
            {
                slice.AddOrUpdate(DicomTag.InstanceCreationDate, date);
                slice.AddOrUpdate(DicomTag.InstanceCreationTime, time);
            }
        });

        Assert.Equal((expectedDate, expectedTime), (output.GetString(DicomTag.SeriesDate), output.GetString(DicomTag.SeriesTime)));
        Assert.Equal((expectedDate, expectedTime), (output.GetString(DicomTag.ContentDate), output.GetString(DicomTag.ContentTime)));
        Assert.False(output.Contains(DicomTag.InstanceCreationDate) || output.Contains(DicomTag.InstanceCreationTime));
        Assert.DoesNotContain(Flatten(output), tag => tag == DicomTag.ContributionDateTime);
    }

    [Fact]
    public async Task WhereNoSourceHasATimeNoneIsInvented()
    {
        DicomDataset output = await WriteChanged((slice, _) => slice.Remove([.. slice.Select(item => item.Tag).Where(tag =>
            tag.DictionaryEntry.ValueRepresentations[0] == DicomVR.DA || tag.DictionaryEntry.ValueRepresentations[0] == DicomVR.TM)]));

        Assert.False(output.Contains(DicomTag.SeriesDate) || output.Contains(DicomTag.ContentTime));
    }

    [Fact]
    public async Task VoiLutsAreCarriedEachToItsSliceAndTheNearestToASyntheticOne()
    {
        using var folder = new TemporaryFolder();
        await WriteChanged((slice, number) => slice.AddOrUpdate(VoiLut(number)), folder);

        string[] sources = Directory.GetFiles(folder["in"]), outputs = [.. Directory.GetFiles(folder["out"]).Order(StringComparer.Ordinal)];
        Assert.Equal(4, outputs.Length);
        foreach (string path in outputs)
        {
            DicomDataset output = Written.Open(path);
            string reference = output.GetSequence(DicomTag.SourceImageSequence).Items[0].GetString(DicomTag.ReferencedSOPInstanceUID);
            DicomDataset source = sources.Select(Written.Open).Single(slice => slice.GetString(DicomTag.SOPInstanceUID) == reference);
            DicomDataset wanted = source.GetSequence(DicomTag.VOILUTSequence).Items.Single(), found = output.GetSequence(DicomTag.VOILUTSequence).Items.Single();
            Assert.Equal(Bytes(wanted, DicomTag.LUTData), Bytes(found, DicomTag.LUTData));
            Assert.Equal(Bytes(wanted, DicomTag.LUTDescriptor), Bytes(found, DicomTag.LUTDescriptor));
            Assert.Empty(Verdict.New(path, sources));
        }
    }

    [Fact]
    public async Task AModalityLutIsRefused()
    {
        InpaintException refusal = await Assert.ThrowsAsync<InpaintException>(() => WriteChanged((slice, _) => slice.AddOrUpdate(new DicomSequence(
            DicomTag.ModalityLUTSequence,
            new DicomDataset().Add(DicomTag.LUTDescriptor, (ushort)2, (ushort)0, (ushort)16).Add(DicomTag.ModalityLUTType, "US").Add(DicomTag.LUTData, (ushort)0, (ushort)1)))));

        Assert.Equal(ErrorCode.AttributesRefused, refusal.Code);
        Assert.Contains("(0028,3000)", refusal.Message, StringComparison.Ordinal);
    }

    private static DicomSequence VoiLut(int number) => new(DicomTag.VOILUTSequence, new DicomDataset()
        .Add(DicomTag.LUTDescriptor, (ushort)4, (ushort)number, (ushort)16)
        .Add(DicomTag.LUTExplanation, "BONE")
        .Add(DicomTag.LUTData, (ushort)0, (ushort)100, (ushort)(1000 * number), (ushort)65535));

    /// <summary>A series of four slices without the third, each changed (numbers from 0), read, planned and written; gives the synthetic slice.</summary>
    private static async Task<DicomDataset> WriteChanged(Action<DicomDataset, int> change)
    {
        using var folder = new TemporaryFolder();
        return await WriteChanged(change, folder);
    }

    private static async Task<DicomDataset> WriteChanged(Action<DicomDataset, int> change, TemporaryFolder folder)
    {
        Directory.CreateDirectory(folder["in"]);
        DicomDataset[] slices = [.. Directory.GetFiles(Path.Combine(RealDicom.Folder, "mr-hitachi-4-slices")).Select(Written.Open)
            .OrderBy(slice => slice.GetValues<double>(DicomTag.ImagePositionPatient)[2])];
        foreach (int number in new[] { 0, 1, 3 })
        {
            change(slices[number].NotValidated(), number);
            await new DicomFile(slices[number]).SaveAsync(folder[Path.Combine("in", $"{number}.dcm")]);
        }

        using var source = new DicomInstanceSource([folder["in"]]);
        InstanceSet set = await source.ReadHeadersAsync(TestContext.Current.CancellationToken);
        DerivedSeries series = DerivedPlan.Of(source, set.Instances, DerivedPlan.Linear);
        var writer = new DerivedSeriesWriter(source, _ => folder["out"], new DeterministicUidFactory(), DerivedSeriesSettings.Default);
        await using IStagedDelivery staged = await writer.StageAsync(series, TestContext.Current.CancellationToken);
        await staged.CommitAsync(TestContext.Current.CancellationToken);
        int synthetic = series.Slices.IndexOf(series.Slices.Single(slice => slice.Kind == SliceKind.Synthetic));
        return Written.Open(Path.Combine(folder["out"], staged.Delivery.Instances[synthetic].Location));
    }

    [Theory]
    [InlineData(Gap)]
    [InlineData(Chest)]
    [InlineData("mr-hitachi-4-slices")]
    public async Task NothingPrivateOrForbiddenIsCarriedOver(string series)
    {
        using Written written = await Written.Of(series, DerivedPlan.Linear);

        foreach ((_, string path) in written.Files)
        {
            Assert.DoesNotContain(Flatten(Written.Open(path)), tag => tag.Group % 2 == 1 || tag.Group >> 8 is 0x50 or 0x60 || tag.Group is 0x0004 or 0xFFFA or 0x4FFE
                || tag.Element == 0 || tag == DicomTag.SOPInstanceStatus || tag == DicomTag.PerformedProcedureStepID || tag == DicomTag.IconImageSequence);
        }
    }

    [Theory]
    [InlineData("chrH31.dcm")]
    [InlineData("chrJapMulti.dcm")]
    [InlineData("chrX1.dcm")]
    [InlineData("chrX2.dcm")]
    [InlineData("chrKoreanMulti.dcm")]
    [InlineData("chrArab.dcm")]
    public async Task NamesKeepTheirBytesInEveryCharacterSet(string file)
    {
        // A small series under the name and character set of a real file with such names.
        DicomDataset named = Written.Open(RealDicom.File(Path.Combine("charsets", file)));
        using var folder = new TemporaryFolder();
        foreach (string path in Directory.GetFiles(Path.Combine(RealDicom.Folder, "mr-hitachi-4-slices")))
        {
            DicomDataset slice = Written.Open(path).NotValidated();
            slice.AddOrUpdate(named.GetDicomItem<DicomItem>(DicomTag.SpecificCharacterSet));
            slice.AddOrUpdate(named.GetDicomItem<DicomItem>(DicomTag.PatientName));
            Directory.CreateDirectory(folder["in"]);
            await new DicomFile(slice).SaveAsync(Path.Combine(folder["in"], Path.GetFileName(path)));
        }

        using var source = new DicomInstanceSource([folder["in"]]);
        InstanceSet set = await source.ReadHeadersAsync(TestContext.Current.CancellationToken);
        var writer = new DerivedSeriesWriter(source, _ => folder["out"], new DeterministicUidFactory(), DerivedSeriesSettings.Default);
        await using IStagedDelivery staged = await writer.StageAsync(DerivedPlan.Of(source, set.Instances, DerivedPlan.Linear), TestContext.Current.CancellationToken);
        await staged.CommitAsync(TestContext.Current.CancellationToken);

        foreach (DeliveredInstance instance in staged.Delivery.Instances)
        {
            DicomDataset output = Written.Open(Path.Combine(folder["out"], instance.Location));
            Assert.Equal(Bytes(named, DicomTag.PatientName), Bytes(output, DicomTag.PatientName));
            Assert.Equal(Bytes(named, DicomTag.SpecificCharacterSet), Bytes(output, DicomTag.SpecificCharacterSet));
            Assert.Equal(named.GetString(DicomTag.PatientName), output.GetString(DicomTag.PatientName));
        }
    }

    [Fact]
    public async Task SparseHoldsOnlyTheRebuiltSlices()
    {
        using Written written = await Written.Of(Gap, DerivedPlan.Linear, mode: OutputMode.Sparse);

        DeliveredInstance only = Assert.Single(written.Delivery.Instances);
        Assert.Equal("IM0011.dcm", only.Location);
        Assert.Equal(["IM0011.dcm"], Directory.GetFiles(written.Folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task SliceLocationOfASyntheticSliceLiesOnTheLineOfTheOthers()
    {
        using Written written = await Written.Of(Gap, DerivedPlan.Linear);

        double[] locations = [.. written.Files.Select(file => Written.Open(file.Path).GetSingleValue<double>(DicomTag.SliceLocation))];
        for (int i = 1; i < locations.Length; i++)
        {
            Assert.Equal(Math.Sign(locations[1] - locations[0]) * written.Series.Geometry.SliceSpacingMm, locations[i] - locations[i - 1], 0.01);
        }
    }

    [Fact]
    public async Task SourcesThatAreNeitherMrNorCtAreRefusedByName()
    {
        using var folder = new TemporaryFolder();
        foreach (string path in Directory.GetFiles(Path.Combine(RealDicom.Folder, "mr-hitachi-4-slices")))
        {
            DicomDataset slice = Written.Open(path).NotValidated();
            slice.AddOrUpdate(DicomTag.SOPClassUID, DicomUID.PositronEmissionTomographyImageStorage.UID);
            await new DicomFile(slice).SaveAsync(folder[Path.GetFileName(path)]);
        }

        using var source = new DicomInstanceSource([folder.Path]);
        InstanceSet set = await source.ReadHeadersAsync(TestContext.Current.CancellationToken);
        var writer = new DerivedSeriesWriter(source, _ => "/tmp/never-written", new DeterministicUidFactory(), DerivedSeriesSettings.Default);

        InpaintException refusal = await Assert.ThrowsAsync<InpaintException>(() => writer.StageAsync(DerivedPlan.Of(source, set.Instances, DerivedPlan.Linear), TestContext.Current.CancellationToken));

        Assert.Equal(ErrorCode.AttributesRefused, refusal.Code);
        Assert.Contains("Positron", refusal.Message, StringComparison.Ordinal);
    }

    private static byte[] Bytes(DicomDataset dataset, DicomTag tag) => dataset.GetDicomItem<DicomElement>(tag).Buffer.Data;

    private static IEnumerable<DicomTag> Flatten(DicomDataset dataset) => dataset.SelectMany(item =>
        item is DicomSequence sequence ? sequence.Items.SelectMany(Flatten).Prepend(item.Tag) : [item.Tag]);
}
