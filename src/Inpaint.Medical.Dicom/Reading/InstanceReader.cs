using System.Collections.Immutable;
using FellowOakDicom;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Series;

namespace Inpaint.Medical.Dicom.Reading;

/// <summary>One file to headers. What cannot be read becomes a finding that names file, place and cause, and no value of the header.</summary>
internal sealed class InstanceReader(Part10ScanLimits limits, InstanceHeaderMapper mapper)
{
    private const string DirectorySopClass = "1.2.840.10008.1.3.10";

    public InstanceSet Read(InputFile file)
    {
        var findings = new List<Finding>();
        try
        {
            return new InstanceSet([.. Headers(file, findings)], [.. findings]);
        }
        catch (InpaintException exception)
        {
            findings.Add(Unreadable(file, exception.Code, exception.Message));
        }
        catch (Part10ScanException exception)
        {
            ErrorCode code = exception.Fault switch
            {
                Part10Fault.Truncated => ErrorCode.InstanceTruncated,
                Part10Fault.DeflateDamaged or Part10Fault.LengthBeyondItem => ErrorCode.InstanceUnreadable,
                _ => ErrorCode.ParseLimitExceeded,
            };
            findings.Add(Unreadable(file, code, exception.Message + "."));
        }
        catch (Exception exception) when (exception is DicomException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            findings.Add(Unreadable(file, ErrorCode.InstanceUnreadable, Reason(exception)));
        }

        return new InstanceSet([], [.. findings]);
    }

    private IReadOnlyList<InstanceHeader> Headers(InputFile file, List<Finding> findings)
    {
        Part10ScanReport scan;
        using (Stream stream = file.OpenRead())
        {
            if (!LooksLikeDicom(stream))
            {
                findings.Add(NotDicom(file));
                return [];
            }

            scan = Part10PreScan.Check(stream, limits);
        }

        DicomFile parsed = file.Parse();
        DicomDataset dataset = parsed.Dataset;
        if (dataset.TryGetString(DicomTag.SOPClassUID, out string sopClass) && sopClass == DirectorySopClass)
        {
            return [];
        }

        bool isTruncated = scan.Truncation is not null || parsed.IsPartial;
        if (isTruncated)
        {
            findings.Add(Truncated(file, scan.Truncation, dataset));
        }

        // Frames share attributes; what is wrong with these is said once.
        var perFrame = new List<Finding>();
        IReadOnlyList<InstanceHeader> headers = mapper.Map(file.Name, dataset, TransferSyntax(dataset, scan), isTruncated, perFrame);
        findings.AddRange(perFrame.DistinctBy(finding => (finding.Message, finding.Found)));
        return headers;
    }

    private static string TransferSyntax(DicomDataset dataset, Part10ScanReport scan)
    {
        DicomTransferSyntax syntax = dataset.InternalTransferSyntax;
        return DicomTransferSyntax.KnownEntries.Contains(syntax)
            ? syntax.UID.UID
            : throw new InpaintException(ErrorCode.TransferSyntaxUnsupported, $"Transfer Syntax {scan.TransferSyntaxUid} is not known.");
    }

    /// <summary>"DICM" after the preamble, or a first element of group 0002 or 0008 in either byte order.</summary>
    private static bool LooksLikeDicom(Stream stream)
    {
        Span<byte> start = stackalloc byte[132];
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        stream.Position = 0;
        bool hasPrefix = (start.Length == 132 && start[128..].SequenceEqual("DICM"u8)) || start.StartsWith("DICM"u8);
        return hasPrefix || (start.Length >= 8 && (start[0], start[1]) is (2, 0) or (8, 0) or (0, 2) or (0, 8));
    }

    private static Finding NotDicom(InputFile file) => new()
    {
        Code = ErrorCode.NotDicom,
        Severity = file.IsNamed ? FindingSeverity.Error : FindingSeverity.Info,
        Message = "Not a DICOM file; it is left out.",
        Sources = [file.Name],
        Expected = "\"DICM\" at byte 128, or a data set that starts with group 0002 or 0008",
    };

    private static Finding Truncated(InputFile file, Part10ScanException? truncation, DicomDataset dataset) => new()
    {
        Code = ErrorCode.InstanceTruncated,
        Severity = FindingSeverity.Warning,
        Message = truncation is null ? "The file ends inside an element." : truncation.Message + ".",
        Sources = [file.Name],
        SopInstanceUids = dataset.TryGetString(DicomTag.SOPInstanceUID, out string uid) ? [uid] : [],
        LikelyCause = "A copy or transfer broke off.",
        Hint = "Fetch the file again; else its slice is rebuilt like a missing one.",
    };

    private static Finding Unreadable(InputFile file, ErrorCode code, string message) => new()
    {
        Code = code,
        Severity = FindingSeverity.Error,
        Message = message,
        Sources = [file.Name],
        LikelyCause = "The file was damaged, or written by faulty software.",
        Hint = "Fetch the file again, or leave it out.",
    };

    /// <summary>Texts of foreign exceptions may quote values of the header: only ours and those about files are passed on.</summary>
    private static string Reason(Exception exception) => exception switch
    {
        DicomException => "The data set cannot be parsed.",
        UnauthorizedAccessException => "The file may not be read; check its permissions.",
        InvalidDataException => "The archive's entry is damaged.",
        _ => "The file cannot be read: " + exception.Message,
    };
}
