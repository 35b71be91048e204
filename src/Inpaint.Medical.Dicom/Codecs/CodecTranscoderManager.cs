using FellowOakDicom;
using FellowOakDicom.Imaging.Codec;

namespace Inpaint.Medical.Dicom.Codecs;

/// <summary>
/// fo-dicom's table of codecs with ours in it: register it with <c>AddTranscoderManager&lt;CodecTranscoderManager&gt;()</c>, after
/// <c>AddFellowOakDicom()</c>.
/// </summary>
public sealed class CodecTranscoderManager : TranscoderManager
{
    public CodecTranscoderManager() => LoadCodecs();

    public override void LoadCodecs(string? path = null, string? search = null)
    {
        Codecs.Clear();
        Codecs[DicomTransferSyntax.RLELossless] = new DefaultTranscoderManager().GetCodec(DicomTransferSyntax.RLELossless);
        foreach (FrameCodec codec in FrameCodec.All)
        {
            Codecs[codec.TransferSyntax] = new CodestreamCodec(codec);
        }
    }
}
