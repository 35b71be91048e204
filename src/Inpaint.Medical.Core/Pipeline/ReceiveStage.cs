using System.Collections.Immutable;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Series;

namespace Inpaint.Medical.Core.Pipeline;

/// <summary>Stage 1 of 9, Receive: reads the headers of all instances.</summary>
public static class ReceiveStage
{
    /// <summary>All instances in an order that does not depend on the file system's.</summary>
    /// <exception cref="InpaintException"><see cref="ErrorCode.PathNotFound"/>, <see cref="ErrorCode.NoInstances"/>.</exception>
    public static async Task<InstanceSet> RunAsync(IInstanceSource source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        InstanceSet received = await source.ReadHeadersAsync(cancellationToken).ConfigureAwait(false);
        if (received.Instances.IsEmpty)
        {
            throw new InpaintException(ErrorCode.NoInstances, NothingReadable(received.Findings));
        }

        ImmutableArray<InstanceHeader> ordered =
        [
            .. received.Instances
                .OrderBy(instance => instance.Source, StringComparer.Ordinal)
                .ThenBy(instance => instance.Frame),
        ];
        return received with { Instances = ordered };
    }

    private static string NothingReadable(ImmutableArray<Finding> findings) => findings.IsEmpty
        ? "The input holds no DICOM images; give a folder, files or an archive with at least two slices of one series."
        : FormattableString.Invariant(
            $"The input holds no readable DICOM image; {findings.Length} file(s) could not be read, the first because: {findings[0].Message}");
}
