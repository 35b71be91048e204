using System.Buffers;
using System.Buffers.Binary;
using FellowOakDicom.IO;
using FellowOakDicom.Network.UpperLayer;
using Microsoft.Extensions.Logging;

namespace FellowOakDicom.Network;

/// <content>Messages in: fragments of P-DATA-TF PDUs to command sets and data sets.</content>
public abstract partial class DicomService
{
    private const int PdvHeader = 6;

    private readonly ArrayBufferWriter<byte> _command = new(256);
    private byte _incomingContext;
    private DicomMessage _incoming;
    private MemoryStream _identifier;
    private Exception _storeFailure;
    private int _emptyFragments;

    /// <summary>
    /// Opens <see cref="_dimseStream"/> for the data set of a C-STORE request. The default writes to a temporary file, after the Part 10
    /// header of <paramref name="file"/>.
    /// </summary>
    /// <param name="file">File meta information made from the command and the association, no data set.</param>
    protected virtual void CreateCStoreReceiveStream(DicomFile file)
    {
        _dimseStreamFile = TemporaryFile.Create(out FileStream stream);
        _dimseStream = stream;
        file.Save(_dimseStream);
        _dimseStream.Seek(0, SeekOrigin.End);
    }

    /// <summary>Gives the file of a C-STORE request when its data set has arrived; null leaves the request without one.</summary>
    protected virtual DicomFile GetCStoreDicomFile()
    {
        if (_dimseStreamFile != null)
        {
            _dimseStream?.Dispose();
            DicomFile file = Whole(DicomFile.Open(_dimseStreamFile.Name, _fallbackEncoding));

            // From here on the opened file decides how long a temporary file lives.
            file.File.IsTempFile = _dimseStreamFile.IsTempFile;
            _dimseStreamFile.IsTempFile = false;
            return file;
        }

        if (_dimseStream is { CanSeek: true })
        {
            _dimseStream.Seek(0, SeekOrigin.Begin);
            return Whole(DicomFile.Open(_dimseStream, _fallbackEncoding));
        }

        return null;
    }

    private static DicomFile Whole(DicomFile file) => file.IsPartial
        ? throw new DicomFileException(file, "The data set ends within an element.")
        : file;

    private async Task OnDataAsync(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            throw new InvalidPduException(DicomAbortReason.InvalidPDUParameter, "A P-DATA-TF PDU has no PDV.");
        }

