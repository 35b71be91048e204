using System.Collections;

namespace FellowOakDicom.Network;

/// <summary>The presentation contexts of an association, by their odd numbers; 128 fit (PS3.8 9.3.2.2).</summary>
public class DicomPresentationContextCollection : ICollection<DicomPresentationContext>
{
    internal const int Maximum = 128;
    private readonly SortedList<byte, DicomPresentationContext> _contexts = [];
    private readonly Lock _lock = new();

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _contexts.Count;
            }
        }
    }

    public bool IsReadOnly => false;

    public DicomPresentationContext this[byte id]
    {
        get
        {
            lock (_lock)
            {
                return _contexts[id];
            }
        }
    }

    public void Add(DicomUID abstractSyntax, params DicomTransferSyntax[] transferSyntaxes) =>
        Add(abstractSyntax, null, null, transferSyntaxes);

    /// <summary>Proposes an abstract syntax with its transfer syntaxes; what is proposed already is not added again.</summary>
    /// <exception cref="DicomNetworkException">All 128 numbers are taken.</exception>
    public void Add(DicomUID abstractSyntax, bool? userRole, bool? providerRole, params DicomTransferSyntax[] transferSyntaxes)
    {
        var context = new DicomPresentationContext(0, abstractSyntax, userRole, providerRole);
        foreach (DicomTransferSyntax syntax in transferSyntaxes)
        {
            context.AddTransferSyntax(syntax);
        }

        AddNumbered(context);
    }

    /// <summary>Adds a context; one with number 0 gets the next free number.</summary>
    public void Add(DicomPresentationContext item)
    {
        if (item.ID == 0)
        {
            AddNumbered(item);
            return;
        }

        lock (_lock)
        {
            _contexts.Add(item.ID, item);
        }
    }

    /// <summary>
    /// Adds what a request needs: for C-STORE one context with the file's own syntax and one with the additional ones and Implicit VR
    /// Little Endian; for others the context that the request carries, or its SOP class in Implicit VR Little Endian.
    /// </summary>
    public void AddFromRequest(DicomRequest dicomRequest)
    {
        foreach (DicomPresentationContext context in ProposalsFor(dicomRequest))
        {
            AddNumbered(context);
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _contexts.Clear();
        }
    }

    public bool Contains(DicomPresentationContext item)
    {
        lock (_lock)
        {
            return _contexts.TryGetValue(item.ID, out DicomPresentationContext known) && known.AbstractSyntax == item.AbstractSyntax;
        }
    }

    public void CopyTo(DicomPresentationContext[] array, int arrayIndex) => Snapshot().CopyTo(array, arrayIndex);

    public bool Remove(DicomPresentationContext item)
    {
        lock (_lock)
        {
            return _contexts.Remove(item.ID);
        }
    }

    public IEnumerator<DicomPresentationContext> GetEnumerator() => ((IEnumerable<DicomPresentationContext>)Snapshot()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal bool TryGet(byte id, out DicomPresentationContext context)
    {
        lock (_lock)
        {
            return _contexts.TryGetValue(id, out context);
        }
    }

    /// <summary>Number of contexts that adding the request would add.</summary>
    internal int CountMissing(DicomRequest request)
    {
        DicomPresentationContext[] known = Snapshot();
        return ProposalsFor(request).Count(proposal => !known.Any(context => context.ProposesSameAs(proposal)));
    }

    private static IEnumerable<DicomPresentationContext> ProposalsFor(DicomRequest request)
    {
        if (request is DicomCStoreRequest store)
        {
            return StoreProposals(store);
        }

        if (request.PresentationContext != null)
        {
            return [request.PresentationContext];
        }

        return [Proposal(request.SOPClassUID, [DicomTransferSyntax.ImplicitVRLittleEndian])];
    }

    private static IEnumerable<DicomPresentationContext> StoreProposals(DicomCStoreRequest store)
    {
        yield return Proposal(store.SOPClassUID, [store.TransferSyntax]);

        bool omitsImplicit = store.OmitImplicitVrTransferSyntaxInAssociationRequest && store.TransferSyntax.IsLossy;
        var others = new List<DicomTransferSyntax>(store.AdditionalTransferSyntaxes ?? []);
        if (!omitsImplicit && store.TransferSyntax != DicomTransferSyntax.ImplicitVRLittleEndian)
        {
            others.Add(DicomTransferSyntax.ImplicitVRLittleEndian);
        }

        if (others.Count > 0)
        {
            yield return Proposal(store.SOPClassUID, others);
        }
    }

    private static DicomPresentationContext Proposal(DicomUID abstractSyntax, IEnumerable<DicomTransferSyntax> syntaxes)
    {
        var context = new DicomPresentationContext(0, abstractSyntax);
        foreach (DicomTransferSyntax syntax in syntaxes)
        {
            context.AddTransferSyntax(syntax);
        }

        return context;
    }

    private void AddNumbered(DicomPresentationContext proposal)
    {
        lock (_lock)
        {
            if (_contexts.Values.Any(known => known.ProposesSameAs(proposal)))
            {
                return;
            }

            if (_contexts.Count >= Maximum)
            {
                throw new DicomNetworkException($"Too many presentation contexts for one association; {Maximum} are possible.");
            }

            byte id = 1;
            while (_contexts.ContainsKey(id))
            {
                id += 2;
            }

            _contexts.Add(id, proposal.CloneWithId(id));
        }
    }

    private DicomPresentationContext[] Snapshot()
    {
        lock (_lock)
        {
            return [.. _contexts.Values];
        }
    }
}
