namespace FellowOakDicom.Network;

/// <summary>One presentation context: an abstract syntax (SOP class) and the transfer syntaxes proposed for it, PS3.8 9.3.2.2.</summary>
public class DicomPresentationContext
{
    private readonly List<DicomTransferSyntax> _transferSyntaxes = [];

    public DicomPresentationContext(byte id, DicomUID abstractSyntax)
        : this(id, abstractSyntax, null, null)
    {
    }

    /// <param name="id">Odd number; 0 in a context that a collection will number.</param>
    /// <param name="abstractSyntax">SOP class.</param>
    /// <param name="userRole">The requestor proposes to be SCU; null without role selection.</param>
    /// <param name="providerRole">The requestor proposes to be SCP; null without role selection.</param>
    public DicomPresentationContext(byte id, DicomUID abstractSyntax, bool? userRole, bool? providerRole)
        : this(id, abstractSyntax, DicomPresentationContextResult.Proposed, userRole, providerRole)
    {
    }

    internal DicomPresentationContext(
        byte id, DicomUID abstractSyntax, DicomPresentationContextResult result, bool? userRole, bool? providerRole)
    {
        ID = id;
        AbstractSyntax = abstractSyntax;
        Result = result;
        UserRole = userRole;
        ProviderRole = providerRole;
    }

    public byte ID { get; }

    public DicomPresentationContextResult Result { get; private set; }

    public DicomUID AbstractSyntax { get; }

    /// <summary>The one transfer syntax that was accepted; null otherwise.</summary>
    public DicomTransferSyntax AcceptedTransferSyntax { get; private set; }

    public bool? UserRole { get; internal set; }

    public bool? ProviderRole { get; internal set; }

    /// <summary>A context by which the requestor offers to be SCP, as C-GET needs for storage.</summary>
    public static DicomPresentationContext GetScpRolePresentationContext(
        DicomUID abstractSyntax, params DicomTransferSyntax[] transferSyntaxes)
    {
        var context = new DicomPresentationContext(0, abstractSyntax, userRole: false, providerRole: true);
        foreach (DicomTransferSyntax syntax in transferSyntaxes is { Length: > 0 }
            ? transferSyntaxes
            : [DicomTransferSyntax.ExplicitVRLittleEndian, DicomTransferSyntax.ImplicitVRLittleEndian])
        {
            context.AddTransferSyntax(syntax);
        }

        return context;
    }

    /// <summary>SCP role contexts for the storage SOP classes whose name contains the filter.</summary>
    public static IEnumerable<DicomPresentationContext> GetScpRolePresentationContextsFromStorageUids(
        string filter, params DicomTransferSyntax[] transferSyntaxes) =>
        StorageUids()
            .Where(uid => string.IsNullOrEmpty(filter) || uid.Name.Contains(filter, StringComparison.OrdinalIgnoreCase))
            .Select(uid => GetScpRolePresentationContext(uid, transferSyntaxes));

    /// <summary>SCP role contexts for the storage SOP classes of a category.</summary>
    public static IEnumerable<DicomPresentationContext> GetScpRolePresentationContextsFromStorageUids(
        DicomStorageCategory storageCategory, params DicomTransferSyntax[] transferSyntaxes) =>
        StorageUids()
            .Where(uid => uid.StorageCategory == storageCategory)
            .Select(uid => GetScpRolePresentationContext(uid, transferSyntaxes));

    public void SetResult(DicomPresentationContextResult result) =>
        SetResult(result, result == DicomPresentationContextResult.Accept ? _transferSyntaxes.FirstOrDefault() : null);

    public void SetResult(DicomPresentationContextResult result, DicomTransferSyntax acceptedTransferSyntax)
    {
        Result = result;
        AcceptedTransferSyntax = acceptedTransferSyntax;
    }

    /// <summary>Accepts the first proposed transfer syntax that is among those given; the order of the requestor decides.</summary>
    /// <returns>False when none is, and the context is rejected.</returns>
    public bool AcceptTransferSyntaxes(params DicomTransferSyntax[] acceptedTransferSyntaxes) =>
        AcceptTransferSyntaxes(acceptedTransferSyntaxes, scpPriority: false);

    /// <summary>As above; with <paramref name="scpPriority"/> the order of those given decides.</summary>
    public bool AcceptTransferSyntaxes(DicomTransferSyntax[] acceptedTransferSyntaxes, bool scpPriority)
    {
        if (Result == DicomPresentationContextResult.Accept)
        {
            return true;
        }

        IEnumerable<DicomTransferSyntax> common = scpPriority
            ? acceptedTransferSyntaxes.Where(HasTransferSyntax)
            : _transferSyntaxes.Where(syntax => acceptedTransferSyntaxes.Contains(syntax));
        DicomTransferSyntax chosen = common.FirstOrDefault();
        SetResult(
            chosen == null ? DicomPresentationContextResult.RejectTransferSyntaxesNotSupported : DicomPresentationContextResult.Accept,
            chosen);
        return chosen != null;
    }

    public void AddTransferSyntax(DicomTransferSyntax ts)
    {
        if (ts != null && !_transferSyntaxes.Contains(ts))
        {
            _transferSyntaxes.Add(ts);
        }
    }

    public void RemoveTransferSyntax(DicomTransferSyntax ts) => _transferSyntaxes.Remove(ts);

    public void ClearTransferSyntaxes() => _transferSyntaxes.Clear();

    public IList<DicomTransferSyntax> GetTransferSyntaxes() => _transferSyntaxes.AsReadOnly();

    public bool HasTransferSyntax(DicomTransferSyntax ts) => _transferSyntaxes.Contains(ts);

    public string GetResultDescription() => Result switch
    {
        DicomPresentationContextResult.Accept => "Accept",
        DicomPresentationContextResult.Proposed => "Proposed",
        DicomPresentationContextResult.RejectAbstractSyntaxNotSupported => "Reject - Abstract Syntax Not Supported",
        DicomPresentationContextResult.RejectNoReason => "Reject - No Reason",
        DicomPresentationContextResult.RejectTransferSyntaxesNotSupported => "Reject - Transfer Syntaxes Not Supported",
        DicomPresentationContextResult.RejectUser => "Reject - User",
        _ => "Unknown",
    };

    /// <summary>The same proposal under another number.</summary>
    internal DicomPresentationContext CloneWithId(byte id)
    {
        var clone = new DicomPresentationContext(id, AbstractSyntax, UserRole, ProviderRole);
        clone._transferSyntaxes.AddRange(_transferSyntaxes);
        return clone;
    }

    /// <summary>Tells whether both propose the same; the number does not count.</summary>
    internal bool ProposesSameAs(DicomPresentationContext other) =>
        AbstractSyntax == other.AbstractSyntax
        && UserRole == other.UserRole
        && ProviderRole == other.ProviderRole
        && _transferSyntaxes.SequenceEqual(other._transferSyntaxes);

    private static IEnumerable<DicomUID> StorageUids() =>
        DicomUID.Enumerate().Where(uid => uid.StorageCategory != DicomStorageCategory.None && !uid.IsRetired);
}
