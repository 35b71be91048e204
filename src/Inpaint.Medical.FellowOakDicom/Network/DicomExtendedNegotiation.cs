using System.Collections;

namespace FellowOakDicom.Network;

/// <summary>SOP Class (Common) Extended Negotiation of one SOP class, PS3.7 D.3.3.5 and D.3.3.6.</summary>
public class DicomExtendedNegotiation
{
    public DicomExtendedNegotiation(DicomUID sopClassUid, DicomServiceApplicationInfo applicationInfo)
        : this(sopClassUid, applicationInfo, null)
    {
    }

    public DicomExtendedNegotiation(DicomUID sopClassUid, DicomUID serviceClassUid, params DicomUID[] relatedGeneralSopClasses)
        : this(sopClassUid, null, serviceClassUid, relatedGeneralSopClasses)
    {
    }

    public DicomExtendedNegotiation(
        DicomUID sopClassUid,
        DicomServiceApplicationInfo applicationInfo,
        DicomUID serviceClassUid,
        params DicomUID[] relatedGeneralSopClasses)
    {
        SopClassUid = sopClassUid;
        RequestedApplicationInfo = applicationInfo;
        ServiceClassUid = serviceClassUid;
        RelatedGeneralSopClasses = [.. relatedGeneralSopClasses];
    }

    public DicomUID SopClassUid { get; }

    public DicomServiceApplicationInfo RequestedApplicationInfo { get; internal set; }

    public DicomServiceApplicationInfo AcceptedApplicationInfo { get; private set; }

    public DicomUID ServiceClassUid { get; internal set; }

    public List<DicomUID> RelatedGeneralSopClasses { get; }

    /// <summary>Takes over what the acceptor answered; fields that were not requested are left out.</summary>
    public void AcceptApplicationInfo(DicomServiceApplicationInfo acceptedInfo)
    {
        if (RequestedApplicationInfo == null)
        {
            return;
        }

        foreach (byte index in acceptedInfo.Select(field => field.Key).Where(index => !RequestedApplicationInfo.Contains(index)).ToList())
        {
            acceptedInfo.Remove(index);
        }

        AcceptedApplicationInfo = acceptedInfo;
    }
}

/// <summary>The extended negotiations of an association, one per SOP class.</summary>
public class DicomExtendedNegotiationCollection : ICollection<DicomExtendedNegotiation>
{
    private readonly List<DicomExtendedNegotiation> _items = [];

    public int Count => _items.Count;

    public bool IsReadOnly => false;

    public void Add(DicomExtendedNegotiation item)
    {
        if (_items.Any(known => known.SopClassUid == item.SopClassUid))
        {
            throw new ArgumentException($"SOP class {item.SopClassUid.UID} has an extended negotiation already.", nameof(item));
        }

        _items.Add(item);
    }

    public void Add(DicomUID sopClassUid, DicomServiceApplicationInfo applicationInfo) =>
        Add(new DicomExtendedNegotiation(sopClassUid, applicationInfo));

    /// <summary>Adds a negotiation, or completes the one of the same SOP class.</summary>
    public void AddOrUpdate(
        DicomUID sopClassUid,
        DicomServiceApplicationInfo applicationInfo,
        DicomUID serviceClassUid,
        params DicomUID[] relatedGeneralSopClasses)
    {
        DicomExtendedNegotiation known = _items.Find(item => item.SopClassUid == sopClassUid);
        if (known == null)
        {
            Add(new DicomExtendedNegotiation(sopClassUid, applicationInfo, serviceClassUid, relatedGeneralSopClasses));
            return;
        }

        known.RequestedApplicationInfo = applicationInfo ?? known.RequestedApplicationInfo;
        known.ServiceClassUid = serviceClassUid ?? known.ServiceClassUid;
        known.RelatedGeneralSopClasses.AddRange(relatedGeneralSopClasses.Except(known.RelatedGeneralSopClasses));
    }

    /// <summary>Hands the acceptor's answer to the negotiation of that SOP class, if there is one.</summary>
    public void AcceptApplicationInfo(DicomUID sopClassUid, DicomServiceApplicationInfo applicationInfo) =>
        _items.Find(item => item.SopClassUid == sopClassUid)?.AcceptApplicationInfo(applicationInfo);

    public void Clear() => _items.Clear();

    public bool Contains(DicomExtendedNegotiation item) => _items.Contains(item);

    public void CopyTo(DicomExtendedNegotiation[] array, int arrayIndex) => _items.CopyTo(array, arrayIndex);

    public bool Remove(DicomExtendedNegotiation item) => _items.Remove(item);

    public IEnumerator<DicomExtendedNegotiation> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
