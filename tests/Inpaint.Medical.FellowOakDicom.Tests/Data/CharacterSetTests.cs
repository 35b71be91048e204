using System.Text;
using FellowOakDicom;
using FellowOakDicom.IO.Buffer;
using Inpaint.Medical.TestSupport;
using Xunit;

namespace Inpaint.Medical.FellowOakDicom.Tests.Data;

/// <summary>Names in the examples of PS3.5 Annexes H, I, J and K, and in the character sets of PS3.3 §C.12.1.1.2.</summary>
public class CharacterSetTests
{
    [Theory]
    [InlineData("\\ISO 2022 IR 87", "Yamada^Tarou=~$B;3ED~(B^~$BB@O:~(B=~$B$d$^$@~(B^~$B$?$m$&~(B", "Yamada^Tarou=山田^太郎=やまだ^たろう")]
    [InlineData("ISO 2022 IR 13\\ISO 2022 IR 87", "ÔÏÀÞ^ÀÛ³=~$B;3ED~(J^~$BB@O:~(J=~$B$d$^$@~(J^~$B$?$m$&~(J", "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう")]
    [InlineData("\\ISO 2022 IR 149", "Hong^Gildong=~$)CûóÑ^~$)CÑÎÔ×=~$)CÈ«^~$)C±æµ¿", null)]
    [InlineData("\\ISO 2022 IR 149", "Hong^Gildong=~$)Cûó^~$)CÑÎÔ×=~$)CÈ«^~$)C±æµ¿", "Hong^Gildong=洪^吉洞=홍^길동")]
    [InlineData("\\ISO 2022 IR 58", "Zhang^XiaoDong=~$)AÕÅ^~$)AÐ¡¶«=", "Zhang^XiaoDong=张^小东=")]
    [InlineData("\\ISO 2022 IR 159", "~$(D0!~(B", "丂")]
    [InlineData("ISO_IR 100", "Buc^Jérôme", "Buc^Jérôme")]
    [InlineData("ISO_IR 144", "»îÚceÜÑypÓ", "Люкceмбypг")]
    [InlineData("ISO_IR 126", "Äéïíõóéïò", "Διονυσιος")]
    [InlineData("ISO_IR 127", "âÈÇæê^äæÒÇÑ", "قباني^لنزار")]
    [InlineData("ISO_IR 138", "ùøåï^ãáåøä", "שרון^דבורה")]
    [InlineData("ISO_IR 166", "\u00b9\u00d2", "นา")]
    [InlineData("GBK", "Wang^XiaoDong=Íõ^Ð¡¶«", "Wang^XiaoDong=王^小东")]
    [InlineData("GB18030", "Wang^XiaoDong=Íõ^Ð¡¶«", "Wang^XiaoDong=王^小东")]
    [InlineData("ISO_IR 192", "Wang^XiaoDong=ç\u008e\u008b^å°\u008fæ\u009d±", "Wang^XiaoDong=王^小東")]
    public void BytesAreDecodedAndEncodedAsTheStandardShows(string characterSets, string latin1, string? text)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(latin1.Replace('~', '\x1B'));
        Encoding[] encodings = DicomEncoding.GetEncodings(characterSets.Split('\\'));

        string decoded = new DicomPersonName(DicomTag.PatientName, encodings, new MemoryByteBuffer(bytes)).Get<string>();
        if (text is null)
        {
            // A character cut in half is not decoded to something else silently.
            Assert.Contains('\uFFFD', decoded.Replace('?', '\uFFFD'));
            return;
        }