        // DT-2 and AR-6 leave the state as it is; IsUnwanted has seen to the others.
        while (!body.IsEmpty)
        {
            int length = CheckPdv(body.Span, out byte contextId, out bool isCommand, out bool isLast);
            ReadOnlyMemory<byte> fragment = body.Slice(PdvHeader, length);
            body = body[(PdvHeader + length)..];
            if (isCommand)
            {
                await OnCommandFragmentAsync(contextId, fragment, isLast).ConfigureAwait(false);
            }
            else
            {
                await OnDatasetFragmentAsync(contextId, fragment, isLast).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Checks a PDV (PS3.8 9.3.5.1 and annex E) and gives the length of its fragment, bytes.</summary>
    private int CheckPdv(ReadOnlySpan<byte> pdv, out byte contextId, out bool isCommand, out bool isLast)
    {
        if (pdv.Length < PdvHeader)
        {
            throw new InvalidPduException(DicomAbortReason.InvalidPDUParameter, "A PDV header passes the end of its PDU.");
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(pdv);
        contextId = pdv[4];
        isCommand = (pdv[5] & 1) != 0;
        isLast = (pdv[5] & 2) != 0;
        if (length < 2 || length % 2 != 0 || length - 2 > pdv.Length - PdvHeader)
        {
            throw new InvalidPduException(
                DicomAbortReason.InvalidPDUParameter, $"A PDV of {length} bytes does not fit, is too short or odd.");
        }

        _emptyFragments = length == 2 ? _emptyFragments + 1 : 0;
        if (_emptyFragments > Limits.EmptyFragments)
        {
            throw new InvalidPduException(DicomAbortReason.InvalidPDUParameter, "Too many PDVs without content.");
        }

        if (!Association.PresentationContexts.TryGet(contextId, out DicomPresentationContext context)
            || context.Result != DicomPresentationContextResult.Accept)
        {
            throw new InvalidPduException(
                DicomAbortReason.InvalidPDUParameter, $"Presentation context {contextId} was not accepted.");
        }

        return (int)length - 2;
    }

    private async Task OnCommandFragmentAsync(byte contextId, ReadOnlyMemory<byte> fragment, bool isLast)
    {
        if (_incoming != null || (_command.WrittenCount > 0 && contextId != _incomingContext))
        {
            throw new InvalidPduException(DicomAbortReason.UnexpectedPDUParameter, "A command came inside another message.");
        }

        if (_command.WrittenCount + fragment.Length > Limits.CommandSetLength)
        {
            throw new InvalidPduException(
                DicomAbortReason.InvalidPDUParameter, $"A command set exceeds {Limits.CommandSetLength} bytes.");
        }

        _incomingContext = contextId;
        _command.Write(fragment.Span);
        if (!isLast)
        {
            return;
        }

        DicomMessage message = ReadMessage();
        _command.Clear();
        message.PresentationContext = Association.PresentationContexts[contextId];
        if (!message.HasDataset)
        {
            await PerformAsync(message).ConfigureAwait(false);
            return;
        }

        _incoming = message;
        await BeginDatasetAsync(message).ConfigureAwait(false);
    }

    private DicomMessage ReadMessage()
    {
        try
        {
            DicomDataset command = CommandSet.Read(_command.WrittenSpan);
            return DicomMessages.Create(command);
        }
        catch (DicomDataException exception)
        {
            throw new InvalidPduException(DicomAbortReason.InvalidPDUParameter, $"A command set has {exception.GetType().Name}.");
        }
    }

    private async Task OnDatasetFragmentAsync(byte contextId, ReadOnlyMemory<byte> fragment, bool isLast)
    {
        if (_incoming == null || contextId != _incomingContext)
        {
            throw new InvalidPduException(DicomAbortReason.UnexpectedPDUParameter, "A data set came without its command.");
        }

        if (_identifier != null)
        {
            if (_identifier.Length + fragment.Length > Limits.IdentifierLength)
            {
                throw new InvalidPduException(
                    DicomAbortReason.InvalidPDUParameter, $"A data set exceeds {Limits.IdentifierLength} bytes.");
            }

            _identifier.Write(fragment.Span);
        }
        else if (_dimseStream != null && _storeFailure == null)
        {
            try
            {
                if (_dimseStream is FileStream { IsAsync: false } file)
                {
                    // The write ends in the page cache; handing it to another thread costs more than it takes.
                    file.Write(fragment.Span);
                }
                else
                {
                    await _dimseStream.WriteAsync(fragment).ConfigureAwait(false);
                }
            }
            catch (Exception exception)
            {
                // The rest is read and forgotten, so that the peer gets a status instead of a dead connection.
                _storeFailure = exception;
            }
        }

        if (isLast)
        {
            await EndDatasetAsync().ConfigureAwait(false);
        }
    }

    private async Task BeginDatasetAsync(DicomMessage message)
    {
        if (message is not DicomCStoreRequest request)
        {
            _identifier = new MemoryStream();
            return;
        }

        if (this is not IDicomCStoreProvider)
        {
            return;
        }

        // The stream belongs to one request at a time, also when handlers of queries run beside the reader.
        await _work.ConfigureAwait(false);
        try
        {
            CreateCStoreReceiveStream(StoreHeader(request));
        }
        catch (Exception exception)
        {
            _storeFailure = exception;
        }
    }

    private DicomFile StoreHeader(DicomCStoreRequest request)
    {
        var file = new DicomFile();
        DicomFileMetaInformation meta = file.FileMetaInfo;
        meta.MediaStorageSOPClassUID = request.SOPClassUID;
        meta.MediaStorageSOPInstanceUID = request.SOPInstanceUID;
        meta.TransferSyntax = request.PresentationContext.AcceptedTransferSyntax;
        meta.SourceApplicationEntityTitle = Association.CallingAE;
        return file;
    }

    private async Task EndDatasetAsync()
    {
        DicomMessage message = _incoming;
        if (message is DicomCStoreRequest request && this is IDicomCStoreProvider provider)
        {
            await EndStoreAsync(request, provider).ConfigureAwait(false);
            return;
        }

        MemoryStream identifier = _identifier;
        _identifier = null;
        _incoming = null;
        if (identifier != null)
        {
            try
            {
                identifier.Position = 0;
                message.SetReceivedDataset(
                    DatasetCodec.Read(identifier, message.PresentationContext.AcceptedTransferSyntax, _fallbackEncoding));
            }
            catch (DicomException exception)
            {
                await OnUnreadableAsync(message, exception).ConfigureAwait(false);
                return;
            }
        }

        await PerformAsync(message).ConfigureAwait(false);
    }

    private async Task OnUnreadableAsync(DicomMessage message, Exception exception)
    {
        Logger.LogError("The data set of a message could not be read: {Kind}", exception.GetType().Name);
        if (message is DicomRequest request)
        {
            await SendResponseAsync(request.CreateResponse(Unreadable)).ConfigureAwait(false);
        }
        else
        {
            await PerformAsync(message).ConfigureAwait(false);
        }
    }

    private async Task EndStoreAsync(DicomCStoreRequest request, IDicomCStoreProvider provider)
    {
        if (_storeFailure == null)
        {
            try
            {
                request.File = GetCStoreDicomFile();
                request.SetReceivedDataset(request.File?.Dataset);
            }
            catch (Exception exception)
            {
                _storeFailure = exception;
            }
        }

        try
        {
            if (_storeFailure is { } failure)
            {
                await OnStoreFailureAsync(request, provider, failure).ConfigureAwait(false);
            }
            else
            {
                await PerformAsync(request).ConfigureAwait(false);
            }
        }
        finally
        {
            _incoming = null;
            if (_storeFailure != null)
            {
                DiscardIncoming();
            }

            _dimseStream = null;
            _dimseStreamFile = null;
            _storeFailure = null;
        }
    }

    private async Task OnStoreFailureAsync(DicomCStoreRequest request, IDicomCStoreProvider provider, Exception failure)
    {
        Logger.LogError("A C-STORE data set could not be kept: {Kind}", failure.GetType().Name);
        try
        {
            await provider.OnCStoreRequestExceptionAsync(_dimseStreamFile?.Name, failure).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Logger.LogError("OnCStoreRequestExceptionAsync threw {Kind}", exception.GetType().Name);
        }

        DicomStatus status = failure is IOException and not EndOfStreamException
            ? new DicomStatus(DicomStatus.StorageStorageOutOfResources, "Object could not be written")
            : Unreadable;
        await SendResponseAsync(new DicomCStoreResponse(request, status)).ConfigureAwait(false);
    }

    /// <summary>Forgets a data set that did not arrive whole; its temporary file goes at once.</summary>
    private void DiscardIncoming()
    {
        _incoming = null;
        _identifier = null;
        Stream stream = Interlocked.Exchange(ref _dimseStream, null);
        IFileReference file = Interlocked.Exchange(ref _dimseStreamFile, null);
        try
        {
            stream?.Dispose();
            if (file is { IsTempFile: true })
            {
                file.Delete();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Logger.LogWarning("A temporary file could not be removed: {Kind}", exception.GetType().Name);
        }
    }
}
