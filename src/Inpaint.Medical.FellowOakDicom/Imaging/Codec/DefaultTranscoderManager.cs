namespace FellowOakDicom.Imaging.Codec;

/// <summary>The codecs of this library: RLE Lossless.</summary>
public sealed class DefaultTranscoderManager : TranscoderManager
{
    public DefaultTranscoderManager() => LoadCodecs();

    public override void LoadCodecs(string path = null, string search = null)
    {
        Codecs.Clear();
        Codecs[DicomTransferSyntax.RLELossless] = new DicomRleCodec();
    }
}