        Assert.Equal(text, decoded);
        Assert.Equal(bytes, DicomEncoding.Encode(text, encodings));
    }

    [Theory]
    [InlineData("chrArab.dcm", "قباني^لنزار")]
    [InlineData("chrFren.dcm", "Buc^Jérôme")]
    [InlineData("chrFrenMulti.dcm", "Buc^Jérôme")]
    [InlineData("chrGerm.dcm", "Äneas^Rüdiger")]
    [InlineData("chrGreek.dcm", "Διονυσιος")]
    [InlineData("chrH31.dcm", "Yamada^Tarou=山田^太郎=やまだ^たろう")]
    [InlineData("chrH32.dcm", "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう")]
    [InlineData("chrHbrw.dcm", "שרון^דבורה")]
    [InlineData("chrI2.dcm", "Hong^Gildong=洪^吉洞=홍^길동")]
    [InlineData("chrJapMulti.dcm", "やまだ^たろう")]
    [InlineData("chrKoreanMulti.dcm", "김희중")]
    [InlineData("chrRuss.dcm", "Люкceмбypг")]
    [InlineData("chrX1.dcm", "Wang^XiaoDong=王^小東=")]
    [InlineData("chrX2.dcm", "Wang^XiaoDong=王^小东=")]
    public void NamesInRealFilesAreDecodedAndSurviveAChangeOfCharacterSet(string file, string name)
    {
        DicomDataset dataset = DicomFile.Open(RealData.PathOf("dicom", "files", "charsets", file)).Dataset;
        Assert.Equal(name, dataset.GetString(DicomTag.PatientName));

        dataset.AddOrUpdate(DicomTag.SpecificCharacterSet, "ISO_IR 192");
        using var written = new MemoryStream();
        new DicomFile(dataset).Save(written);
        DicomDataset read = DicomFile.Open(new MemoryStream(written.ToArray())).Dataset;

        Assert.Equal(name, read.GetString(DicomTag.PatientName));
        Assert.Equal(Encoding.UTF8.GetBytes(name), read.GetValues<byte>(DicomTag.PatientName).AsSpan().TrimEnd((byte)' ').ToArray());
    }

    [Fact]
    public void ItemsInheritTheCharacterSetUnlessTheyNameTheirOwn()
    {
        DicomDataset dataset = DicomFile.Open(RealData.PathOf("dicom", "files", "charsets", "chrSQEncoding.dcm")).Dataset;

        DicomDataset item = dataset.GetSequence(DicomTag.RequestedProcedureCodeSequence).Items[0];

        Assert.Equal("ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう", item.GetString(DicomTag.PatientName));
    }

    [Fact]
    public void TextThatTheCharacterSetLacksBecomesAQuestionMark()
    {
        DicomDataset dataset = SomeDataset.Minimal();
        dataset.AddOrUpdate(DicomTag.PatientName, "山田");

        Assert.Equal("??"u8.ToArray(), dataset.GetValues<byte>(DicomTag.PatientName));
        dataset.AddOrUpdate(DicomTag.SpecificCharacterSet, "ISO_IR 192");
        Assert.Equal(Encoding.UTF8.GetBytes("山田"), dataset.GetValues<byte>(DicomTag.PatientName));
    }

    [Fact]
    public void AFallbackDecodesWhatNamesNoCharacterSet()
    {
        DicomDataset dataset = SomeDataset.Minimal();
        dataset.AddOrUpdate(DicomTag.SpecificCharacterSet, "ISO_IR 100").AddOrUpdate(DicomTag.PatientName, "Jérôme");
        using var written = new MemoryStream();
        new DicomFile(dataset).Save(written);
        byte[] bytes = written.ToArray();
        bytes.AsSpan()[bytes.AsSpan().IndexOf("ISO_IR 100"u8)..][..10].Fill((byte)' ');

        Assert.Equal("J?r?me", DicomFile.Open(new MemoryStream(bytes)).Dataset.GetString(DicomTag.PatientName));
        Assert.Equal("Jérôme", DicomFile.Open(new MemoryStream(bytes), Encoding.Latin1).Dataset.GetString(DicomTag.PatientName));
    }

    [Fact]
    public void AnUnknownTermMeansAscii() => Assert.Equal(DicomEncoding.Default, DicomEncoding.GetEncoding("ISO_IR 999"));

    [Fact]
    public void Utf8IsCalledIsoIr192() => Assert.Equal("ISO_IR 192", DicomEncoding.GetCharset(Encoding.UTF8));
}
