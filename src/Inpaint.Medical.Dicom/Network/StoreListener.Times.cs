using FellowOakDicom.Network;

namespace Inpaint.Medical.Dicom.Network;

/// <content>Bounds that only our own implementation of the library has.</content>
public sealed partial class StoreListener
{
    static partial void Bound(IDicomServer server, TimeSpan longestSilence, TimeSpan longestLife)
    {
        var ours = (DicomServer<StoreService>)server;
        ours.Limits = ours.Limits with { IdleTimeout = longestSilence, AssociationLife = longestLife };
    }
}
