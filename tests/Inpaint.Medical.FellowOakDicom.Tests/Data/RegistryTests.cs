using FellowOakDicom;
using Xunit;

namespace Inpaint.Medical.FellowOakDicom.Tests.Data;

public class RegistryTests
{
    [Theory]
    [InlineData("00100010")]
    [InlineData("0010,0010")]
    [InlineData("(0010,0010)")]
    public void TagsAreParsed(string text) => Assert.Equal(DicomTag.PatientName, DicomTag.Parse(text));

    [Theory]
    [InlineData("PatientName")]
    [InlineData("60xx3000")]
    [InlineData("0010")]
    [InlineData("")]
    public void OtherTextsAreNoTags(string text) => Assert.Throws<DicomDataException>(() => DicomTag.Parse(text));

    [Fact]
    public void PrivateTagsAreParsedAndPrintedWithTheirCreator()
    {
        DicomTag tag = DicomTag.Parse("0011,1001:INPAINT");

        Assert.Equal(new DicomTag(0x0011, 0x0001, "INPAINT"), tag);
        Assert.Equal("(0011,1001:INPAINT)", tag.ToString());
        Assert.Equal("(0010,0010)", DicomTag.PatientName.ToString());
        Assert.Equal("00100010", DicomTag.PatientName.ToString("J", null));
        Assert.Equal("7FE00010", DicomTag.PixelData.ToString("J", null));
    }

    [Fact]
    public void KeywordsLeadToTags()
    {
        Assert.Equal(DicomTag.PatientName, DicomDictionary.Default["PatientName"]);
        Assert.Null(DicomDictionary.Default["NoSuchKeyword"]);
    }

    [Fact]
    public void EveryStandardTagPropertyIsInTheDictionary()
    {
        foreach (System.Reflection.PropertyInfo property in typeof(DicomTag).GetProperties().Where(property => property.PropertyType == typeof(DicomTag)))
        {
            var tag = (DicomTag)property.GetValue(null)!;
            Assert.Equal(property.Name.Replace("RETIRED", "", StringComparison.Ordinal), tag.DictionaryEntry.Keyword);
        }
    }

    [Fact]
    public void TheDictionaryKnowsRepresentationMultiplicityAndRepeatingGroups()
    {
        DicomDictionaryEntry pixels = DicomTag.PixelData.DictionaryEntry;
        Assert.Equal([DicomVR.OB, DicomVR.OW], pixels.ValueRepresentations);
        Assert.Equal("Pixel Data", pixels.Name);
        Assert.Equal("2-2n", DicomTag.VerticesOfThePolygonalShutter.DictionaryEntry.ValueMultiplicity.ToString());
        Assert.Equal("OverlayData", DicomDictionary.Default[new DicomTag(0x6002, 0x3000)].Keyword);
        Assert.Equal(DicomVR.UL, DicomDictionary.Default[new DicomTag(0x0018, 0)].ValueRepresentations[0]);
        Assert.Same(DicomDictionary.UnknownTag, DicomDictionary.Default[new DicomTag(0x0008, 0x0007)]);
        Assert.Same(DicomDictionary.PrivateCreatorTag, DicomDictionary.Default[new DicomTag(0x0011, 0x0010)]);
    }

    [Fact]
    public void AddedEntriesAreUsed()
    {
        var dictionary = new DicomDictionary();
        dictionary.Add(new DicomDictionaryEntry(DicomMaskedTag.Parse("60xx,3000"), "Overlay", "Overlay", DicomVM.VM_1, false, DicomVR.OW));

        Assert.Equal("Overlay", dictionary[new DicomTag(0x6010, 0x3000)].Keyword);
        Assert.Same(DicomDictionary.UnknownTag, dictionary[DicomTag.PatientName]);
    }

    [Fact]
    public void GeneratedUidsAreUuidsAsDecimals()
    {
        DicomUID first = DicomUID.Generate(), second = DicomUID.Generate();

        Assert.Matches("^2[.]25[.](0|[1-9][0-9]{0,38})$", first.UID);
        Assert.True(first.UID.Length <= 44 && DicomUID.IsValidUid(first.UID));
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void AGeneratorReplacesTheSameUidByTheSameUid()
    {
        DicomDataset dataset = SomeDataset.Minimal();
        dataset.Add(new DicomSequence(DicomTag.ReferencedImageSequence, new DicomDataset { { DicomTag.ReferencedSOPInstanceUID, "1.2.3.4" } }));

        new DicomUIDGenerator().RegenerateAll(dataset);

        string replaced = dataset.GetString(DicomTag.SOPInstanceUID);
        Assert.StartsWith("2.25.", replaced, StringComparison.Ordinal);
        Assert.Equal(replaced, dataset.GetSequence(DicomTag.ReferencedImageSequence).Items[0].GetString(DicomTag.ReferencedSOPInstanceUID));
        Assert.Equal(DicomUID.CTImageStorage.UID, dataset.GetString(DicomTag.SOPClassUID));
    }

    [Fact]
    public void UidsKnowWhatTheyName()
    {
        Assert.Equal("CT Image Storage", DicomUID.Parse("1.2.840.10008.5.1.4.1.1.2").Name);
        Assert.True(DicomUID.CTImageStorage.IsImageStorage);
        Assert.Equal(DicomUidType.Unknown, DicomUID.Parse("1.2.3").Type);
        Assert.Equal(DicomStorageCategory.StructuredReport, DicomUID.EnhancedSRStorage.StorageCategory);
        Assert.False(DicomUID.Verification.IsImageStorage);
    }

    [Fact]
    public void AUidThatIsNoTransferSyntaxIsRefusedAsOne()
    {
        Assert.Null(DicomTransferSyntax.Query(DicomUID.Parse("1.2.3")));
        Assert.Throws<DicomDataException>(() => DicomTransferSyntax.Lookup(DicomUID.Parse("1.2.3")));
        Assert.Equal("1.2.3", DicomTransferSyntax.Lookup(new DicomUID("1.2.3", "Own", DicomUidType.TransferSyntax)).UID.UID);
        Assert.Same(DicomTransferSyntax.JPEG2000Lossless, DicomTransferSyntax.Parse("1.2.840.10008.1.2.4.90"));
        Assert.True(DicomTransferSyntax.JPEGProcess1.IsLossy && !DicomTransferSyntax.JPEGProcess14SV1.IsLossy && DicomTransferSyntax.RLELossless.IsEncapsulated);
    }
}
