namespace Inpaint.Medical.Core.Ports;

/// <summary>Makes deterministic UIDs: the same key gives the same UID on every machine that shares the site secret.</summary>
public interface IUidFactory
{
    /// <summary>"2.25." and a decimal number, at most 44 characters (PS3.5 B.2).</summary>
    /// <param name="fields">Key fields in fixed order.</param>
    string Create(params ReadOnlySpan<string> fields);
}
